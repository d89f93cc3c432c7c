/** Parts of the tests that run beside each other, shown one after the other: each at its turn says what it said so far, then goes on live. */

import type { Counts } from "./counts.ts";

/** Takes what a part prints. */
export type Show = (text: string) => void;
export const showNow: Show = (text) => { process.stdout.write(text); };

interface Running {
	title: string;
	run: (show: Show) => Promise<Counts | undefined>;
	held: string[];
	live: boolean;
	result: Promise<Counts | undefined>;
}

export class Beside {
	readonly #most: number;
	readonly #parts: Running[] = [];
	#free = 0;
	readonly #waiting: (() => void)[] = [];

	/** @param most parts that run at a time */
	constructor(most: number) {
		this.#most = most;
	}

	get started(): boolean {
		return this.#parts.length > 0;
	}

	/** Starts all, as processors become free. */
	start(parts: readonly (readonly [title: string, run: Running["run"]])[]): void {
		this.#free = this.#most;
		for (const [title, run] of parts) {
			const one: Running = { title, run, held: [], live: false, result: Promise.resolve(undefined) };
			one.result = this.#inTurn(() => run((text) => one.live ? showNow(text) : one.held.push(text)));
			// Whoever asks for the result gets the error; until then it is nobody's.
			one.result.catch(() => {});
			this.#parts.push(one);
		}
	}

	/** Of a part that was started; shows what it prints from now on. */
	result(title: string): Promise<Counts | undefined> {
		const one = this.#parts.find((part) => part.title === title)!;
		for (const text of one.held.splice(0))
			showNow(text);
		one.live = true;
		return one.result;
	}

	async #inTurn<T>(run: () => Promise<T>): Promise<T> {
		if (this.#free === 0)
			await new Promise<void>((resolve) => this.#waiting.push(resolve));
		else
			this.#free--;
		try {
			return await run();
		}
		finally {
			const next = this.#waiting.shift();
			if (next)
				next();
			else
				this.#free++;
		}
	}
}
