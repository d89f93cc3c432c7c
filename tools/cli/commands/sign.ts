/** ruvllm-esp32 keygen and sign: keys, and manifests of models that boards send each other. */

import type { Command } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { readMetadata, readRuvm, sectionView } from "ruvllm-esp32/engine/ruvm/reader";
import { makeManifest, Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { crc32 } from "../../convert/crc32.ts";
import { createKey, nodeHash, publicBytes, readKey, signBytes } from "../../sign/keys.ts";
import { findModel } from "../models.ts";

export function addKeygen(program: Command): void {
	program.command("keygen")
		.description("make a private key (ECDSA P-256) that signs models; prints its public key, which boards are given")
		.argument("<file>", "where it goes, as PEM; it is never overwritten. Who has it can sign: keep it off the boards")
		.option("--json", "print JSON")
		.action((file: string, options: { json?: boolean }) => {
			const publicKey = publicBytes(createKey(file)).toString("hex");
			console.log(options.json ? JSON.stringify({ file, publicKey }) : `${file}: keep it secret\npublic key: ${publicKey}`);
		});
}

export function addSign(program: Command): void {
	program.command("sign")
		.description("sign a model: writes its manifest, which boards ask for before they take the model from each other (docs/distribution.md)")
		.argument("<model>", "a model file, or the name of a shipped model")
		.requiredOption("--key <file>", "private key, from keygen")
		.option("-o, --output <file>", "the manifest; beside the model by default, with the ending .manifest")
		.option("--name <name>", "name in the manifest; the one in the model's metadata by default")
		.option("--json", "print JSON")
		.action((model: string, options: { key: string; output?: string; name?: string; json?: boolean }) => {
			const path = findModel(model), bytes = readFileSync(path), file = readRuvm(bytes, crc32), key = readKey(options.key);
			const name = options.name ?? readMetadata(sectionView(file, "metadata"), (utf8) => new TextDecoder().decode(utf8)).name;
			const manifest = makeManifest(bytes, name, nodeHash, (body) => signBytes(key, body)), output = options.output ?? `${path.replace(/\.ruvm$/, "")}.manifest`;
			writeFileSync(output, manifest);
			const { chunks, crc } = new Manifest(manifest, nodeHash), publicKey = publicBytes(key).toString("hex");
			console.log(options.json ? JSON.stringify({ output, name, model: crc, chunks, bytes: manifest.length, publicKey })
				: `${output}: ${name} (${basename(path)}, checksum ${crc.toString(16)}), ${chunks} chunks, ${manifest.length} bytes\npublic key: ${publicKey}`);
		});
}
