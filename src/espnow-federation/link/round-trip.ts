/** Smoothed round trip and time to wait for an acknowledgement, in integers (RFC 6298; Jacobson 1988). Microseconds. */

const LOWEST = 8_000;
const HIGHEST = 200_000;
/** Before anything was measured. */
const FIRST = 40_000;

export class RoundTrip {
	/** 0: nothing measured yet. */
	smoothed = 0;
	#variation = 0;
	#timeout = FIRST;
	#doublings = 0;

	/** Of a frame that was sent once (Karn's rule). */
	sample(microseconds: number): void {
		if (this.smoothed === 0) {
			this.smoothed = Math.max(1, microseconds);
			this.#variation = microseconds >> 1;
		}
		else {
			const error = microseconds - this.smoothed;
			this.#variation += Math.abs(error) - this.#variation >> 2;
			this.smoothed = Math.max(1, this.smoothed + (error >> 3));
		}
		// The receiver may keep an acknowledgement back for as long as the variation shows.
		this.#timeout = Math.min(HIGHEST, Math.max(LOWEST, this.smoothed + Math.max(5_000, this.#variation << 2)));
		this.#doublings = 0;
	}
	/**
	 * Of one that was sent again, since then. An acknowledgement that is too quick for that is one of an earlier sending: the channel delays
	 * more than was known, and waiting longer stays right.
	 */
	repeated(microseconds: number): void {
		if (this.smoothed > 0 && microseconds >= this.smoothed >> 1)
			this.#doublings = 0;
	}
	backOff(): void {
		if (this.#doublings < 5)
			this.#doublings++;
	}
	get timeout(): number {
		return Math.min(HIGHEST, this.#timeout << this.#doublings);
	}
	reset(): void {
		this.smoothed = this.#variation = this.#doublings = 0;
		this.#timeout = FIRST;
	}
}
