/** The port power through deep sleep: the program ends there and starts anew, see support/power-program.ts. */

import { expect } from "chai";
import { runProgram } from "../../tools/bench/program.ts";
import { missingForRiscv } from "../../tools/build/qemu.ts";

const PROGRAM = "tests/tools/support/power-program.ts";
const STARTS = [
	{ starts: 0, cause: "start", bytes: -1, last: -1, slept: false, early: true },
	{ starts: 1, cause: "timer", bytes: 2040, last: 100, slept: false, early: true },
	{ starts: 2, cause: "timer", bytes: 2039, last: 101, slept: false, early: true },
	{ starts: 3, cause: "timer", bytes: 2038, last: 102, slept: false, early: true },
];

describe("the port power, through deep sleep", () => {
	it("on the desktop: starts anew, with the retained bytes and nothing else", async () => {
		const before = Date.now();
		expect(await runProgram(PROGRAM)).to.deep.equal(STARTS);
		expect(Date.now() - before).to.be.at.least(60);
	}).timeout(120000);
	it("on the desktop: what is no block, or a damaged one, is not taken for what was kept", async () => {
		for (const [damaged, cause] of [["", "start"], ["00", "start"], ["x".repeat(4096), "timer"], ["0".repeat(4096), "timer"], ["f".repeat(4096), "timer"]] as const) {
			process.env.RUVLLM_ESP32_RETAINED = damaged;
			try {
				expect(await runProgram(PROGRAM), damaged.slice(0, 4)).to.deep.equal([{ ...STARTS[0]!, cause }, ...STARTS.slice(1)]);
			}
			finally {
				delete process.env.RUVLLM_ESP32_RETAINED;
			}
		}
	}).timeout(120000);
	it("on riscv: the same, through the reset of the processor", async function () {
		const install = missingForRiscv();
		if (install && process.env.CI !== "true")
			this.skip();
		expect(await runProgram(PROGRAM, { host: "riscv" })).to.deep.equal(STARTS);
	}).timeout(300000);
});
