/** Model files with random damage: each is refused with a RuvllmError, or it speaks within its vocabulary. */
import { expect } from "chai";
import { MicroEngine, RuvllmError, TinyModel } from "ruvllm-esp32/engine";
import { ENTRY_BYTES, HEADER_BYTES } from "ruvllm-esp32/engine/ruvm/format";
import { fileCrc } from "ruvllm-esp32/engine/ruvm/reader";
import { print } from "ruvllm-esp32/platform/console";
import { Random, seeded } from "../support/random";
import { SHAPES, tinyCrc, tinyFile } from "../support/tiny-model";

/** Values at the edges of fields of 8, 16 and 32 bits. */
const EDGES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

interface Place {
	from: number;
	to: number;
}

/** Where damage does the most: header, table, and the sections that are not weights. */
function places(bytes: Uint8Array): Place[] {
	const view = new DataView(bytes.buffer), table = view.getUint32(24, true);
	const found: Place[] = [{ from: 0, to: 28 }, { from: table, to: bytes.length }, { from: HEADER_BYTES, to: table }];
	for (let at = table; at < bytes.length; at += ENTRY_BYTES)
		if (view.getUint8(at + 20) === 0 || view.getUint8(at + 20) === 3) {
			const from = view.getUint32(at + 32, true);
			found.push({ from, to: from + view.getUint32(at + 36, true) });
			if (view.getUint32(from, true) === 0x4b545652)
				found.push({ from, to: from + 32 });
		}
	return found;
}

function damage(random: Random, good: Uint8Array, where: readonly Place[]): Uint8Array {
	let bytes = good.slice();
	const view = new DataView(bytes.buffer);
	for (let n = random.from(1, 3); n > 0; n--) {
		const { from, to } = random.pick(where), at = random.from(from, to - 1);
		switch (random.below(6)) {
			case 0: bytes[at]! ^= 1 << random.below(8); break;
			case 1: bytes[at] = random.next(); break;
			case 2: bytes[at] = random.pick(EDGES); break;
			case 3: view.setUint16(Math.min(at & ~1, bytes.length - 2), random.pick(EDGES), true); break;
			case 4: view.setUint32(Math.min(at & ~3, bytes.length - 4), random.pick(EDGES), true); break;
			default: bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length)); break;
		}
	}
	if (random.below(20) === 0)
		bytes = bytes.slice(0, random.below(bytes.length));
	return bytes;
}

/** The code that a file is refused with, or "" when it loads, speaks, and reads. */
function outcome(bytes: Uint8Array, random: Random): string {
	try {
		const engine = new MicroEngine(new TinyModel(bytes, { verify: random.below(2) === 0 }));
		const vocab = engine.model.shape.vocabSize;
		const config = { maxTokens: 2, stopAtEnd: false, seed: random.below(1000), repetitionPenalty: random.pick([1, 1.5]), greedy: random.below(2) === 0 };
		const { tokens } = engine.generate([random.below(vocab)], config);
		for (const token of tokens)
			if (!(Number.isInteger(token) && token >= 0 && token < vocab))
				throw new Error(`token ${token} is outside the vocabulary of ${vocab}`);
		const ids = engine.encode(random.bytes(random.below(12)));
		engine.decode(ids.filter((id) => id >= 0 && id < vocab));
		return "";
	}
	catch (error) {
		if (error instanceof RuvllmError && error.message.length > 10)
			return error.code;
		throw error;
	}
}

function fuzz(name: keyof typeof SHAPES, rounds: number, seed: number, repair: boolean): Map<string, number> {
	const random = seeded(name as string, seed), outcomes = new Map<string, number>();
	const good = tinyFile(SHAPES[name]!), where = places(good);
	for (let round = 0; round < rounds; round++) {
		const bytes = damage(random, good, where);
		if (repair && bytes.length >= HEADER_BYTES)
			new DataView(bytes.buffer).setUint32(28, fileCrc(bytes, tinyCrc), true);
		let code: string;
		try {
			code = outcome(bytes, random);
		}
		catch (error) {
			throw new Error(`round ${round} of seed ${seed} on "${name}" gave ${String(error)}\n${(error as Error).stack}`);
		}
		outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
	}
	print(`    ${[...outcomes].map(([code, count]) => `${code || "loads"} ${count}`).join(", ")}\n`);
	return outcomes;
}

describe("engine/ruvm: ten thousand damaged files", () => {
	it("without a corrected checksum", () => {
		const outcomes = fuzz("small", 1000, 11, false);
		expect(outcomes.get("MODEL_CRC")).to.be.above(200);
	});
	for (const [name, rounds, seed] of [["small", 4000, 21], ["smallUntied", 4000, 22], ["headsOfTwo", 1000, 23]] as const)
		it(`with a corrected checksum: ${name}`, () => {
			const outcomes = fuzz(name, rounds, seed, true);
			for (const code of ["", "MODEL_FIELD", "MODEL_SECTION", "MODEL_TOKENIZER", "MODEL_TENSOR"])
				expect(outcomes.get(code) ?? 0, code || "loads").to.be.above(0);
		});
});
