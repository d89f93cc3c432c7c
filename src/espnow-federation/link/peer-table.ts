/**
 * Whom the radio knows: it has places for 20 (fewer than there may be members), so the least recently used makes room. One with
 * frames inside the MAC keeps its place: reports come in the order of sending. Frames keeps the table, as it looks there for each frame.
 */

import type { Frames } from "ruvllm-esp32/platform/frames";
import type { PhyRate, RadioPort } from "ruvllm-esp32/platform/radio";

const NO_PLACE = -1, NEW = 1, ADDRESS = 2;

export class PeerTable {
	readonly #radio: RadioPort;
	readonly #frames: Frames;
	readonly #options: { rate: PhyRate } | undefined;

	constructor(radio: RadioPort, frames: Frames, rate: PhyRate | undefined) {
		this.#radio = radio;
		this.#frames = frames;
		this.#options = rate && { rate };
	}

	/** Makes the radio know a board. @returns false: all places are in use; try again when the MAC has reported */
	use(address: number): boolean {
		const answer = this.#frames.usePeer(address);
		if (answer >= ADDRESS)
			this.#radio.removePeer(answer - ADDRESS);
		if (answer >= NEW)
			try {
				this.#radio.addPeer(address, this.#options);
			}
			catch (error) {
				this.#frames.forgetPeer(address);
				throw error;
			}
		return answer !== NO_PLACE;
	}
}
