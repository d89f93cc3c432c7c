/** Token callbacks that write to the console without allocating. */

import { write } from "ruvllm-esp32/platform/console";

/** For people: the text as it grows. */
export function streamTo(): (token: number, bytes: Uint8Array, count: number) => void {
	return (_token, bytes, count) => {
		if (count)
			write(bytes, 0, count);
	};
}

const LONGEST_LINE = 1024;
const HEX = "0123456789abcdef";

/**
 * For programs: a line "t <token> <text in hexadecimal>" per token, made in one buffer. Hexadecimal,
 * because a piece may be half a character. Text that was held back, longer than a line, goes on in lines
 * of token -1, which is written as "-".
 */
export function streamLines(): (token: number, bytes: Uint8Array, count: number) => void {
	const line = new Uint8Array(LONGEST_LINE);
	const digits = Uint8Array.from(HEX, (c) => c.charCodeAt(0));
	return (token, bytes, count) => {
		let from = 0;
		do {
			let at = 0;
			line[at++] = 0x74;
			line[at++] = 0x20;
			if (token < 0 || from > 0)
				line[at++] = 0x2d;
			else
				at = decimal(line, at, token);
			line[at++] = 0x20;
			for (; from < count && at + 3 < LONGEST_LINE; from++) {
				line[at++] = digits[bytes[from]! >> 4]!;
				line[at++] = digits[bytes[from]! & 15]!;
			}
			line[at++] = 0x0a;
			write(line, 0, at);
		} while (from < count);
	};
}

/** Writes a number from 0 to 99999 and returns the place behind it. */
function decimal(line: Uint8Array, at: number, value: number): number {
	let divisor = 1;
	while (divisor * 10 <= value)
		divisor *= 10;
	for (; divisor >= 1; divisor = (divisor / 10) | 0) {
		line[at++] = 0x30 + ((value / divisor) | 0) % 10;
		if (divisor === 1)
			break;
	}
	return at;
}
