/** The text of a request from whoever writes it: tokens by index, wherever they come from. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export class TextMerge {
	readonly #tokens: number[] = [];
	readonly #pieces: Buffer[] = [];
	/** Tokens in a row from the first one. */
	count = 0;
	/** Tokens that came from more than one board. */
	repeated = 0;

	/** @throws RuvllmError SWARM_TOKENS when two boards drew different tokens */
	take(index: number, token: number, piece: Buffer): void {
		const before = this.#tokens[index];
		if (before !== undefined && before !== token)
			throw new RuvllmError("SWARM_TOKENS", `token ${index} is ${before} from one board and ${token} from another; boards of one swarm need the same model and firmware`);
		if (before !== undefined)
			this.repeated++;
		this.#tokens[index] = token;
		this.#pieces[index] ??= piece;
		while (this.#tokens[this.count] !== undefined)
			this.count++;
	}

	/** Those in a row. */
	get tokens(): number[] {
		return this.#tokens.slice(0, this.count);
	}
	get text(): string {
		return Buffer.concat(this.#pieces.slice(0, this.count)).toString("utf8");
	}
}
