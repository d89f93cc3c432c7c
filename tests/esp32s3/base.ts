/** The base instructions of Xtensa that the kernels use (Xtensa Instruction Set Architecture manual). */

import type { Machine } from "./machine.ts";

export type Semantics = (m: Machine, ...operands: number[]) => void;

/** d = f(s, t) on registers. */
const three = (f: (s: number, t: number) => number): Semantics => (m, d, s, t) => { m.a[d!] = f(m.a[s!]!, m.a[t!]!); };
/** d = f(s, constant). */
const constant = (f: (s: number, k: number) => number): Semantics => (m, d, s, k) => { m.a[d!] = f(m.a[s!]!, k!); };
/** Branches on a register. */
const one = (f: (s: number) => boolean): Semantics => (m, s, target) => { if (f(m.a[s!]!)) m.jump(target!); };
/** Branches on a register and a constant. */
const against = (f: (s: number, k: number) => boolean): Semantics => (m, s, k, target) => { if (f(m.a[s!]!, k!)) m.jump(target!); };
/** Branches on two registers. */
const both = (f: (s: number, t: number) => boolean): Semantics => (m, s, t, target) => { if (f(m.a[s!]!, m.a[t!]!)) m.jump(target!); };

function read(m: Machine, address: number, bytes: number): number {
	const { view, offset } = m.at(address, bytes, bytes, false);
	return bytes === 4 ? view.getInt32(offset, true) : bytes === 2 ? view.getUint16(offset, true) : view.getUint8(offset);
}

function write(m: Machine, address: number, bytes: number, value: number): void {
	const { view, offset } = m.at(address, bytes, bytes, true);
	if (bytes === 4)
		view.setInt32(offset, value, true);
	else if (bytes === 2)
		view.setUint16(offset, value & 0xffff, true);
	else
		view.setUint8(offset, value & 255);
}

const load = (bytes: number): Semantics => (m, t, s, k) => { m.a[t!] = read(m, m.a[s!]! + k!, bytes); };
const store = (bytes: number): Semantics => (m, t, s, k) => { write(m, m.a[s!]! + k!, bytes, m.a[t!]!); };

/** `count` rounds of what follows up to `distance`; the hardware has one such loop, so that they do not nest. */
function startLoop(m: Machine, count: number, distance: number): void {
	const end = m.pc + 4 + distance;
	if (m.loop.count > 0 && m.pc >= m.loop.begin && m.pc < m.loop.end)
		m.fault("a loop inside a loop");
	m.loop = { begin: m.next, end, count: (count >>> 0) - 1 };
}

const unsigned = (x: number): number => x >>> 0;
const low = (product: bigint): number => Number(BigInt.asIntN(32, product));

export const BASE: Record<string, Semantics> = {
	entry: (m, s, k) => { m.a[s!] = m.a[s!]! - k!; },
	retw: (m) => { m.returned = true; },
	nop: () => {},
	add: three((s, t) => s + t), sub: three((s, t) => s - t),
	addx2: three((s, t) => (s << 1) + t), addx4: three((s, t) => (s << 2) + t), addx8: three((s, t) => (s << 3) + t),
	subx2: three((s, t) => (s << 1) - t), subx4: three((s, t) => (s << 2) - t), subx8: three((s, t) => (s << 3) - t),
	and: three((s, t) => s & t), or: three((s, t) => s | t), xor: three((s, t) => s ^ t),
	mull: three((s, t) => Math.imul(s, t)),
	mulsh: three((s, t) => low((BigInt(s) * BigInt(t)) >> 32n)), muluh: three((s, t) => low((BigInt(unsigned(s)) * BigInt(unsigned(t))) >> 32n)),
	min: three((s, t) => Math.min(s, t)), max: three((s, t) => Math.max(s, t)),
	minu: three((s, t) => Math.min(unsigned(s), unsigned(t))), maxu: three((s, t) => Math.max(unsigned(s), unsigned(t))),
	neg: (m, d, t) => { m.a[d!] = -m.a[t!]!; }, abs: (m, d, t) => { m.a[d!] = Math.abs(m.a[t!]!); },
	mov: (m, d, s) => { m.a[d!] = m.a[s!]!; }, movi: (m, d, k) => { m.a[d!] = k!; },
	addi: constant((s, k) => s + k), addmi: constant((s, k) => s + k),
	slli: constant((s, k) => s << k), srli: constant((s, k) => s >>> k), srai: constant((s, k) => s >> k),
	ssai: (m, k) => { m.sar = k!; }, ssr: (m, s) => { m.sar = m.a[s!]! & 31; }, ssl: (m, s) => { m.sar = 32 - (m.a[s!]! & 31); },
	src: (m, d, s, t) => { m.a[d!] = low(((BigInt(unsigned(m.a[s!]!)) << 32n) | BigInt(unsigned(m.a[t!]!))) >> BigInt(m.sar)); },
	l32i: load(4), l16ui: load(2), l8ui: load(1), s32i: store(4), s16i: store(2), s8i: store(1),
	l16si: (m, t, s, k) => { m.a[t!] = read(m, m.a[s!]! + k!, 2) << 16 >> 16; },
	j: (m, target) => { m.jump(target!); },
	beqz: one((s) => s === 0), bnez: one((s) => s !== 0), bltz: one((s) => s < 0), bgez: one((s) => s >= 0),
	beqi: against((s, k) => s === k), bnei: against((s, k) => s !== k), blti: against((s, k) => s < k), bgei: against((s, k) => s >= k),
	bltui: against((s, k) => unsigned(s) < k), bgeui: against((s, k) => unsigned(s) >= k),
	bbci: against((s, k) => (s >>> k & 1) === 0), bbsi: against((s, k) => (s >>> k & 1) === 1),
	beq: both((s, t) => s === t), bne: both((s, t) => s !== t), blt: both((s, t) => s < t), bge: both((s, t) => s >= t),
	bltu: both((s, t) => unsigned(s) < unsigned(t)), bgeu: both((s, t) => unsigned(s) >= unsigned(t)),
	loop: (m, s, target) => { startLoop(m, m.a[s!]!, target!); },
	loopnez: (m, s, target) => { if (m.a[s!]) startLoop(m, m.a[s!]!, target!); else m.jump(target!); },
	loopgtz: (m, s, target) => { if (m.a[s!]! > 0) startLoop(m, m.a[s!]!, target!); else m.jump(target!); },
	"rur.accx_0": (m, d) => { m.a[d!] = low(m.accx); }, "rur.accx_1": (m, d) => { m.a[d!] = low((m.accx >> 32n) & 255n); },
	"wur.accx_0": (m, s) => { m.accx = BigInt.asIntN(40, (m.accx & ~0xffffffffn) | BigInt(unsigned(m.a[s!]!))); },
	"wur.accx_1": (m, s) => { m.accx = BigInt.asIntN(40, (m.accx & 0xffffffffn) | BigInt(m.a[s!]! & 255) << 32n); },
	"rur.sar_byte": (m, d) => { m.a[d!] = m.sarByte; }, "wur.sar_byte": (m, s) => { m.sarByte = m.a[s!]! & 15; },
};

/* The short forms do the same. */
for (const name of ["add", "addi", "mov", "movi", "l32i", "s32i", "beqz", "bnez", "retw", "nop"])
	BASE[`${name}.n`] = BASE[name]!;
