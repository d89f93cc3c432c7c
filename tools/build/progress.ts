/** One line on standard error that says how far long work is; a few plain lines when it is no terminal. */

export class Progress {
	readonly #title: string;
	readonly #total: number;
	readonly #start = Date.now();
	#done = 0;

	constructor(title: string, total: number) {
		this.#title = title;
		this.#total = total;
		this.#show();
	}

	step(): void {
		this.#done++;
		this.#show();
	}

	#show(): void {
		const text = `${this.#title}: ${this.#done}/${this.#total} (${((Date.now() - this.#start) / 1000).toFixed(0)} s)`;
		if (process.stderr.isTTY)
			process.stderr.write(`\r\x1b[K${text}`);
		else if (this.#done % 25 === 0)
			process.stderr.write(`${text}\n`);
	}

	end(): void {
		if (process.stderr.isTTY)
			process.stderr.write("\r\x1b[K");
	}
}
