/** First in, first out, without allocation once it has grown. */
export class Ring<T> {
	readonly #items: (T | undefined)[] = [];
	#first = 0;
	length = 0;

	get first(): T | undefined {
		return this.length ? this.#items[this.#first] : undefined;
	}
	push(item: T): void {
		const items = this.#items, size = items.length;
		if (this.length < size)
			items[(this.#first + this.length) % size] = item;
		else if (this.#first === 0)
			items.push(item);
		else {
			items.push(...items.splice(0, this.#first), item);
			this.#first = 0;
		}
		this.length++;
	}
	shift(): T | undefined {
		if (!this.length)
			return undefined;
		const item = this.#items[this.#first];
		this.#items[this.#first] = undefined;
		this.#first = (this.#first + 1) % this.#items.length;
		this.length--;
		return item;
	}
}
