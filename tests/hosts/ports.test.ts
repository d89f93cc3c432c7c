/** What src/platform/*.d.ts promises, on the host that runs this. */
import { expect } from "chai";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { after, cancel, microseconds } from "ruvllm-esp32/platform/clock";
import { onLine, print, write } from "ruvllm-esp32/platform/console";
import { args, host, memoryUse } from "ruvllm-esp32/platform/runtime";

const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => { after(milliseconds, resolve); });

describe("hosts/ports", () => {
	describe("assets", () => {
		it("refuses what is not there, by its name", () => {
			expect(() => openAsset("no such thing.ruvm")).to.throw(Error, "no such thing.ruvm");
		});
		it("opens an asset as a read-only buffer, the same bytes each time", () => {
			const one = new Uint8Array(openAsset("stories.ruvm")), other = new Uint8Array(openAsset("stories.ruvm"));
			expect(one.length).to.be.above(32).and.equal(other.length);
			expect(Array.from(one.subarray(0, 4), (c) => String.fromCharCode(c)).join("")).to.equal("RUVM");
			for (let i = 0; i < one.length; i += 997)
				if (one[i] !== other[i])
					throw new Error(`byte ${i} differs`);
			expect(() => { one[0] = 1; }).to.throw(TypeError);
		});
	});

	describe("clock", () => {
		it("refuses to wait without a function", () => {
			for (const bad of [undefined, null, 1, "f", {}])
				expect(() => after(1, bad as never)).to.throw(TypeError);
		});
		it("ignores whatever is no waiting timer", () => {
			for (const handle of [undefined, null, 0, "x", {}, [], () => 0])
				cancel(handle);
		});
		it("counts whole microseconds, never back", async () => {
			let last = microseconds();
			for (let i = 0; i < 100; i++) {
				const now = microseconds();
				expect(Number.isInteger(now)).to.equal(true);
				expect(now).to.be.at.least(last);
				last = now;
			}
			const start = microseconds();
			await wait(20);
			expect(microseconds() - start).to.be.within(19000, 5000000);
		});
		it("calls later, the shorter wait first, each once", async () => {
			const calls: string[] = [];
			after(40, () => { calls.push("later"); });
			const fired = after(0, () => { calls.push("soon"); });
			expect(calls).to.deep.equal([]);
			await wait(120);
			cancel(fired);
			cancel(fired);
			expect(calls).to.deep.equal(["soon", "later"]);
		});
		it("does not call what was cancelled", async () => {
			let calls = 0;
			const handle = after(10, () => { calls++; });
			cancel(handle);
			cancel(handle);
			await wait(40);
			expect(calls).to.equal(0);
		});
		it("calls without arguments, and again from inside a call", async () => {
			const given: number[] = [];
			await new Promise<void>((resolve) => {
				after(1, (...values: unknown[]) => {
					given.push(values.length);
					after(1, resolve);
				});
			});
			expect(given).to.deep.equal([0]);
		});
	});

	describe("console", () => {
		const bytes = Uint8Array.from([0x20, 0x20, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0x00, 0x0a]);
		it("refuses ranges that leave the buffer", () => {
			for (const [offset, count] of [[-1, 1], [0, -1], [0, 12], [12, 0], [11, 1], [2 ** 31 - 1, 2 ** 31 - 1]] as const)
				expect(() => write(bytes, offset, count)).to.throw(RangeError);
		});
		it("refuses what is no buffer, and no function", () => {
			for (const bad of [undefined, null, 1, "text", {}, []])
				expect(() => write(bad as never, 0, 1)).to.throw();
			expect(() => onLine(undefined as never)).to.throw(TypeError);
		});
		it("writes pieces of characters, and nothing", () => {
			write(bytes, 0, 0);
			write(bytes, 11, 0);
			for (let i = 0; i < 9; i++)
				write(bytes, i, 1);
			print(" and <b> & \"quotes\" \\ ");
			write(bytes, 9, 2);
		});
		it("allocates nothing", () => {
			const line = Uint8Array.from("    x\n", (c) => c.charCodeAt(0));
			write(line, 0, line.length);
			// Again where it was collected meanwhile: then nothing can be said.
			for (let tries = 0, collections = -1; tries < 5 && collections !== memoryUse().collections; tries++) {
				collections = memoryUse().collections;
				const before = memoryUse().slotsUsed;
				memoryUse();
				const each = memoryUse().slotsUsed - before;
				const start = memoryUse().slotsUsed;
				for (let i = 0; i < 20; i++)
					write(line, 4, 1);
				const grown = memoryUse().slotsUsed - start;
				if (collections === memoryUse().collections)
					expect(grown).to.be.at.most(each);
			}
			write(line, 5, 1);
		});
	});

	describe("runtime", () => {
		it("names the host and lists arguments", () => {
			expect(host).to.match(/^[a-z0-9-]+$/);
			expect(args).to.be.an("array");
		});
		it("says what the heap takes", () => {
			const { slotsUsed, slotsSize, chunksUsed, chunksSize } = memoryUse();
			for (const figure of [slotsUsed, chunksUsed])
				expect(figure).to.be.above(0);
			expect(slotsUsed).to.be.at.most(slotsSize);
			expect(chunksUsed).to.be.at.most(chunksSize);
		});
		it("counts collections", () => {
			const { collections } = memoryUse();
			expect(Number.isInteger(collections)).to.equal(true);
			let kept: unknown[] = [];
			for (let i = 0; memoryUse().collections === collections; i++) {
				kept = i % 100 ? [...kept.slice(-50), { i }] : [];
				if (i > 2000000)
					throw new Error("none in two million rounds");
			}
			expect(memoryUse().collections).to.be.above(collections);
		});
	});
});
