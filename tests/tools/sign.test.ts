import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { createPublicKey, verify as verifyWith } from "node:crypto";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHUNK_BYTES, Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { packageRoot } from "../../tools/build/paths.ts";
import { runProgram } from "../../tools/bench/program.ts";
import { findCryptoLibrary } from "../../tools/build/crypto-library.ts";
import { nodeHash, publicBytes, readKey } from "../../tools/sign/keys.ts";

const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-sign-"));
const path = (name: string): string => join(folder, name);
const cli = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
	spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), ...args], { encoding: "utf8" });

describe("keygen and sign", () => {
	it("refuse keys that are there, absent or of another kind, and files that are no model", () => {
		writeFileSync(path("there.pem"), "something");
		writeFileSync(path("none.ruvm"), "this is no model, but has more bytes than a header has");
		for (const [args, sentence, status] of [
			[["keygen", path("there.pem")], /never overwritten/, 1],
			[["keygen"], /missing required argument/, 2],
			[["sign", "stories"], /required option/, 2],
			[["sign", "stories", "--key", path("absent.pem")], /keygen/, 1],
			[["sign", "stories", "--key", path("there.pem")], /no private key of P-256/, 1],
			[["sign", path("none.ruvm"), "--key", path("there.pem")], /no RUVM file/, 1],
		] as const) {
			const result = cli(...args);
			expect(result.status, result.stderr).to.equal(status);
			expect(result.stderr).to.match(sentence);
		}
		expect(readFileSync(path("there.pem"), "utf8")).to.equal("something");
	}).timeout(60000);
	it("sign a model so that Node's own cryptography agrees, and boards'", async () => {
		const made = cli("keygen", path("key.pem"), "--json"), { publicKey } = JSON.parse(made.stdout) as { publicKey: string };
		expect([made.status, statSync(path("key.pem")).mode & 0o777, publicKey.length]).to.deep.equal([0, 0o600, 130]);
		const signed = cli("sign", "stories", "--key", path("key.pem"), "-o", path("stories.manifest"), "--json");
		expect(signed.status, signed.stderr).to.equal(0);
		const result = JSON.parse(signed.stdout) as { publicKey: string; chunks: number; model: number }, bytes = readFileSync(path("stories.manifest"));
		const manifest = new Manifest(bytes, nodeHash), model = readFileSync(join(packageRoot, "models/stories.ruvm")), key = readKey(path("key.pem"));
		expect([result.publicKey, publicBytes(key).toString("hex")]).to.deep.equal([publicKey, publicKey]);
		expect([result.chunks, manifest.modelBytes, result.model]).to.deep.equal([manifest.chunks, model.length, model.readUInt32LE(28)]);
		for (let i = 0; i < manifest.chunks; i++)
			expect(manifest.matches(i, model, CHUNK_BYTES * i)).to.equal(true);
		expect(verifyWith("sha256", bytes.subarray(0, manifest.bodyBytes), { key: createPublicKey(key), dsaEncoding: "ieee-p1363" }, bytes.subarray(manifest.bodyBytes))).to.equal(true);
		if (findCryptoLibrary()) {
			const codes = await runProgram<string[]>("tests/tools/support/manifest-program.ts", { args: [publicKey], assets: new Map([["manifest", bytes]]) });
			expect(codes).to.deep.equal([["none", "DISTRIBUTION_SIGNATURE"]]);
		}
	}).timeout(120000);
});
