/** What mocha's core uses of Node's EventEmitter. */

type Listener = (...values: unknown[]) => void;

export class EventEmitter {
	private table: Map<string, { listener: Listener; once: boolean }[]> | undefined;

	private list(name: string): { listener: Listener; once: boolean }[] {
		this.table ??= new Map();
		let list = this.table.get(name);
		if (!list)
			this.table.set(name, list = []);
		return list;
	}
	on(name: string, listener: Listener): this {
		this.list(name).push({ listener, once: false });
		return this;
	}
	addListener(name: string, listener: Listener): this {
		return this.on(name, listener);
	}
	once(name: string, listener: Listener): this {
		this.list(name).push({ listener, once: true });
		return this;
	}
	removeListener(name: string, listener: Listener): this {
		const list = this.list(name), i = list.findIndex((entry) => entry.listener === listener);
		if (i >= 0)
			list.splice(i, 1);
		return this;
	}
	off(name: string, listener: Listener): this {
		return this.removeListener(name, listener);
	}
	removeAllListeners(name?: string): this {
		if (name === undefined)
			this.table = undefined;
		else
			this.table?.delete(name);
		return this;
	}
	emit(name: string, ...values: unknown[]): boolean {
		const list = this.list(name).slice();
		for (const { listener, once } of list) {
			if (once)
				this.removeListener(name, listener);
			listener.apply(this, values);
		}
		return list.length > 0;
	}
	listeners(name: string): Listener[] {
		return this.list(name).map((entry) => entry.listener);
	}
	listenerCount(name: string): number {
		return this.list(name).length;
	}
	setMaxListeners(): this {
		return this;
	}
}
export default EventEmitter;
