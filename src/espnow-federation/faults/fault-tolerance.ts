/**
 * Which board stands in for which. Boards are numbered 0 to totalChips - 1, as a plan lists them. The backups of a board are
 * those that follow it in the ring (Stoica et al. 2001, "Chord", successor lists): a board that fails leaves its work to
 * different boards than its neighbour does. Every board computes the same from the same failures.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export const MOST_CHIPS = 65_536;

export class FaultTolerance {
	/** Backups of each board. */
	readonly redundancy: number;
	#failed = new Uint8Array(0);
	#count = 0;

	/** @param redundancy backups for each board, 1 to 16 @throws RuvllmError FAULT_REDUNDANCY */
	constructor(redundancy: number) {
		if (!Number.isInteger(redundancy) || redundancy < 1 || redundancy > 16)
			throw new RuvllmError("FAULT_REDUNDANCY", `redundancy is ${redundancy}; it takes an integer from 1 to 16`);
		this.redundancy = redundancy;
	}

	/** Begins with `totalChips` boards, none of which failed. @throws RuvllmError FAULT_CHIPS */
	assignBackups(totalChips: number): void {
		if (!Number.isInteger(totalChips) || totalChips < 1 || totalChips > MOST_CHIPS)
			throw new RuvllmError("FAULT_CHIPS", `there are ${totalChips} boards; it takes an integer from 1 to ${MOST_CHIPS}`);
		this.#failed = new Uint8Array(totalChips);
		this.#count = totalChips;
	}

	get totalChips(): number {
		return this.#count;
	}

	/** Backups as assigned, dead or alive, nearest first. @throws RuvllmError FAULT_CHIP */
	backupsOf(chip: number): number[] {
		this.#check(chip);
		const backups: number[] = [];
		for (let i = 1; i <= this.redundancy && i < this.#count; i++)
			backups.push((chip + i) % this.#count);
		return backups;
	}

	/** @throws RuvllmError FAULT_CHIP */
	markFailed(chip: number): void {
		this.#failed[this.#check(chip)] = 1;
	}

	/** It is back. @throws RuvllmError FAULT_CHIP */
	markRecovered(chip: number): void {
		this.#failed[this.#check(chip)] = 0;
	}

	/** @throws RuvllmError FAULT_CHIP */
	isAvailable(chip: number): boolean {
		return this.#failed[this.#check(chip)] === 0;
	}

	/** The first living backup of a board; undefined: all that were assigned are dead. @throws RuvllmError FAULT_CHIP */
	getBackup(chip: number): number | undefined {
		return this.backupsOf(chip).find((backup) => this.isAvailable(backup));
	}

	/** The board that does the work of `chip` now: itself, or its backup. @throws RuvllmError FAULT_CHIP */
	holderOf(chip: number): number | undefined {
		return this.isAvailable(chip) ? chip : this.getBackup(chip);
	}

	/** How many boards are alive. */
	get available(): number {
		let count = 0;
		for (let i = 0; i < this.#count; i++)
			count += this.#failed[i] ? 0 : 1;
		return count;
	}

	#check(chip: number): number {
		if (!Number.isInteger(chip) || chip < 0 || chip >= this.#count)
			throw new RuvllmError("FAULT_CHIP", this.#count ? `there is no board ${chip}; they are 0 to ${this.#count - 1}` : "no boards were assigned yet; call assignBackups first");
		return chip;
	}
}
