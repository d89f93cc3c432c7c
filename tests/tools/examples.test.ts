/** Each example runs, and shows what it is for. */

import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";
import { requireGate } from "./support/shared.ts";

const CLI = join(packageRoot, "bin/ruvllm-esp32.mjs");
const run = (...args: string[]): string => execFileSync(process.execPath, [CLI, "run", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

describe("examples", () => {
	for (const [name, shows] of [
		["embedding", /girl +is nearest to little/], ["classification", /(2[0-4]) of 24 right/], ["optimization", /binary +7\d{4} /], ["model-sizing", /3\.4 M +\d+ +\d+ +\d+ +\d+/],
		["home-commands", /"intent":"HassSetVolumeRelative","name":"Old Radio","volume_step":"up"/],
		["rag-smart-home", /(2[01]) of 21 questions answered by the right sentence, 6 of 6 foreign ones refused/], ["space-probe-rag", /1[01] of 11 faults met by the right action, 0 false alarms in 915/],
		["voice-disambiguation", /12 of 12 right, 1 asked back; 1 questions in 5 evenings/],
		["anomaly-industrial", /2000 normal samples: 0 false alarms[^]*overheating: 2\d\d alarms in 300 samples, 2\d\d named rightly/],
		["intents", /none of them +how many moons/],
		["swarm-memory", /15 facts told, each to one board; 30 copies[^]*garden: 1[12] of 12 right, 12 searches complete[^]*board dies[^]*press its red button[^]*garden: 1[12] of 12 right, 12 searches complete/],
		["federation", /single +yes [^]*pipeline +yes [^]*speculative +yes [^]*tensor +yes [^]*replication +yes [^]*pipeline, 4 texts +yes [^]*replication, 4 texts +yes [^]*auto +yes [^]*layer 4; board 2 dies[^]*board 0 dies[^]*120 tokens, as one board's: yes/],
	] as const)
		it(`${name} shows what it is for`, () => {
			expect(run(`examples/${name}`)).to.match(shows);
		}).timeout(120000);
	it("snn-gated-inference shows what it is for", function () {
		requireGate(this, "sound");
		const shown = run("examples/snn-gated-inference"), found = /(\d+) of 8 utterances answered, (\d+) wakes in vain in 200 s of simulated sound; LocalResponse \d+, FetchMemory \d+, RunLLM \d+/.exec(shown)!;
		expect([Number(found[1]) >= 6, Number(found[2]) <= 2], found[0]).to.deep.equal([true, true]);
		expect(shown).to.match(/ESP32-S3 at 240 MHz[^]*projected[^]*Always on: 169 mW on average.*: \d+ times as much/);
	}).timeout(120000);
	it("a folder without a program is refused, by its name", () => {
		const { status, stderr } = spawnSync(process.execPath, [CLI, "run", "examples"], { encoding: "utf8" });
		expect(status).to.equal(1);
		expect(stderr).to.match(/examples has no main\.ts/);
	}).timeout(60000);
});
