/**
 * Which earlier positions a position attends to. The cache stays whole; what a pattern leaves out is not read, so attention
 * costs as much as the positions that are in. Patterns are for models that were trained with them, or lose little by them.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";

type Attends = (query: number, key: number) => boolean;
/** Writes the runs before the last window, in order; the window itself is the last run. Returns how many there are. */
type Write = (query: number, out: Uint16Array) => number;

/** Adds a run of keys; one that begins where the last one ends, or before, lengthens it. */
function add(out: Uint16Array, runs: number, start: number, end: number): number {
	if (start >= end)
		return runs;
	const at = 2 * runs - 1;
	if (runs && start <= out[at]! + out[at + 1]!) {
		out[at + 1] = Math.max(out[at + 1]!, end - out[at]!);
		return runs;
	}
	out[at + 2] = start;
	out[at + 3] = end - start;
	return runs + 1;
}

export class SparseAttention {
	/** As `parse` takes it: "window:64,sinks:4". */
	readonly name: string;
	readonly #attends: Attends;
	readonly #write: Write;

	private constructor(name: string, attends: Attends, write: Write) {
		this.name = name;
		this.#attends = attends;
		this.#write = write;
	}

	/** All earlier positions. */
	static causal(): SparseAttention {
		return new SparseAttention("causal", () => true, (query, out) => add(out, 0, 0, query + 1));
	}

	/**
	 * The last `window` positions (Beltagy et al. 2020), and the first `sinks`, on which models lean (Xiao et al. 2023).
	 * @throws RuvllmError ATTENTION_PATTERN for windows below 1
	 */
	static slidingWindow(window: number, sinks = 0): SparseAttention {
		check("window", window, 1);
		check("sinks", sinks, 0);
		return new SparseAttention(`window:${window}${sinks ? `,sinks:${sinks}` : ""}`, (query, key) => query - key < window || key < sinks, (query, out) => {
			const first = Math.max(0, query + 1 - window);
			return add(out, add(out, 0, 0, Math.min(sinks, first)), first, query + 1);
		});
	}

	/** The last `stride` positions, and before them each last one of a stride (Child et al. 2019, section 4.2). */
	static strided(stride: number): SparseAttention {
		check("strided", stride, 1);
		return new SparseAttention(`strided:${stride}`, (query, key) => query - key < stride || key % stride === stride - 1, (query, out) => {
			const first = Math.max(0, query + 1 - stride);
			let runs = 0;
			for (let key = stride - 1; key < first; key += stride)
				runs = add(out, runs, key, key + 1);
			return add(out, runs, first, query + 1);
		});
	}

	/** Each `dilation`-th of the last `window * dilation` positions (Beltagy et al. 2020), and the position itself. */
	static dilated(window: number, dilation: number): SparseAttention {
		check("dilated", window, 1);
		check("dilation", dilation, 1);
		return new SparseAttention(`dilated:${window},dilation:${dilation}`, (query, key) => query - key < window * dilation && (query - key) % dilation === 0, (query, out) => {
			let runs = 0;
			for (let key = query - Math.min(window - 1, Math.floor(query / dilation)) * dilation; key <= query; key += dilation)
				runs = add(out, runs, key, key + 1);
			return runs;
		});
	}

	/** A window, the first `globals` positions, and `random` others drawn for each position (Zaheer et al. 2020), the same on every host. */
	static bigBird(window: number, globals = 2, random = 4, seed = 1): SparseAttention {
		check("bigbird", window, 1);
		check("globals", globals, 0);
		check("random", random, 0);
		check("seed", seed, 0);
		return new SparseAttention(`bigbird:${window},globals:${globals},random:${random},seed:${seed}`, (query, key) => {
			if (query - key < window || key < globals)
				return true;
			for (let i = 0; i < random; i++)
				if (draw(query, i, seed) % query === key)
					return true;
			return false;
		}, (query, out) => {
			const first = Math.max(0, query + 1 - window);
			let runs = add(out, 0, 0, Math.min(globals, first));
			// The smallest of the drawn ones above the last, again and again: they are few.
			for (let last = globals - 1, left = random; left > 0 && query > 0; left--) {
				let next = first;
				for (let i = 0; i < random; i++) {
					const key = draw(query, i, seed) % query;
					if (key > last && key < next)
						next = key;
				}
				if (next === first)
					break;
				runs = add(out, runs, next, next + 1);
				last = next;
			}
			return add(out, runs, first, query + 1);
		});
	}

	/** "causal", "window:64,sinks:4", "strided:16", "dilated:32,dilation:2", "bigbird:32,globals:2,random:4,seed:1". @throws RuvllmError ATTENTION_PATTERN */
	static parse(text: string): SparseAttention {
		const given: Record<string, number> = {}, [kind] = text.split(/[:,]/) as [string];
		for (const part of text.split(",")) {
			const [name, value] = part.split(":") as [string, string | undefined];
			given[name] = value === undefined ? 0 : Number(value);
		}
		const known: Record<string, [readonly string[], () => SparseAttention]> = {
			causal: [["causal"], () => SparseAttention.causal()], window: [["window", "sinks"], () => SparseAttention.slidingWindow(given.window!, given.sinks)],
			strided: [["strided"], () => SparseAttention.strided(given.strided!)], dilated: [["dilated", "dilation"], () => SparseAttention.dilated(given.dilated!, given.dilation ?? 2)],
			bigbird: [["bigbird", "globals", "random", "seed"], () => SparseAttention.bigBird(given.bigbird!, given.globals, given.random, given.seed)],
		};
		const found = Object.hasOwn(known, kind) ? known[kind]! : undefined;
		if (!found || Object.keys(given).some((name) => !found[0].includes(name)))
			throw new RuvllmError("ATTENTION_PATTERN", `there is no pattern "${text}"; for example causal, window:64,sinks:4, strided:16, dilated:32,dilation:2 or bigbird:32,globals:2,random:4`);
		return found[1]();
	}

	attends(query: number, key: number): boolean {
		return key >= 0 && key <= query && (key === query || this.#attends(query, key));
	}

	/** All that `query` attends to, in order. */
	positions(query: number): number[] {
		return Array.from({ length: query + 1 }, (_, key) => key).filter((key) => this.attends(query, key));
	}

	/**
	 * The number of runs of neighbours, then start and length of each; `out` has room for 2 * query + 3. Allocates nothing.
	 * Cost: some 200 instructions of the chip for each run; BigBird: for each pair of drawn positions.
	 */
	writeRuns(query: number, out: Uint16Array): void {
		out[0] = this.#write(query, out);
	}
}

function check(name: string, value: number, low: number): void {
	if (!Number.isInteger(value) || value < low || value > 32768)
		throw new RuvllmError("ATTENTION_PATTERN", `${name} is ${value}; it takes a whole number from ${low} to 32768`);
}

/** A number of 31 bits for each place, as good as random. */
function draw(query: number, index: number, seed: number): number {
	let x = Math.imul(query + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ Math.imul(seed + 1, 0xc2b2ae35);
	x = Math.imul(x ^ x >>> 15, 0x2c1b3c6d);
	return (x ^ x >>> 12) >>> 1;
}
