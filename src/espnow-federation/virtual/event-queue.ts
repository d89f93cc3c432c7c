/** Events of a simulation, by time; those of one time in the order in which they were scheduled. A binary heap; events are used again. */

/** Who is told. `code`, `extra` and `data` are the target's own. */
export interface Target {
	fire(code: number, extra: number, data: unknown): void;
}

class Event {
	time = 0;
	order = 0;
	target!: Target;
	code = 0;
	extra = 0;
	data: unknown;
}

export class EventQueue {
	/** Microseconds. */
	now = 0;
	/** Events that happened. */
	happened = 0;
	readonly #heap: Event[] = [];
	readonly #free: Event[] = [];
	#count = 0;
	#order = 0;

	/** `time` is not before now. Cost: O(log n). */
	push(time: number, target: Target, code: number, extra = 0, data?: unknown): void {
		const event = this.#free.pop() ?? new Event(), heap = this.#heap;
		event.time = time;
		event.order = this.#order++;
		event.target = target;
		event.code = code;
		event.extra = extra;
		event.data = data;
		let at = this.#count++;
		/* The new one has the highest order: it never passes an event of its own time. */
		while (at > 0) {
			const up = at - 1 >> 1, parent = heap[up]!;
			if (parent.time <= time)
				break;
			heap[at] = parent;
			at = up;
		}
		heap[at] = event;
	}

	/** Time of the next event; Infinity: there is none. */
	get next(): number {
		return this.#count ? this.#heap[0]!.time : Infinity;
	}

	/** Lets the next event happen; there must be one. */
	step(): void {
		const heap = this.#heap, event = heap[0]!, count = --this.#count, last = heap[count]!;
		heap[count] = undefined!;
		if (count) {
			let at = 0;
			for (;;) {
				let child = 2 * at + 1;
				if (child >= count)
					break;
				if (child + 1 < count && before(heap[child + 1]!, heap[child]!))
					child++;
				if (before(last, heap[child]!))
					break;
				heap[at] = heap[child]!;
				at = child;
			}
			heap[at] = last;
		}
		this.now = event.time;
		this.happened++;
		const { target, code, extra, data } = event;
		event.data = undefined;
		this.#free.push(event);
		target.fire(code, extra, data);
	}
}

const before = (a: Event, b: Event): boolean => a.time < b.time || a.time === b.time && a.order < b.order;
