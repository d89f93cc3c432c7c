import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { AppendLog } from "ruvllm-esp32/core/storage/append-log";
import { host } from "ruvllm-esp32/platform/runtime";
import { rounds } from "../support/arguments";
import { NorFlash } from "../../benches/ruvector/power-cut/nor-flash";
import { CRC, cutEverywhere, difference } from "../../benches/ruvector/power-cut/cut";
import { seeded } from "../support/random";

const code = (body: () => unknown): string => {
	try {
		body();
	}
	catch (error) {
		return error instanceof RuvllmError ? error.code : (error as Error).name;
	}
	return "none";
};
const open = (flash: NorFlash, capacity = 50): AppendLog => new AppendLog(flash, { capacity, crc32: CRC });

describe("core: AppendLog", () => {
	it("refuses devices, capacities, types, keys and records that it can't keep", () => {
		expect(code(() => open(new NorFlash(512)))).to.equal("STORAGE_CONFIG");
		for (const capacity of [0, 65537, 1.5, NaN])
			expect(code(() => open(new NorFlash(1024), capacity))).to.equal("STORAGE_CONFIG");
		const log = open(new NorFlash(1024), 2);
		for (const [type, key] of [[-1, 0], [255, 0], [0.5, 0], [0, -1], [0, 2 ** 32], [0, NaN]] as const)
			expect(code(() => log.append(type, key, new Uint8Array(1))), `${type} ${key}`).to.equal("STORAGE_RECORD");
		expect(code(() => log.append(0, 0, new Uint8Array(229)))).to.equal("STORAGE_RECORD");
		log.append(0, 0, new Uint8Array(100));
		log.append(1, 0, new Uint8Array(0));
		expect(code(() => log.append(0, 1, new Uint8Array(1)))).to.equal("STORAGE_KEYS");
		expect(log.delete(0, 1)).to.equal(false);
		expect(log.read(0, 1)).to.equal(undefined);
		expect(code(() => open(new NorFlash(1024).copyOf({ bytes: new Uint8Array(0) } as never)))).to.equal("none");
	});
	it("keeps the newest record of each key, through restarts, and tells where records move", () => {
		const random = seeded("log", 21), flash = new NorFlash(2048), kept = new Map<number, Uint8Array>(), places = new Map<number, number>();
		let log = open(flash);
		for (let step = 0; step < rounds(3000) + 100; step++) {
			const key = random.below(12), bytes = random.bytes(random.below(70));
			log.watch(1, (moved, offset) => { places.set(moved, offset); });
			if (random.below(4)) {
				places.set(key, log.append(1, key, bytes));
				kept.set(65536 + key, bytes);
			}
			else {
				expect(log.delete(1, key)).to.equal(kept.has(65536 + key));
				kept.delete(65536 + key);
			}
			if (random.below(20) === 0)
				log = open(flash);
			for (const name of kept.keys()) {
				const found = log.find(1, name - 65536)!;
				expect(found.offset).to.equal(places.get(name - 65536));
				expect(found.offset % 4).to.equal(0);
			}
			if (step % 50 === 0)
				expect(difference(log, kept)).to.equal(undefined);
		}
		expect(difference(open(flash), kept)).to.equal(undefined);
		const { least, most } = log.wear;
		expect(most - least, `${least} to ${most} erasures`).to.be.most(8);
	});
	it("says when it is full, loses nothing then, and can be emptied", () => {
		for (const size of [10, 40, 100, 200]) {
			const flash = new NorFlash(1280), log = open(flash, 200);
			let count = 0;
			while (code(() => log.append(0, count, new Uint8Array(size).fill(count))) === "none")
				count++;
			expect(code(() => log.append(0, count, new Uint8Array(size)))).to.equal("STORAGE_FULL");
			expect(count).to.be.above(2);
			const erasures = flash.erasures;
			for (let i = 0; i < 20; i++)
				expect(code(() => log.append(0, count, new Uint8Array(size)))).to.equal("STORAGE_FULL");
			expect(flash.erasures, "a full log does not wear").to.equal(erasures);
			for (let key = 0; key < count; key++) {
				expect(log.read(0, key)![0]).to.equal(key);
				expect(log.delete(0, key)).to.equal(true);
			}
			expect(log.count).to.equal(0);
			expect(code(() => log.append(0, 0, new Uint8Array(size)))).to.equal("none");
			expect(open(flash).count).to.equal(1);
		}
	});
	it("loses nothing that was acknowledged, and keeps nothing half-written, wherever the power is cut", () => {
		const { lost, cuts, full } = cutEverywhere(host === "riscv" ? 60 : 250, seeded("power cut", 33));
		expect(lost.slice(0, 5)).to.deep.equal([]);
		expect(cuts).to.be.above(host === "riscv" ? 60 : 250);
		expect(full).to.be.below(cuts);
	}).timeout(120000);
	it("makes a log of whatever is in the flash", () => {
		const random = seeded("foreign flash", 5), flash = new NorFlash(1024);
		for (let round = 0; round < rounds(1000) + 5; round++) {
			if (round % 3)
				flash.bytes.set(random.bytes(flash.byteLength));
			else {
				flash.bytes.fill(0xff);
				const log = open(flash);
				for (let i = 0; i < 15; i++)
					log.append(0, random.below(9), random.bytes(random.below(50)));
				for (let i = 0; i < 12; i++)
					flash.bytes[random.below(flash.byteLength)] = random.below(256);
			}
			const log = open(flash, 200), bytes = random.bytes(20);
			log.append(3, 77, bytes);
			expect(Array.from(open(flash, 200).read(3, 77)!)).to.deep.equal(Array.from(bytes));
		}
	});
});
