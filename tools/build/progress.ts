/** One line on stderr while something is built; rewritten in place on a terminal. */
export class Progress {
	private done = 0;
	private shown = false;

	constructor(private readonly title: string, private readonly total: number) {}

	/** Says that one more step begins. */
	step(): void {
		this.done++;
		if (process.stderr.isTTY)
			process.stderr.write(`\r${this.title}: ${this.done}/${this.total}\x1b[K`);
		else if (!this.shown)
			process.stderr.write(`${this.title} ...\n`);
		this.shown = true;
	}

	end(): void {
		if (this.shown && process.stderr.isTTY)
			process.stderr.write("\r\x1b[K");
	}
}
