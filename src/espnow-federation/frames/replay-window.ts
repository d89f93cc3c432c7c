/** Which of a sender's last 64 counters were seen (RFC 4303, section 3.4.3). */

export class ReplayWindow {
	/** The highest counter seen. */
	#top = 0;
	/** Bit i: top - i was seen, for i below 32 and from 32 on. */
	#near = 0;
	#far = 0;

	/** Everything up to `counter` counts as seen: what was sent before the sender proved itself is never taken. */
	start(counter: number): void {
		this.#top = counter;
		this.#near = -1;
		this.#far = -1;
	}
	/** Whether a frame with this counter may be taken. */
	fresh(counter: number): boolean {
		const age = this.#top - counter;
		return age < 0 || age < 32 && (this.#near >>> age & 1) === 0 || age >= 32 && age < 64 && (this.#far >>> age - 32 & 1) === 0;
	}
	/** Remembers a fresh counter; only after its frame has proved authentic. */
	take(counter: number): void {
		const age = this.#top - counter;
		if (age >= 32)
			this.#far |= 1 << age - 32;
		else if (age >= 0)
			this.#near |= 1 << age;
		else {
			this.#shift(-age);
			this.#near |= 1;
			this.#top = counter;
		}
	}

	#shift(by: number): void {
		if (by >= 64)
			this.#near = this.#far = 0;
		else if (by >= 32) {
			this.#far = this.#near << by - 32;
			this.#near = 0;
		}
		else {
			this.#far = this.#far << by | this.#near >>> 32 - by;
			this.#near <<= by;
		}
	}
}
