/** A set of numbers below a limit, a bit each: chunks that are held, wanted, under way. */

export class ChunkSet {
	readonly limit: number;
	readonly #bits: Uint8Array;
	#size = 0;

	/** @param limit 0 to 65535 */
	constructor(limit: number) {
		this.limit = limit;
		this.#bits = new Uint8Array(limit + 7 >> 3);
	}

	/** How many it has. */
	get size(): number {
		return this.#size;
	}
	/** Bytes on the wire: bit i & 7 of byte i >> 3. */
	get byteLength(): number {
		return this.#bits.length;
	}
	has(i: number): boolean {
		return i >= 0 && i < this.limit && (this.#bits[i >> 3]! >> (i & 7) & 1) === 1;
	}
	/** What is not below the limit is ignored. */
	add(i: number): void {
		if (i >= 0 && i < this.limit && !this.has(i)) {
			this.#bits[i >> 3]! |= 1 << (i & 7);
			this.#size++;
		}
	}
	delete(i: number): void {
		if (this.has(i)) {
			this.#bits[i >> 3]! &= ~(1 << (i & 7));
			this.#size--;
		}
	}
	/** From `first` to `end` - 1. */
	addRange(first: number, end: number): void {
		for (let i = first; i < end; i++)
			this.add(i);
	}
	clear(): void {
		this.#bits.fill(0);
		this.#size = 0;
	}
	/** Whether all of these are in it. */
	covers(others: ChunkSet): boolean {
		for (let i = 0; i < others.#bits.length; i++)
			if (others.#bits[i]! & ~(this.#bits[i] ?? 0))
				return false;
		return true;
	}
	write(bytes: Uint8Array, at: number): void {
		bytes.set(this.#bits, at);
	}
	/** Replaces all; bits above the limit are ignored. `count` bytes are there, which may be too few. */
	read(bytes: Uint8Array, at: number, count: number): void {
		this.clear();
		for (let i = Math.min(this.limit, 8 * count) - 1; i >= 0; i--)
			if (bytes[at + (i >> 3)]! >> (i & 7) & 1)
				this.add(i);
	}
}
