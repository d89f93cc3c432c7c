import { type PhyProfile, profileOf } from "ruvllm-esp32/espnow-federation/virtual/phy";

export const BROADCAST = 0xffffffffffff;
/** Of addresses of groups. */
const GROUP_BIT = 2 ** 40;

export const isStation = (address: number): boolean => Number.isInteger(address) && address > 0 && address < BROADCAST && Math.floor(address / GROUP_BIT) % 2 === 0;

/** A datagram on its way. */
export class Frame {
	readonly bytes: Uint8Array;
	count = 0;
	from = 0;
	to = 0;
	profile: PhyProfile = profileOf("1M");
	/** On the air. */
	airBytes = 0;
	airtime = 0;
	attempts = 0;
	/** Whether the receiver's MAC layer has it: it drops what is sent again. */
	heard = false;
	/** Queues and events that hold it. */
	references = 0;

	constructor(mtu: number) {
		this.bytes = new Uint8Array(mtu);
	}
}

/** Frames are used again. */
export class FramePool {
	readonly #mtu: number;
	readonly #free: Frame[] = [];

	constructor(mtu: number) {
		this.#mtu = mtu;
	}

	/** With one reference. */
	take(from: number, to: number, bytes: Uint8Array, count: number): Frame {
		const frame = this.#free.pop() ?? new Frame(this.#mtu);
		frame.bytes.set(count === bytes.length ? bytes : bytes.subarray(0, count));
		frame.count = count;
		frame.from = from;
		frame.to = to;
		frame.attempts = 0;
		frame.heard = false;
		frame.references = 1;
		return frame;
	}
	release(frame: Frame): void {
		if (--frame.references === 0)
			this.#free.push(frame);
	}
}
