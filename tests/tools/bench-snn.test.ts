/** bench snn: what is refused, how false wakes are told by background, what a device's energy is made of, and figures where there is data. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { always, alwaysActs, gated, lightlyGated, type Work } from "../../benches/snn/stages/device.ts";
import { type KindTally, tallyKinds, worstKinds } from "../../benches/snn/recall/kinds.ts";
import { packageRoot } from "../../tools/build/paths.ts";
import { requireGate, requireShared } from "./support/shared.ts";

const bench = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
	spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), "bench", "snn", ...args], { encoding: "utf8" });

describe("bench snn", () => {
	it("refuses names and folders that are none", () => {
		const name = bench("nothing", "--data", tmpdir()), folder = bench("recall", "--data", join(tmpdir(), "absent-folder"));
		expect([name.status, folder.status]).to.deep.equal([1, 1]);
		expect(name.stderr).to.match(/there is no bench "nothing"; choose one of endurance, instructions, recall, stages/);
		expect(folder.stderr).to.match(/docs\/snn-streams\.md/);
	}).timeout(60000);
	it("counts events and false wakes by background, as judge() does", () => {
		const tallies = new Map<string, KindTally>(), segments = [{ start: 0, end: 1000, kind: "rain", level: 1 }, { start: 1000, end: 2000, kind: "fan", level: 1 }];
		const stream = { rate: 100, channels: 1, unit: "", samples: new Int16Array(2000), events: [{ start: 100, end: 150, label: "a" }, { start: 980, end: 1010, label: "b" }], segments, snr: 10, seed: 1 };
		tallyKinds(stream, [50, 120, 130, 260, 1040, 1500], 0.5, tallies);
		const tally = (events: number, hits: number, falseWakes: number): KindTally => ({ events, hits, falseWakes, hours: 10 / 3600 });
		expect([...tallies]).to.deep.equal([["rain", tally(2, 2, 2)], ["fan", tally(0, 0, 1)]]);
		expect(worstKinds(tallies, 1)).to.equal("false wakes most in rain (2 in 0.0 h)");
	});
	it("spends the time that there is, and less when gated", () => {
		const work: Work = { seconds: 3600, rate: 8000, gate: 200, hop: 128, wakes: 10, runs: 10, model: { start: 5_000_000, plainStart: 5_000_000, tokens: 15, instructions: 30_000_000 } };
		const { account, load } = always("esp32s3", work), often = gated("esp32s3", work, 0), checked = gated("esp32s3", work, 47000), plain = lightlyGated("esp32c3", work);
		expect(load).to.be.closeTo(30e6 * 1.5 / 240e6 / 0.25, 1e-6);
		expect(account.report().seconds).to.equal(3600);
		for (const gate of [often, plain])
			expect(gate.report().seconds).to.be.within(3600, 3605);
		expect(account.perHour() / often.perHour()).to.be.above(100);
		expect(checked.perHour()).to.be.above(often.perHour());
		expect(gated("esp32s3", { ...work, wakes: 0, runs: 0 }, 0).report().rows.filter(({ joules }) => joules > 0).map(({ part }) => part)).to.deep.equal(["gate"]);
	});
	it("lets a device that is always on miss only what no window holds", () => {
		expect(alwaysActs(1, 1.25, 0)).to.equal(0.25);
		expect(alwaysActs(1.1, 1.3, 0.2)).to.be.closeTo(0.6, 1e-9);
		expect(alwaysActs(1.1, 2.15, 0)).to.equal(undefined);
		expect(alwaysActs(0, 1, 0)).to.equal(1);
	});
	it("prints endurance with limits and notes", function () {
		const data = requireShared(this);
		requireGate(this, "sound");
		const { status, stdout, stderr } = bench("endurance", "--data", data);
		expect(status, stderr).to.equal(0);
		expect(stdout).to.match(/wakes in 24 h +0 +measured +at most 0 +yes[^]*\n\n[^]*saved, and loaded in another detector/).and.not.match(/ NO$/m);
	}).timeout(300000);
});
