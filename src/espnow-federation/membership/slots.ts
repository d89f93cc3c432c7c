/** Boards that are being admitted, and answers that are owed: a fixed number of places, which strangers can't make more. */

import type { SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";
import { get16, HELLO_BODY } from "ruvllm-esp32/espnow-federation/frames/layout";
import { sameBytes } from "ruvllm-esp32/espnow-federation/membership/board";

export class Slot {
	used = false;
	address = 0;
	readonly boot = new Uint8Array(8);
	/** Of the stranger; undefined when it is admitted, and only an answer is owed. */
	key: SenderKey | undefined;
	version = 0;
	highest = 0;
	/** Our challenge to it, while it is unanswered. */
	wanted = false;
	readonly challenge = new Uint8Array(8);
	tries = 0;
	nextAt = 0;
	/** Its challenge, to be answered; and the tag that comes with it, or -1. */
	owes = false;
	readonly answer = new Uint8Array(8);
	outTag = -1;
	/** What it said of itself. */
	readonly hello = new Uint8Array(HELLO_BODY);

	owe(bytes: Uint8Array, at: number): void {
		for (let i = 0; i < 8; i++)
			this.answer[i] = bytes[at + i]!;
		this.outTag = get16(bytes, at);
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
	readonly all: Slot[] = [];

	constructor(count: number) {
		for (let i = 0; i < count; i++)
			this.all.push(new Slot());
	}

	find(address: number, bytes: Uint8Array, at: number): Slot | undefined {
		for (let i = 0; i < this.all.length; i++) {
			const slot = this.all[i]!;
			if (slot.used && slot.address === address && sameBytes(slot.boot, 0, bytes, at))
				return slot;
		}
		return undefined;
	}
	/** @returns undefined: all places are taken */
	open(address: number, bytes: Uint8Array, at: number): Slot | undefined {
		for (let i = 0; i < this.all.length; i++) {
			const slot = this.all[i]!;
			if (slot.used)
				continue;
			slot.used = true;
			slot.address = address;
			for (let k = 0; k < 8; k++)
				slot.boot[k] = bytes[at + k]!;
			return slot;
		}
		return undefined;
	}
}
