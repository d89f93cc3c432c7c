/** bench SUITE: programs by name, figures with their limits, and what is wrong with what it was told. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { packageRoot } from "../../tools/build/paths.ts";

const bench = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
	spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "bench", "ruvector", ...args], { encoding: "utf8" });

describe("bench ruvector", () => {
	it("refuses names and folders that are none", () => {
		const name = bench("nothing", "--data", tmpdir()), folder = bench("search", "--data", join(tmpdir(), "absent-folder")), empty = bench("search", "--data", join(packageRoot, "docs"));
		expect([name.status, folder.status, empty.status]).to.deep.equal([1, 1, 1]);
		expect(name.stderr).to.match(/there is no bench "nothing"; choose one of anomaly, /);
		expect(folder.stderr).to.match(/there is no folder .*absent-folder/);
		expect(empty.stderr).to.match(/there is no file .*base_1000x128/);
	}).timeout(60000);
	it("prints figures with their tier and limit, as JSON or markdown", () => {
		const { status, stdout } = bench("power-cut", "--data", tmpdir(), "--json");
		expect(status).to.equal(0);
		const { results } = JSON.parse(stdout) as { results: { bench: string; value: number; tier: string; limit?: number }[] };
		expect(results.every((one) => one.bench === "power-cut" && Number.isFinite(one.value) && one.tier === "measured")).to.equal(true);
		expect(results.find(({ limit }) => limit === 0)!.value).to.equal(0);
	}).timeout(120000);
});
