/**
 * Which device people mean when they say "the light" here at this time: counts of what they chose, that fade. No more than
 * a table of 64 rows; the one that was used least makes room.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";

const ROWS = 64, WORDS = 3;
/** When the counts of one place and time reach this, they are halved, so that new habits win over old ones. */
const FULL = 16;
const MAGIC = 0x48563031;		// "10VH"

/** Night from 22, morning from 6, day from 10, evening from 17. */
export const partOfDay = (minutes: number): number => minutes < 360 || minutes >= 1320 ? 0 : minutes < 600 ? 1 : minutes < 1020 ? 2 : 3;

export class Habits {
	/** Row: key (area, part of day, kind of device), entity + 1 (0: free), count. */
	readonly #rows = new Uint32Array(ROWS * WORDS);

	/** @param area number, -1 for none. @param kind number of the domain, below 256 */
	static key(area: number, part: number, kind: number): number {
		return (area + 1) << 10 | part << 8 | kind;
	}

	count(key: number, entity: number): number {
		const row = this.#find(key, entity);
		return row < 0 ? 0 : this.#rows[row + 2]!;
	}

	/** All that was chosen at this key. */
	total(key: number): number {
		let sum = 0;
		for (let row = 0; row < this.#rows.length; row += WORDS)
			if (this.#rows[row + 1] !== 0 && this.#rows[row] === key)
				sum += this.#rows[row + 2]!;
		return sum;
	}

	add(key: number, entity: number): void {
		const rows = this.#rows;
		let row = this.#find(key, entity);
		if (row < 0) {
			row = 0;
			for (let i = 0; i < rows.length; i += WORDS)
				if (rows[i + 2]! < rows[row + 2]!)
					row = i;
			rows[row] = key;
			rows[row + 1] = entity + 1;
			rows[row + 2] = 0;
		}
		rows[row + 2]!++;
		if (this.total(key) >= FULL)
			for (let i = 0; i < rows.length; i += WORDS)
				if (rows[i] === key && (rows[i + 2] = rows[i + 2]! >> 1) === 0)
					rows[i + 1] = 0;
	}

	#find(key: number, entity: number): number {
		for (let row = 0; row < this.#rows.length; row += WORDS)
			if (this.#rows[row + 1] === entity + 1 && this.#rows[row] === key)
				return row;
		return -1;
	}

	forget(): void {
		this.#rows.fill(0);
	}

	/** The table, to keep where a board keeps things. `home` is a number of the home: entities are numbers of its list. */
	save(home: number): Uint8Array {
		const out = new Uint32Array(2 + this.#rows.length);
		out[0] = MAGIC;
		out[1] = home;
		out.set(this.#rows, 2);
		return new Uint8Array(out.buffer);
	}

	/** @throws RuvllmError VOICE_HABITS for another home, another file, or one that is cut off */
	load(bytes: Uint8Array, home: number, entities: number): void {
		if (!(bytes instanceof Uint8Array) || bytes.length !== 4 * (2 + this.#rows.length))
			throw new RuvllmError("VOICE_HABITS", `habits are ${4 * (2 + this.#rows.length)} bytes, as save() gives them`);
		const words = new Uint32Array(bytes.slice().buffer), bad = words[0] !== MAGIC || words[1] !== home;
		let wrong = bad;
		for (let row = 2; row < words.length; row += WORDS)
			wrong ||= words[row + 1]! > entities || words[row + 2]! > FULL;
		if (wrong)
			throw new RuvllmError("VOICE_HABITS", bad ? "these habits are of another home, or no habits: call forget() and learn again" : "these habits are damaged: call forget() and learn again");
		this.#rows.set(words.subarray(2));
	}
}
