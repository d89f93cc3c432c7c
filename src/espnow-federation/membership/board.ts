/** What one board knows of another. */

import type { SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";
import { ReplayWindow } from "ruvllm-esp32/espnow-federation/frames/replay-window";
import { getU32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { Link } from "ruvllm-esp32/espnow-federation/link/link";
import type { Capabilities, Member } from "ruvllm-esp32/espnow-federation/network";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Board {
	readonly member: Mutable<Member>;
	readonly boot = new Uint8Array(8);
	readonly window = new ReplayWindow();
	/** Set while it is admitted. */
	key: SenderKey | undefined;
	/** Of the protocol: the highest that both speak. */
	version = 0;
	highest = 0;
	/** 16 bits of our challenge that it answered, and of its challenge that we answered; -1: not yet. */
	inTag = -1;
	outTag = -1;
	/** The challenge that we answered last. */
	readonly answered = new Uint8Array(8);
	/** When a frame of it came, and the latest time at which anyone is known to have heard it. */
	heard = 0;
	evidence = 0;
	/** When it was admitted. */
	admittedAt = 0;
	/** Since when others are asked about it; 0: not asked. Answers that it was not heard either. */
	askedSince = 0;
	denials = 0;
	/** Where its island lives: channel, and lowest address there. */
	channel = 0;
	anchor = 0;
	link: Link | undefined;

	constructor(address: number) {
		this.member = newMember(address);
	}

	get address(): number {
		return this.member.address;
	}
	get admitted(): boolean {
		return this.inTag >= 0;
	}
	/** Admitted by both. */
	get joined(): boolean {
		return this.member.alive;
	}
	setBoot(boot: Uint8Array): void {
		this.boot.set(boot);
		this.member.boot = getU32(boot, 0);
	}
	hasBoot(frame: Uint8Array, at: number): boolean {
		return sameBytes(this.boot, 0, frame, at);
	}
	/** A frame of it came. */
	hear(now: number): void {
		this.heard = this.evidence = now;
		this.askedSince = 0;
	}
}

/** Eight bytes each. */
export function sameBytes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): boolean {
	let different = 0;
	for (let i = 0; i < 8; i++)
		different |= a[aAt + i]! ^ b[bAt + i]!;
	return different === 0;
}

export const newMember = (address: number, own?: Capabilities): Mutable<Member> => ({
	address, boot: 0, load: 0, roundTrip: 0, alive: false,
	model: own?.model ?? 0, memory: own?.memory ?? 0, fastMemory: own?.fastMemory ?? 0, fastSpeed: own?.fastSpeed ?? 0,
	slowSpeed: own?.slowSpeed ?? 0, services: own?.services ?? 0, tags: own?.tags ?? 0,
});
