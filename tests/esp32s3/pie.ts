/**
 * The 128-bit instructions that the kernels use (ESP32-S3 Technical Reference Manual, "Processor Instruction
 * Extensions"). Where the hardware would clear low bits of an address silently, this faults: kernels must not count on it.
 */

import type { Semantics } from "./base.ts";
import type { Machine } from "./machine.ts";

type Kind = "s8" | "u8" | "s16" | "s32";
const BYTES: Record<Kind, number> = { s8: 1, u8: 1, s16: 2, s32: 4 };
const LIMITS: Record<Kind, [number, number]> = { s8: [-128, 127], u8: [0, 255], s16: [-32768, 32767], s32: [-(2 ** 31), 2 ** 31 - 1] };

/** A register's lanes, lowest first. */
function lanes(q: Uint8Array, kind: Kind): number[] {
	const view = new DataView(q.buffer, q.byteOffset, 16), bytes = BYTES[kind];
	return Array.from({ length: 16 / bytes }, (_, i) =>
		kind === "s8" ? view.getInt8(i) : kind === "u8" ? view.getUint8(i) : kind === "s16" ? view.getInt16(2 * i, true) : view.getInt32(4 * i, true));
}

function fromLanes(values: readonly number[], kind: Kind): Uint8Array {
	const out = new Uint8Array(16), view = new DataView(out.buffer);
	values.forEach((value, i) => {
		if (BYTES[kind] === 1)
			view.setInt8(i, value);
		else if (kind === "s16")
			view.setInt16(2 * i, value, true);
		else
			view.setInt32(4 * i, value, true);
	});
	return out;
}

const clamp = (value: number, kind: Kind): number => Math.min(LIMITS[kind][1], Math.max(LIMITS[kind][0], value));
const set = (m: Machine, q: number, value: Uint8Array): void => { m.q[q]!.set(value); };
const different = (m: Machine, one: number, other: number): void => {
	if (one === other)
		m.fault("one instruction writes the same q register twice");
};
const bigClamp = (value: bigint): bigint => value > 2n ** 39n - 1n ? 2n ** 39n - 1n : value < -(2n ** 39n) ? -(2n ** 39n) : value;

function multiplyAccumulate(m: Machine, x: number, y: number, kind: Kind): void {
	const a = lanes(m.q[x]!, kind), b = lanes(m.q[y]!, kind);
	m.accx = bigClamp(m.accx + BigInt(a.reduce((sum, v, i) => sum + v * b[i]!, 0)));
}

function loadQ(m: Machine, q: number, address: number, step: number): void {
	set(m, q, m.load(m.a[address]!, 16));
	m.a[address] = m.a[address]! + step;
}

const multiply = (kind: Kind): Semantics => (m, x, y) => multiplyAccumulate(m, x!, y!, kind);
const multiplyLoad = (kind: Kind, byRegister: boolean): Semantics => (m, u, s, step, x, y) => {
	multiplyAccumulate(m, x!, y!, kind);
	loadQ(m, u!, s!, byRegister ? m.a[step!]! : step!);
};
const arithmetic = (kind: Kind, sign: number): Semantics => (m, d, x, y) => {
	const b = lanes(m.q[y!]!, kind);
	set(m, d!, fromLanes(lanes(m.q[x!]!, kind).map((v, i) => clamp(v + sign * b[i]!, kind)), kind));
};
const arithmeticLoad = (sign: number): Semantics => (m, u, s, d, x, y) => {
	different(m, u!, d!);
	const result = m.q[x!]!.slice(), b = lanes(m.q[y!]!, "s32"), sum = fromLanes(lanes(result, "s32").map((v, i) => clamp(v + sign * b[i]!, "s32")), "s32");
	loadQ(m, u!, s!, 16);
	set(m, d!, sum);
};
const arithmeticStore = (sign: number): Semantics => (m, v, s, d, x, y) => {
	m.store(m.a[s!]!, m.q[v!]!);
	m.a[s!] = m.a[s!]! + 16;
	arithmetic("s32", sign)(m, d!, x!, y!);
};
const bitwise = (f: (a: number, b: number) => number): Semantics => (m, d, x, y) => { set(m, d!, m.q[x!]!.map((v, i) => f(v, m.q[y!]![i]!))); };
const shift = (f: (v: number, by: number) => number): Semantics => (m, d, s) => {
	if (m.sar > 31)
		m.fault("a shift by 32");
	set(m, d!, fromLanes(lanes(m.q[s!]!, "s32").map((v) => f(v, m.sar)), "s32"));
};
/** Elements of `bytes` bytes of the two registers, taken apart (even, odd) or alternating. */
const unzip = (bytes: number): Semantics => (m, x, y) => {
	different(m, x!, y!);
	const all = [...m.q[x!]!, ...m.q[y!]!];
	set(m, x!, Uint8Array.from(all.filter((_, i) => Math.floor(i / bytes) % 2 === 0)));
	set(m, y!, Uint8Array.from(all.filter((_, i) => Math.floor(i / bytes) % 2 === 1)));
};
const zip = (bytes: number): Semantics => (m, x, y) => {
	different(m, x!, y!);
	const a = m.q[x!]!.slice(), b = m.q[y!]!.slice();
	const all = Uint8Array.from({ length: 32 }, (_, i) => (Math.floor(i / bytes) % 2 ? b : a)[Math.floor(i / (2 * bytes)) * bytes + i % bytes]!);
	set(m, x!, all.subarray(0, 16));
	set(m, y!, all.subarray(16));
};
const broadcast = (bytes: number): Semantics => (m, q, s) => {
	const value = m.load(m.a[s!]!, bytes);
	set(m, q!, Uint8Array.from({ length: 16 }, (_, i) => value[i % bytes]!));
};
const half = (from: number, byRegister: boolean): Semantics => (m, q, s, step) => {
	m.q[q!]!.set(m.load(m.a[s!]!, 8), from);
	m.a[s!] = m.a[s!]! + (byRegister ? m.a[step!]! : step!);
};
/** Bytes of QACC_L (lanes 0 to 3) or QACC_H (4 to 7): 160 bits. */
const storeLanes = (first: number, from: number, to: number): Semantics => (m, s, step) => {
	const bits = [0, 1, 2, 3].reduce((sum, i) => sum | BigInt.asUintN(40, m.qacc[first + i]!) << BigInt(40 * i), 0n);
	m.store(m.a[s!]!, Uint8Array.from({ length: to - from }, (_, i) => Number(bits >> BigInt(8 * (from + i)) & 255n)));
	m.a[s!] = m.a[s!]! + step!;
};
const joined = (m: Machine, low: number, high: number): Uint8Array => Uint8Array.from([...m.q[low]!, ...m.q[high]!]).slice(m.sarByte, m.sarByte + 16);
const eightBytes = (value: bigint): Uint8Array => Uint8Array.from({ length: 8 }, (_, i) => Number(value >> BigInt(8 * i) & 255n));

export const PIE: Record<string, Semantics> = {
	"ee.zero.q": (m, q) => { m.q[q!]!.fill(0); }, "ee.zero.accx": (m) => { m.accx = 0n; }, "ee.zero.qacc": (m) => { m.qacc.fill(0n); },
	"ee.vld.128.ip": (m, q, s, step) => loadQ(m, q!, s!, step!), "ee.vld.128.xp": (m, q, s, step) => loadQ(m, q!, s!, m.a[step!]!),
	"ee.vst.128.ip": (m, q, s, step) => { m.store(m.a[s!]!, m.q[q!]!); m.a[s!] = m.a[s!]! + step!; },
	"ee.vst.128.xp": (m, q, s, step) => { m.store(m.a[s!]!, m.q[q!]!); m.a[s!] = m.a[s!]! + m.a[step!]!; },
	"ee.vld.l.64.ip": half(0, false), "ee.vld.h.64.ip": half(8, false), "ee.vld.l.64.xp": half(0, true), "ee.vld.h.64.xp": half(8, true),
	"ee.vldbc.8": broadcast(1), "ee.vldbc.16": broadcast(2), "ee.vldbc.32": broadcast(4),
	"ee.st.accx.ip": (m, s, step) => { m.store(m.a[s!]!, eightBytes(BigInt.asUintN(40, m.accx))); m.a[s!] = m.a[s!]! + step!; },
	"ee.ld.accx.ip": (m, s, step) => { m.accx = BigInt.asIntN(40, m.load(m.a[s!]!, 8).reduce((sum, v, i) => sum | BigInt(v) << BigInt(8 * i), 0n)); m.a[s!] = m.a[s!]! + step!; },
	"ee.vsmulas.s16.qacc": (m, x, y, k) => {
		const factor = lanes(m.q[y!]!, "s16")[k!]!;
		lanes(m.q[x!]!, "s16").forEach((v, i) => { m.qacc[i] = bigClamp(m.qacc[i]! + BigInt(v * factor)); });
	},
	"ee.st.qacc_l.l.128.ip": storeLanes(0, 0, 16), "ee.st.qacc_l.h.32.ip": storeLanes(0, 16, 20),
	"ee.st.qacc_h.l.128.ip": storeLanes(4, 0, 16), "ee.st.qacc_h.h.32.ip": storeLanes(4, 16, 20),
	"ee.src.q": (m, d, x, y) => set(m, d!, joined(m, x!, y!)),
	"ee.src.q.ld.ip": (m, u, s, step, x, y) => {
		different(m, u!, x!);
		const result = joined(m, x!, y!);
		loadQ(m, u!, s!, step!);
		set(m, x!, result);
	},
	"ee.vadds.s32.ld.incp": arithmeticLoad(1), "ee.vsubs.s32.ld.incp": arithmeticLoad(-1),
	"ee.vadds.s32.st.incp": arithmeticStore(1), "ee.vsubs.s32.st.incp": arithmeticStore(-1),
	"ee.andq": bitwise((a, b) => a & b), "ee.orq": bitwise((a, b) => a | b), "ee.xorq": bitwise((a, b) => a ^ b),
	"ee.vcmp.lt.s8": (m, d, x, y) => { const b = lanes(m.q[y!]!, "s8"); set(m, d!, fromLanes(lanes(m.q[x!]!, "s8").map((v, i) => v < b[i]! ? -1 : 0), "s8")); },
	"ee.vsr.32": shift((v, by) => v >> by), "ee.vsl.32": shift((v, by) => v << by),
};

for (const kind of ["s8", "u8", "s16"] as const) {
	PIE[`ee.vmulas.${kind}.accx`] = multiply(kind);
	PIE[`ee.vmulas.${kind}.accx.ld.ip`] = multiplyLoad(kind, false);
	PIE[`ee.vmulas.${kind}.accx.ld.xp`] = multiplyLoad(kind, true);
}
for (const kind of ["s8", "s16", "s32"] as const) {
	PIE[`ee.vadds.${kind}`] = arithmetic(kind, 1);
	PIE[`ee.vsubs.${kind}`] = arithmetic(kind, -1);
	PIE[`ee.vzip.${8 * BYTES[kind]}`] = zip(BYTES[kind]);
	PIE[`ee.vunzip.${8 * BYTES[kind]}`] = unzip(BYTES[kind]);
}
