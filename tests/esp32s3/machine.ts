/**
 * An ESP32-S3 core that runs leaf functions of the windowed ABI from their machine code: registers, memory that faults,
 * zero-overhead loops, and a count of instructions. What it does not know, it refuses.
 */

import { BASE } from "./base.ts";
import { decode, type Instruction } from "./decode.ts";
import { PIE } from "./pie.ts";

export class MachineFault extends Error {}

interface Region {
	address: number;
	bytes: Uint8Array;
	view: DataView;
	writable: boolean;
	name: string;
}

const STACK = 0x3fcf0000, STACK_BYTES = 8192;
const LONGEST_RUN = 5_000_000;

export class Machine {
	readonly a = new Int32Array(16);
	readonly q = Array.from({ length: 8 }, () => new Uint8Array(16));
	/** 40 bits. */
	accx = 0n;
	/** 8 lanes of 40 bits, as 16-bit instructions use it. */
	readonly qacc: bigint[] = new Array<bigint>(8).fill(0n);
	sar = 0;
	sarByte = 0;
	pc = 0;
	/** Where the next instruction is, unless a jump sets it. */
	next = 0;
	loop = { begin: 0, end: 0, count: 0 };
	returned = false;
	readonly #code: Uint8Array;
	readonly #base: number;
	readonly #regions: Region[] = [];
	readonly #decoded = new Map<number, Instruction>();
	#random = 1;

	constructor(code: Uint8Array, base: number) {
		this.#code = code;
		this.#base = base;
		this.addMemory(STACK, new Uint8Array(STACK_BYTES), "rw", "stack");
	}

	/** Memory that the code may touch; anything else is a fault. */
	addMemory(address: number, bytes: Uint8Array, access: "r" | "rw", name: string): void {
		this.#regions.push({ address, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), writable: access === "rw", name });
	}

	fault(sentence: string): never {
		const text = this.#decoded.get(this.pc)?.text ?? "?";
		throw new MachineFault(`${sentence}; at ${(this.pc - this.#base).toString(16)}: ${text}`);
	}

	/** The view and place of `count` bytes. `alignment`: what the instruction needs; the hardware would fault or clear bits. */
	at(address: number, count: number, alignment: number, write: boolean): { view: DataView; offset: number } {
		address >>>= 0;
		if (address % alignment)
			this.fault(`${count} bytes at ${address.toString(16)} are not aligned to ${alignment}`);
		for (const region of this.#regions)
			if (address >= region.address && address + count <= region.address + region.bytes.length) {
				if (write && !region.writable)
					this.fault(`a write to ${region.name}`);
				return { view: region.view, offset: address - region.address };
			}
		return this.fault(`${write ? "a write" : "a read"} of ${count} bytes at ${address.toString(16)}, outside all memory`);
	}

	load(address: number, count: number): Uint8Array {
		const { view, offset } = this.at(address, count, count, false);
		return new Uint8Array(view.buffer, view.byteOffset + offset, count).slice();
	}

	store(address: number, bytes: Uint8Array): void {
		const { view, offset } = this.at(address, bytes.length, bytes.length, true);
		new Uint8Array(view.buffer, view.byteOffset + offset, bytes.length).set(bytes);
	}

	/** Takes a branch: distances count from behind a 4-byte slot. */
	jump(distance: number): void {
		this.next = this.pc + 4 + distance;
	}

	/**
	 * Calls a function as call8 does: arguments in a2 to a7. Registers hold rubbish before, as they do on a chip.
	 * @returns instructions, with entry and return, and one for the call
	 */
	call(address: number, args: readonly number[]): { result: number; instructions: number } {
		for (let i = 0; i < 16; i++)
			this.a[i] = this.#rubbish();
		for (const q of this.q)
			q.forEach((_, i) => { q[i] = this.#rubbish(); });
		this.accx = BigInt(this.#rubbish());
		this.qacc.forEach((_, i) => { this.qacc[i] = BigInt(this.#rubbish()); });
		this.a[0] = 0x80000000 | 0x1234;
		this.a[1] = STACK + STACK_BYTES - 512;
		args.forEach((value, i) => { this.a[2 + i] = value; });
		const kept = { a0: this.a[0], a1: this.a[1] };
		this.loop = { begin: 0, end: 0, count: 0 };
		this.pc = address;
		this.returned = false;
		let instructions = 1;
		for (; !this.returned; instructions++) {
			if (instructions > LONGEST_RUN)
				this.fault("it does not end");
			this.step();
		}
		if (this.a[0] !== kept.a0)
			this.fault("a0, the return address, was not restored");
		return { result: this.a[2]!, instructions };
	}

	step(): void {
		let instruction = this.#decoded.get(this.pc);
		if (!instruction) {
			instruction = decode(this.#code, this.pc - this.#base) ?? this.fault("this is no known instruction");
			this.#decoded.set(this.pc, instruction);
		}
		const run = BASE[instruction.name] ?? PIE[instruction.name] ?? this.fault("this instruction is not modelled");
		this.next = this.pc + instruction.length;
		const behind = this.next;
		run(this, ...instruction.operands);
		if (this.next === behind && behind === this.loop.end && this.loop.count > 0) {
			this.loop.count--;
			this.next = this.loop.begin;
		}
		this.pc = this.next;
	}

	#rubbish(): number {
		this.#random = Math.imul(this.#random, 1664525) + 1013904223 | 0;
		return this.#random;
	}
}
