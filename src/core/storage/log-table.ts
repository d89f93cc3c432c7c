/** Where the newest record of each key lies: four bytes a key, found by hashing; keys themselves are read in the log. */

const FREE = 0xffffffff;
const GONE = 0xfffffffe;

export class LogTable {
	readonly #slots: Uint32Array;
	#count = 0;

	/** @param matches whether the record at an address is of a type and key */
	constructor(readonly capacity: number, readonly matches: (address: number, type: number, key: number) => boolean) {
		// A quarter stays free, so that searches end soon.
		let size = 8;
		while (size * 3 < capacity * 4)
			size *= 2;
		this.#slots = new Uint32Array(size).fill(FREE);
	}

	get count(): number {
		return this.#count;
	}
	get byteLength(): number {
		return this.#slots.byteLength;
	}
	/** Address of the newest record, or -1. */
	get(type: number, key: number): number {
		const slot = this.#find(type, key);
		return slot < 0 ? -1 : this.#slots[slot]!;
	}
	/** @returns false when there is no room for another key */
	set(type: number, key: number, address: number): boolean {
		const known = this.#find(type, key);
		if (known >= 0) {
			this.#slots[known] = address;
			return true;
		}
		if (this.#count === this.capacity)
			return false;
		for (let slot = this.#start(type, key); ; slot = slot + 1 & this.#slots.length - 1)
			if (this.#slots[slot]! >= GONE) {
				this.#slots[slot] = address;
				this.#count++;
				return true;
			}
	}
	delete(type: number, key: number): void {
		const slot = this.#find(type, key);
		if (slot < 0)
			return;
		const next = this.#slots[slot + 1 & this.#slots.length - 1]!;
		this.#slots[slot] = next === FREE ? FREE : GONE;
		this.#count--;
	}
	forEach(visit: (address: number) => void): void {
		for (const address of this.#slots)
			if (address < GONE)
				visit(address);
	}

	#start(type: number, key: number): number {
		let hash = Math.imul(key ^ Math.imul(type + 1, 0x9e3779b1), 0x85ebca6b);
		hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
		return (hash ^ hash >>> 16) & this.#slots.length - 1;
	}
	#find(type: number, key: number): number {
		let slot = this.#start(type, key);
		// Places of deleted keys are passed over; there may be so many that only counting ends the search.
		for (let looked = 0; looked < this.#slots.length; looked++, slot = slot + 1 & this.#slots.length - 1) {
			const address = this.#slots[slot]!;
			if (address === FREE)
				return -1;
			if (address !== GONE && this.matches(address, type, key))
				return slot;
		}
		return -1;
	}
}
