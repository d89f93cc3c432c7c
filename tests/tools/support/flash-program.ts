/** On XS on the desktop: the port flash. Prints a line of JSON for each test. Argument: a folder. */

import { AppendLog } from "ruvllm-esp32/core/storage/append-log";
import { crc32 } from "ruvllm-esp32/platform/kernels";
import { Flash } from "ruvllm-esp32/platform/flash";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { LogStore, SemanticMemory } from "ruvllm-esp32/ruvector";
import { expect } from "../../harness/small/expect";
import { seeded } from "../../support/random";

/** The folder for its files. */
const folder = args[0]!;
let made = 0;
const open = (bytes = 16384, name = `${folder}/flash-${made++}.bin`): { flash: Flash; name: string } => ({ flash: new Flash(name, bytes), name });

function on(title: string, body: () => void): void {
	try {
		body();
		print(`${JSON.stringify({ title })}\n`);
	}
	catch (error) {
		print(`${JSON.stringify({ title, error: String((error as Error).stack ?? error) })}\n`);
	}
}

on("refuses sizes, places and bytes that are none, a file that is open, and bits that would be set", () => {
		const { flash, name } = open();
		for (const bytes of [-1, 100, 0.5, NaN, 2 ** 31])
			expect(() => new Flash(`${name}.none`, bytes), String(bytes)).to.throw(RangeError);
		expect(() => new Flash(`${name}.none`)).to.throw(/can't be opened/);
		expect(() => new Flash(name)).to.throw(/in use/);
		for (const sector of [-1, 4, 0.5, NaN])
			expect(() => flash.erase(sector), String(sector)).to.throw(RangeError);
		for (const [offset, size] of [[-4, 4], [2, 4], [0, 3], [16384, 4], [16380, 8]] as const)
			expect(() => flash.program(offset, new Uint8Array(size)), `${offset} ${size}`).to.throw(RangeError);
		flash.program(0, Uint8Array.of(1, 2, 3, 4));
		expect(() => flash.program(0, Uint8Array.of(1, 2, 3, 5))).to.throw(/would have to be set/);
		flash.close();
		expect(() => flash.erase(0)).to.throw(/power is gone/);
});
on("keeps what was programmed, shows it in its map, and is all ones where it was erased", () => {
		const { flash, name } = open(), map = new Uint8Array(flash.map() as ArrayBuffer);
		expect([flash.byteLength, flash.sectorSize, map.every((byte) => byte === 0xff)]).to.deep.equal([16384, 4096, true]);
		flash.program(4096, Uint8Array.of(0xf0, 0x0f, 0xff, 0x00));
		flash.program(4096, Uint8Array.of(0xc0, 0x0f, 0x7f, 0x00));
		expect(Array.from(map.subarray(4096, 4101))).to.deep.equal([0xc0, 0x0f, 0x7f, 0x00, 0xff]);
		flash.close();
		const again = new Flash(name), same = new Uint8Array(again.map() as ArrayBuffer);
		expect(same[4096]).to.equal(0xc0);
		again.erase(1);
		expect(same[4096]).to.equal(0xff);
		again.close();
});
on("memories are there again after the power went at any write", () => {
		const random = seeded("power of a file", 17);
		for (let writes = 1; writes < 40; writes++) {
			const { flash, name } = open(), log = new AppendLog(flash, { capacity: 64, crc32: crc32 as never });
			const memory = new SemanticMemory({ capacity: 64 }, { now: () => 1000, store: new LogStore(log, 1) }), kept = new Set<string>();
			flash.failAfter(writes, random.below(1000000));
			let last = "";
			expect(() => {
				for (let i = 0; i < 60; i++) {
					last = `the number of this note is ${i}`;
					memory.remember(last, { importance: 100 + i });
					kept.add(last);
				}
			}).to.throw(/power/);
			flash.close();
			const again = new SemanticMemory({ capacity: 64 }, { now: () => 1000, store: new LogStore(new AppendLog(new Flash(name), { capacity: 64, crc32: crc32 as never }), 1) });
			const found = new Set<string>();
			for (let id = 0; id < 64; id++)
				try {
					found.add(again.text(id));
				}
				catch {
					// A free place.
				}
			for (const text of kept)
				expect(found.has(text), `${text} after ${writes} writes`).to.equal(true);
			for (const text of found)
				expect(kept.has(text) || text === last).to.equal(true);
		}
});
