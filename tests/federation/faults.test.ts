import { expect } from "chai";
import { FaultTolerance } from "ruvllm-esp32/espnow-federation/faults/fault-tolerance";
import { codeOf } from "../support/code-of";
import { seeded } from "../support/random";

describe("federation: FaultTolerance", () => {
	it("refuses numbers that can't be", () => {
		for (const redundancy of [0, 17, 1.5, NaN])
			expect(codeOf(() => new FaultTolerance(redundancy))).to.equal("FAULT_REDUNDANCY");
		const faults = new FaultTolerance(2);
		expect(codeOf(() => faults.isAvailable(0))).to.equal("FAULT_CHIP");
		for (const chips of [0, 65537, 2.5])
			expect(codeOf(() => faults.assignBackups(chips))).to.equal("FAULT_CHIPS");
		faults.assignBackups(5);
		for (const chip of [-1, 5, 1.5, NaN]) {
			expect(codeOf(() => faults.markFailed(chip))).to.equal("FAULT_CHIP");
			expect(codeOf(() => faults.getBackup(chip))).to.equal("FAULT_CHIP");
		}
	});

	it("routes around a failed board, and back when it has recovered", () => {
		const faults = new FaultTolerance(2);
		faults.assignBackups(5);
		expect(faults.backupsOf(3)).to.deep.equal([4, 0]);
		faults.markFailed(3);
		expect(faults.isAvailable(3)).to.equal(false);
		expect(faults.getBackup(3)).to.equal(4);
		faults.markFailed(4);
		expect(faults.holderOf(3)).to.equal(0);
		faults.markFailed(0);
		expect(faults.getBackup(3)).to.equal(undefined);
		faults.markRecovered(3);
		expect(faults.holderOf(3)).to.equal(3);
		expect(faults.available).to.equal(3);
	});

	it("while at most `redundancy` boards are dead, each one's work has a living holder", () => {
		const random = seeded("faults", 60);
		for (let round = 0; round < 200; round++) {
			const redundancy = random.from(1, 4), chips = random.from(redundancy + 1, 40), faults = new FaultTolerance(redundancy), dead = new Set<number>();
			faults.assignBackups(chips);
			while (dead.size < redundancy)
				dead.add(random.below(chips));
			for (const chip of dead)
				faults.markFailed(chip);
			for (let chip = 0; chip < chips; chip++) {
				const holder = faults.holderOf(chip);
				expect(holder !== undefined && faults.isAvailable(holder) && (dead.has(chip) ? holder !== chip : holder === chip)).to.equal(true);
			}
		}
	});
});
