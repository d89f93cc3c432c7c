/** What was named lately: the last eight entities, and until when they count. */

export const REMEMBERED = 8;
/** Seconds after which what was said no longer counts. */
const EXPIRES = 300;

export class Dialogue {
	/** Numbers of entities and when they were named; the next one overwrites the oldest. */
	readonly #entities = new Int16Array(REMEMBERED).fill(-1);
	readonly #times = new Uint32Array(REMEMBERED);
	readonly #turns = new Uint32Array(REMEMBERED);
	#next = 0;
	#turn = 0;

	/** Entities of one turn, for example of one request. */
	remember(entities: readonly number[], now: number): void {
		if (entities.length === 0)
			return;
		this.#turn++;
		for (const entity of entities.slice(0, REMEMBERED)) {
			this.#entities[this.#next] = entity;
			this.#times[this.#next] = now;
			this.#turns[this.#next] = this.#turn;
			this.#next = (this.#next + 1) % REMEMBERED;
		}
	}

	/** Turns since an entity was named, 0 for the last turn; -1 when it was not, or too long ago. */
	turnsSince(entity: number, now: number): number {
		let turn = 0;
		for (let i = 0; i < REMEMBERED && this.#turn > 0; i++)
			if (this.#entities[i] === entity && this.#counts(i, now) && this.#turns[i]! > turn)
				turn = this.#turns[i]!;
		return turn === 0 ? -1 : this.#turn - turn;
	}

	/** Of the latest turn that named any that fit: these, in the order in which they were named. */
	last(fits: (entity: number) => boolean, now: number): number[] {
		let turn = 0;
		for (let i = 0; i < REMEMBERED; i++)
			if (this.#counts(i, now) && fits(this.#entities[i]!) && this.#turns[i]! > turn)
				turn = this.#turns[i]!;
		const list: number[] = [];
		for (let i = 0; i < REMEMBERED; i++) {
			const at = (this.#next + i) % REMEMBERED;
			if (turn > 0 && this.#turns[at] === turn && this.#counts(at, now) && fits(this.#entities[at]!))
				list.push(this.#entities[at]!);
		}
		return list;
	}

	#counts(i: number, now: number): boolean {
		return this.#entities[i]! >= 0 && now - this.#times[i]! <= EXPIRES;
	}

	forget(): void {
		this.#entities.fill(-1);
		this.#turn = 0;
	}
}
