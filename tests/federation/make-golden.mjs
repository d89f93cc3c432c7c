/**
 * node tests/federation/make-golden.mjs > tests/federation/golden.ts
 * Frames of frames.test.ts, put together from the tables of docs/federation-protocol.md alone: nothing of src/ is used here.
 * Numbers that the boards draw (boot numbers, challenges) are those of the test's counting "random" numbers.
 */

import { crc32 } from "node:zlib";

const little = (bytes, value) => Array.from({ length: bytes }, (_, i) => Number(BigInt(value) >> BigInt(8 * i) & 255n));
const u8 = (...values) => values;
const u16 = (value) => little(2, value), u32 = (value) => little(4, value), u48 = (value) => little(6, value);
const hex = (bytes) => Buffer.from(bytes).toString("hex");

const address = (n) => 0x246f28000000 + n;
const drawn = (n, k) => 0xa0b0c000 + 0x01000000 * (n - 1) + k;
const eight = (n, k) => [...u32(drawn(n, k)), ...u32(drawn(n, k + 1))];
const boot = (n) => eight(n, 0);

/** Seal of open network 5. */
const sealed = (n, frame) => {
	const seed = crc32(Buffer.from([...u32(5), ...u48(address(n)), ...boot(n)]));
	return hex([...frame, ...u32(crc32(Buffer.from(frame), seed))]);
};
const header = (version, type, counter) => [version << 4, type, ...u32(counter)];
const introduction = (n, type, counter) => [...header(0, type, counter), ...boot(n), 1, 1];
const says = (load, anchor) => [
	...u8(0, load, 1, 0), ...u48(address(anchor)), ...u32(0x11223344), ...u32(0x10203040), ...u32(0x01020304), ...u32(80000), ...u32(20000),
	...u32(0xcafe), ...u16(0x8005), ...u16(0),
];
const link = (type, counter, tag, next, bitmap) => [...header(1, type, counter), ...u16(tag), ...u16(next), ...u32(bitmap)];
const bytes = (from, to) => Array.from({ length: to - from }, (_, i) => from + i & 255);
const NONE = [0, 0, 0, 0, 0, 0, 0, 0];

const frames = {
	"Hello of board 2": sealed(2, [...introduction(2, 1, 1), ...says(0, 2)]),
	"Auth of board 1: challenge": sealed(1, [...introduction(1, 2, 1), ...says(9, 1), ...u48(address(2)), ...boot(2).slice(0, 4), 1, ...eight(1, 4), ...NONE]),
	"Auth of board 2: challenge and answer": sealed(2, [...introduction(2, 2, 2), ...says(0, 2), ...u48(address(1)), ...boot(1).slice(0, 4), 3, ...eight(2, 6), ...eight(1, 4)]),
	"Auth of board 1: answer": sealed(1, [...introduction(1, 2, 2), ...says(9, 1), ...u48(address(2)), ...boot(2).slice(0, 4), 2, ...NONE, ...eight(2, 6)]),
	"Data: a short message": sealed(1, [...link(4, 6, 0xc006, 0, 0), ...u16(0), 0x3f, 1, 2, 3]),
	"Data: the first part of a long one": sealed(1, [...link(4, 8, 0xc006, 0, 0), ...u16(1), 0x14, ...u16(300), ...bytes(0, 227)]),
	"Data: its last part": sealed(1, [...link(4, 9, 0xc006, 0, 0), ...u16(2), 0x24, ...bytes(227, 300)]),
	"Acknowledge: the short message": sealed(2, link(5, 5, 0xc004, 1, 0)),
	"Broadcast": sealed(1, [...header(1, 6, 7), 2, 7, 8]),
	"Ask": sealed(3, [...header(1, 7, 6), 1, 1, ...u48(address(2)), ...u48(address(1))]),
	"Heard": sealed(1, [...header(1, 8, 22), 1, ...u48(address(2)), ...boot(2).slice(0, 4), ...u16(493)]),
};

console.log("/** Made by make-golden.mjs. */\n\nexport const GOLDEN: Record<string, string> = {");
for (const [name, text] of Object.entries(frames))
	console.log(`\t${JSON.stringify(name)}: "${text}",`);
console.log("};");
