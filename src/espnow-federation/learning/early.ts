/** Messages that came before the version that they are about: another board was faster. */

export interface EarlyMessage {
	from: number;
	round: number;
	digest: number;
	/** Of a change; undefined for a call. */
	bytes: Uint8Array | undefined;
}

const MOST = 128;

export class Early {
	#messages: EarlyMessage[] = [];

	/** A board's newer one of a kind replaces its older one. */
	push(message: EarlyMessage): void {
		const at = this.#messages.findIndex(({ from, bytes }) => from === message.from && (bytes === undefined) === (message.bytes === undefined));
		if (at >= 0)
			this.#messages[at] = message;
		else if (this.#messages.length < MOST)
			this.#messages.push(message);
	}

	/** All of them, which leave. */
	take(): EarlyMessage[] {
		const messages = this.#messages;
		this.#messages = [];
		return messages;
	}
}
