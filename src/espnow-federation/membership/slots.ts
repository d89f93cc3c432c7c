/** Boards that are being admitted, and answers that are owed: a fixed number of places, which strangers can't make more. */

import type { SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";

/** Eight bytes are two numbers each, low half first: arrays would take 300 bytes of XS's heap. */
export class Slot {
	used = false;
	address = 0;
	bootLow = 0;
	bootHigh = 0;
	/** Of the stranger; undefined when it is admitted, and only an answer is owed. */
	key: SenderKey | undefined;
	version = 0;
	highest = 0;
	/** Our challenge to it, while it is unanswered. */
	wanted = false;
	challengeLow = 0;
	challengeHigh = 0;
	tries = 0;
	nextAt = 0;
	/** Its challenge, to be answered; and the tag that comes with it, or -1. */
	owes = false;
	answerLow = 0;
	answerHigh = 0;
	outTag = -1;

	owe(low: number, high: number): void {
		this.answerLow = low;
		this.answerHigh = high;
		this.outTag = low & 0xffff;
		this.owes = true;
	}
	free(): void {
		this.key?.close();
		this.key = undefined;
		this.used = this.wanted = this.owes = false;
		this.outTag = -1;
	}
}

export class Slots {
	/** Made when they are first needed. */
	readonly all: Slot[] = [];
	readonly #limit: number;

	constructor(limit: number) {
		this.#limit = limit;
	}

	find(address: number, bootLow: number, bootHigh: number): Slot | undefined {
		for (let i = 0; i < this.all.length; i++) {
			const slot = this.all[i]!;
			if (slot.used && slot.address === address && slot.bootLow === bootLow && slot.bootHigh === bootHigh)
				return slot;
		}
		return undefined;
	}
	/** The slot of that start of that board, a new one if need be. @returns undefined: all places are taken */
	obtain(address: number, bootLow: number, bootHigh: number): Slot | undefined {
		const known = this.find(address, bootLow, bootHigh);
		if (known)
			return known;
		let slot: Slot | undefined;
		for (let i = 0; i < this.all.length && !slot; i++)
			if (!this.all[i]!.used)
				slot = this.all[i];
		if (!slot) {
			if (this.all.length === this.#limit)
				return undefined;
			slot = new Slot();
			this.all.push(slot);
		}
		slot.used = true;
		slot.address = address;
		slot.bootLow = bootLow;
		slot.bootHigh = bootHigh;
		return slot;
	}
}
