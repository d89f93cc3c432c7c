/** The interpreter itself: what it computes, by hand, and what it refuses. */

import { expect } from "chai";
import { decode } from "./decode.ts";
import { Machine, MachineFault } from "./machine.ts";

const BASE = 0x42000000;
/** Machine code in hexadecimal, as an assembler prints words: "entry a1, 32" is 004136. */
const assemble = (...words: string[]): Uint8Array => Uint8Array.from(words.flatMap((word) => [...Buffer.from(word, "hex")].reverse()));
const ENTRY = "004136", RETURN = "f01d";

function run(words: string[], args: number[] = [], memory: Uint8Array = new Uint8Array(64)): Machine {
	const machine = new Machine(assemble(ENTRY, ...words, RETURN), BASE);
	machine.addMemory(0x1000, memory, "rw", "memory");
	machine.call(BASE, args);
	return machine;
}

describe("esp32s3: the interpreter", () => {
	it("knows lengths, registers and constants of all forms", () => {
		const texts: [string, string][] = [
			["004136", "entry a1, 32"], ["f01d", "retw.n"], ["447b", "addi.n a4, a4, 7"], ["414340", "srli a4, a4, 3"], ["80ccc2", "addi a12, a12, -128"],
			["80a082", "movi a8, 128"], ["830164", "ee.vld.128.ip q0, a6, 16"], ["f31ac93f", "ee.vmulas.s8.accx.ld.xp q7, a3, a9, q7, q0"],
			["0201b4", "ee.st.accx.ip a11, 8"], ["e00181be", "ee.src.q.ld.ip q1, a11, 16, q2, q0"], ["e89b222f", "ee.vsubs.s32.st.incp q1, a2, q3, q4, q5"],
			["11c590", "slli a12, a5, 7"], ["0c0c", "movi.n a12, 0"],
		];
		for (const [word, text] of texts)
			expect(decode(assemble(word), 0)?.text, word).to.equal(text);
	});
	it("refuses what it does not know", () => {
		expect(decode(assemble("000000"), 0)?.name ?? "unknown").to.match(/ill|unknown/);
		expect(() => run(["000000"])).to.throw(MachineFault);
		expect(() => new Machine(assemble(ENTRY), BASE).call(BASE, [])).to.throw(MachineFault, /no known instruction/);
	});
	it("refuses memory that is not there, not aligned or not to be written", () => {
		expect(() => run(["830124"], [0x1008])).to.throw(MachineFault, /aligned/);        // ee.vld.128.ip q0, a2, 16
		expect(() => run(["830124"], [0x1040])).to.throw(MachineFault, /outside/);
		expect(() => run(["0228"], [0x1001])).to.throw(MachineFault, /aligned/);           // l32i.n a2, a2, 0
		const machine = new Machine(assemble(ENTRY, "0239", RETURN), BASE);                // s32i.n a3, a2, 0
		machine.addMemory(0x1000, new Uint8Array(16), "r", "flash");
		expect(() => machine.call(BASE, [0x1000, 5])).to.throw(MachineFault, /a write to flash/);
	});
	it("multiplies sixteen signed bytes and adds them up", () => {
		const memory = new Uint8Array(64).fill(0x80, 0, 16);
		// ee.zero.accx; ee.vld.128.ip q0, a2, 16; ee.vmulas.s8.accx q0, q0; rur.accx_0 a2
		const machine = run(["250804", "830124", "1a00c4", "e32000"], [0x1000], memory);
		expect(machine.a[2]).to.equal(16 * 128 * 128);
		expect(machine.accx).to.equal(262144n);
	});
	it("shifts lanes by SAR, with their signs", () => {
		// ssai 4; ee.vld.128.ip q0, a2, 16; ee.vsr.32 q1, q0
		const machine = run(["404400", "830124", "cd3f94"], [0x1000], Uint8Array.from({ length: 64 }, (_, i) => i % 4 === 3 ? 0x80 : 0x10));
		expect([...machine.q[1]!.subarray(0, 4)]).to.deep.equal([0x01, 0x01, 0x01, 0xf8]);
	});
	it("subtracts with saturation and stores the old value", () => {
		const machine = new Machine(assemble(ENTRY, "e89b222f", RETURN), BASE), memory = new Uint8Array(16);
		machine.addMemory(0x1000, memory, "rw", "memory");
		machine.call(BASE, [0x1000]);
		expect(machine.a[2]).to.equal(0x1010);
		expect(memory.some((byte) => byte !== 0)).to.equal(true);
	});
	it("takes elements apart: even ones, then odd ones", () => {
		const machine = new Machine(assemble(ENTRY, "cc8394", RETURN), BASE); // ee.vunzip.32 q0, q1
		const before = () => machine.q.slice(0, 2).flatMap((q) => Array.from(new Int32Array(q.slice().buffer)));
		const rubbish = new Machine(assemble(ENTRY, RETURN), BASE);
		rubbish.call(BASE, []);
		const all = rubbish.q.slice(0, 2).flatMap((q) => Array.from(new Int32Array(q.slice().buffer)));
		machine.call(BASE, []);
		expect(before()).to.deep.equal([all[0], all[2], all[4], all[6], all[1], all[3], all[5], all[7]]);
	});
	it("refuses an instruction that writes one register twice", () => {
		const word = "e002812e";
		expect(decode(assemble(word), 0)?.text).to.equal("ee.src.q.ld.ip q2, a2, 16, q2, q0");
		expect(() => run([word], [0x1000])).to.throw(MachineFault, /twice/);
	});
});
