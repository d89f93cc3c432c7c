/** The part of chai's expect that the suites use, for machines that have no room for chai. */

function show(value: unknown): string {
	if (typeof value === "string")
		return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}...` : value);
	if (typeof value !== "object" || value === null)
		return typeof value === "bigint" ? `${value}n` : String(value);
	const text = value instanceof Error ? `${value.name}: ${value.message}` : JSON.stringify(value);
	return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}

function same(a: unknown, b: unknown): boolean {
	if (Object.is(a, b) || (a === 0 && b === 0))
		return true;
	if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))
		return false;
	const keys = Object.keys(a), left = a as Record<string, unknown>, right = b as Record<string, unknown>;
	return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}

const typeOf = (value: unknown): string =>
	Array.isArray(value) ? "array" : value === null ? "null" : typeof value === "object" ? Object.prototype.toString.call(value).slice(8, -1).toLowerCase() : typeof value;

type Constructor = new (...values: never[]) => unknown;

class Assertion {
	#deep = false;
	#not = false;

	constructor(readonly value: unknown, readonly message?: string) {}

	/* Words that only make sentences. */
	get to(): this { return this; }
	get be(): this { return this; }
	get and(): this { return this; }
	get at(): this { return this; }
	get have(): this { return this; }
	get an(): (kind: string) => this { return (kind) => this.a(kind); }

	get deep(): this {
		this.#deep = true;
		return this;
	}
	get not(): this {
		this.#not = !this.#not;
		return this;
	}

	#check(holds: boolean, sentence: string): this {
		if (holds === this.#not)
			throw new Error(`${this.message === undefined ? "" : `${this.message}: `}expected ${show(this.value)} ${this.#not ? "not " : ""}${sentence}`);
		this.#not = false;
		return this;
	}

	equal(other: unknown): this { return this.#check(this.#deep ? same(this.value, other) : this.value === other, `to equal ${show(other)}`); }
	a(kind: string): this { return this.#check(typeOf(this.value) === kind.toLowerCase(), `to be of type ${kind}`); }
	above(other: number): this { return this.#check((this.value as number) > other, `to be above ${other}`); }
	below(other: number): this { return this.#check((this.value as number) < other, `to be below ${other}`); }
	least(other: number): this { return this.#check((this.value as number) >= other, `to be at least ${other}`); }
	most(other: number): this { return this.#check((this.value as number) <= other, `to be at most ${other}`); }
	within(low: number, high: number): this { return this.#check((this.value as number) >= low && (this.value as number) <= high, `to be within ${low}..${high}`); }
	match(pattern: RegExp): this { return this.#check(pattern.test(this.value as string), `to match ${String(pattern)}`); }
	instanceOf(type: Constructor): this { return this.#check(this.value instanceof type, `to be an instance of ${type.name}`); }
	contain(part: unknown): this { return this.#check((this.value as string & unknown[]).includes(part as never), `to contain ${show(part)}`); }
	get instance(): { of(type: Constructor): Assertion } { return { of: (type) => this.instanceOf(type) }; }
	get true(): this { return this.#check(this.value === true, "to be true"); }
	get undefined(): this { return this.#check(this.value === undefined, "to be undefined"); }

	/** As chai: an error's class, a part of its message or a pattern for it, or a class and either. */
	throw(first?: Constructor | string | RegExp, second?: string | RegExp): this {
		const type = typeof first === "function" ? first : undefined, text = type ? second : first as string | RegExp | undefined;
		let error: unknown, thrown = false;
		try {
			(this.value as () => unknown)();
		}
		catch (caught) {
			error = caught;
			thrown = true;
		}
		const message = error instanceof Error ? error.message : String(error);
		const fits = thrown && (!type || error instanceof type) && (text === undefined || (typeof text === "string" ? message.includes(text) : text.test(message)));
		return this.#check(fits, `to throw ${type?.name ?? "an error"}${text === undefined ? "" : ` with ${String(text)}`}, but ${thrown ? `it threw ${show(error)}` : "it did not throw"}`);
	}
}

export const expect = Object.assign((value: unknown, message?: string): Assertion => new Assertion(value, message), {
	fail(message: string): never {
		throw new Error(message);
	},
});
