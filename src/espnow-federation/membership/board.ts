/** What one board knows of another. */

import type { SenderKey } from "ruvllm-esp32/espnow-federation/frames/sealer";
import type { Capabilities, Member } from "ruvllm-esp32/espnow-federation/network";
import type { Frames } from "ruvllm-esp32/platform/frames";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Board {
	readonly member: Mutable<Member>;
	/** Its place among the boards of `frames`, which has what each frame changes. */
	readonly place: number;
	readonly frames: Frames;
	/** Boot number: its low half is member.boot. Numbers, not arrays: each array would take 300 bytes of XS's heap. */
	bootHigh = 0;
	/** Set while it is admitted. */
	key: SenderKey | undefined;
	/** Of the protocol: the highest that both speak. */
	version = 0;
	highest = 0;
	/** 16 bits of our challenge that it answered, and of its challenge that we answered; -1: not yet. */
	inTag = -1;
	outTag = -1;
	/** The challenge that we answered last. */
	answeredLow = 0;
	answeredHigh = 0;
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

	constructor(address: number, place: number, frames: Frames) {
		this.place = place;
		this.frames = frames;
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
	/** What came of it since this was asked last. */
	listen(now: number): void {
		const at = now - this.frames.heard(this.place, now);
		// Less than a microsecond later is no later frame.
		if (at >= this.heard + 1) {
			this.hear(at);
			this.member.roundTrip = this.joined ? this.frames.roundTrip(this.place) : 0;
		}
	}
	/** A frame of it came. */
	hear(now: number): void {
		this.heard = now;
		this.evidence = Math.max(this.evidence, now);
		this.askedSince = 0;
	}
}

export const newMember = (address: number, own?: Capabilities): Mutable<Member> => ({
	address, boot: 0, load: 0, roundTrip: 0, alive: false,
	model: own?.model ?? 0, memory: own?.memory ?? 0, fastMemory: own?.fastMemory ?? 0, fastSpeed: own?.fastSpeed ?? 0,
	slowSpeed: own?.slowSpeed ?? 0, services: own?.services ?? 0, tags: own?.tags ?? 0,
});
