/** The nearest of what came, by key and id: the same whatever the order in which it comes, and how often. */

export class TopList<T> {
	readonly keys: number[] = [];
	readonly ids: number[] = [];
	readonly items: T[] = [];

	constructor(readonly k: number) {}

	get length(): number {
		return this.ids.length;
	}
	/** @returns whether it is among the nearest; an id that is there already is not taken again */
	offer(key: number, id: number, item: T): boolean {
		const { keys, ids, items, k } = this;
		let at = ids.length;
		if (at === k && (k === 0 || key > keys[at - 1]! || key === keys[at - 1] && id >= ids[at - 1]!))
			return false;
		const there = ids.indexOf(id);
		if (there >= 0) {
			// Two versions of an entry on their way between boards: the nearer one stays.
			if (keys[there]! <= key)
				return false;
			keys.splice(there, 1);
			ids.splice(there, 1);
			items.splice(there, 1);
			at--;
		}
		while (at > 0 && (keys[at - 1]! > key || keys[at - 1] === key && ids[at - 1]! > id))
			at--;
		keys.splice(at, 0, key);
		ids.splice(at, 0, id);
		items.splice(at, 0, item);
		if (ids.length > k) {
			keys.pop();
			ids.pop();
			items.pop();
		}
		return true;
	}
	clear(): void {
		this.keys.length = this.ids.length = this.items.length = 0;
	}
}
