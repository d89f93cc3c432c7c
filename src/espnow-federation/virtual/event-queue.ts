/**
 * Events of a simulation, by time; those of one time in the order in which they were scheduled. A binary heap of chains: an event that
 * is scheduled for the time of the one before it follows it without a search, as the receptions of a broadcast do. Events are used again.
 */

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
	/** Of its chain: the same time, the next order. */
	next: Event | undefined;
}

export class EventQueue {
	/** Microseconds. */
	now = 0;
	/** Events that happened. */
	happened = 0;
	readonly #heap: Event[] = [];
	readonly #free: Event[] = [];
	/** Chains in the heap. */
	#count = 0;
	#order = 0;
	/** The last that was scheduled, while it waits. */
	#last: Event | undefined;

	/** `time` is not before now. Cost: O(log n). */
	push(time: number, target: Target, code: number, extra = 0, data?: unknown): void {
		const event = this.#free.pop() ?? new Event(), heap = this.#heap, last = this.#last;
		event.time = time;
		event.order = this.#order++;
		event.target = target;
		event.code = code;
		event.extra = extra;
		event.data = data;
		this.#last = event;
		if (last !== undefined && last.time === time) {
			last.next = event;
			return;
		}
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
		const heap = this.#heap, event = heap[0]!;
		if (event === this.#last)
			this.#last = undefined;
		if (event.next) {
			/* None is between the two. */
			heap[0] = event.next;
			event.next = undefined;
		}
		else
			this.#drop();
		this.now = event.time;
		this.happened++;
		const { target, code, extra, data } = event;
		event.data = undefined;
		this.#free.push(event);
		target.fire(code, extra, data);
	}
	/** Takes the first chain, which has ended, from the heap. */
	#drop(): void {
		const heap = this.#heap, count = --this.#count, last = heap[count]!, { time, order } = last;
		heap[count] = undefined!;
		if (!count)
			return;
		let at = 0;
		for (let child = 1; child < count; child = 2 * at + 1) {
			let lower = heap[child]!;
			if (child + 1 < count) {
				const right = heap[child + 1]!;
				if (right.time < lower.time || right.time === lower.time && right.order < lower.order) {
					lower = right;
					child++;
				}
			}
			if (time < lower.time || time === lower.time && order < lower.order)
				break;
			heap[at] = lower;
			at = child;
		}
		heap[at] = last;
	}
}
