import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { packageRoot } from "../../tools/build/paths.ts";
import { tarFiles } from "../../tools/build/tar.ts";

/** Installs what `npm publish` would ship into a new project, without a registry; gives the command. */
function installed(): string {
	const project = mkdtempSync(join(tmpdir(), "ruvllm-esp32-package-")), modules = join(project, "node_modules");
	execFileSync("npm", ["pack", "--silent", "--pack-destination", project], { cwd: packageRoot, stdio: "pipe" });
	const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string };
	for (const { name, bytes } of tarFiles(gunzipSync(readFileSync(join(project, `ruvllm-esp32-${version}.tgz`))))) {
		const file = join(modules, name.replace(/^package/, "ruvllm-esp32"));
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, bytes);
	}
	for (const dependency of ["commander", "esbuild", "@esbuild"])
		symlinkSync(join(packageRoot, "node_modules", dependency), join(modules, dependency));
	return join(modules, "ruvllm-esp32/bin/ruvllm-esp32.mjs");
}

describe("the package as it is published", () => {
	it("has a command that runs from node_modules", () => {
		const command = installed();
		const { status, stdout, stderr } = spawnSync(process.execPath, [command, "--version"], { encoding: "utf8", env: { ...process.env, RUVLLM_ESP32_CACHE: "", RUVLLM_ESP32_ROOT: "" } });
		expect(status, stderr).to.equal(0);
		expect(stdout).to.match(/^\d+\.\d+\.\d+\n$/);
	}).timeout(60000);
});
