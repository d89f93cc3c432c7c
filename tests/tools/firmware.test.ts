import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDesktopHost } from "../../tools/build/desktop.ts";
import { packageRoot } from "../../tools/build/paths.ts";

const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-firmware-"));

/** Starts the firmware of the desktop host; `limit` is a shell's limit of memory, in KB: it stands in for a small chip. */
async function firmware(args: readonly string[], input = "", limit?: number): Promise<{ status: number | null; stdout: string }> {
	const { executable } = await buildDesktopHost();
	return spawnSync("sh", ["-c", `${limit === undefined ? "" : `ulimit -v ${limit} && `}exec "$@"`, "sh", executable, "ruvllm-esp32/main", ...args],
		{ encoding: "utf8", input, env: { ...process.env, RUVLLM_ESP32_ROOT: packageRoot } });
}

describe("the firmware: start", () => {
	it("refuses arguments that are none", async () => {
		for (const [args, sentence] of [[["--bogus"], /no argument --bogus/], [["--context", "0"], /--context is 0/], [["--context"], /--context is undefined/], [["a", "b"], /two models/], [["--cores", "3"], /--cores/]] as const) {
			const { status, stdout } = await firmware(args);
			expect(status, stdout).to.equal(1);
			expect(stdout).to.match(/"ARGUMENT"/).and.match(sentence);
		}
	});
	it("refuses a model that there is no memory for, with numbers", async () => {
		const { status, stdout } = await firmware(["stories.ruvm", "--serve", "--spare", "2000000000"], "", 1000000);
		expect(status).to.equal(1);
		expect(stdout).to.match(/"MODEL_MEMORY"/).and.match(/wants \d+ bytes of RAM, 0 are available/);
	});
	it("refuses a damaged model, to people and to programs", async () => {
		const bytes = readFileSync(join(packageRoot, "models/stories.ruvm")), path = join(folder, "damaged.ruvm");
		bytes[100000]! ^= 1;
		writeFileSync(path, bytes);
		for (const args of [[path], [path, "--serve"]]) {
			const { status, stdout } = await firmware(args, "Once\n");
			expect(status).to.equal(1);
			expect(stdout).to.match(/^{"error":{"code":"MODEL_CRC".*\n$/);
		}
	});
	it("greets people with the model's digest, after its self-test", async () => {
		const { status, stdout } = await firmware(["stories.ruvm"]);
		expect(status).to.equal(0);
		expect(stdout).to.match(/^ruvllm-esp32 \S+ host=desktop model=\S+ digest=[0-9a-f]{8}\n$/);
	});
	it("takes the context and the cores it is told, and says the same on both", async () => {
		const digests = [];
		for (const cores of ["1", "2"]) {
			const { stdout } = await firmware(["stories.ruvm", "--serve", "--context", "100", "--cores", cores], '{"do":"info"}\n{"do":"selfTest"}\n');
			const [info, tested] = stdout.trim().split("\n").map((line) => JSON.parse(line) as { ok: Record<string, unknown> });
			expect(info!.ok).to.include({ contextLength: 100, cores: Number(cores) });
			expect(tested!.ok).to.include.keys("digest", "matches", "kernels");
			digests.push(tested!.ok.digest);
		}
		expect(digests[0]).to.equal(digests[1]);
	});
});
