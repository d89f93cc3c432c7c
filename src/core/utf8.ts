/** UTF-8 without host objects: XS has no TextEncoder, and boards have no room for one. */

/** A lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
	let bytes = 0;
	for (const character of text)
		bytes += utf8Length(character.codePointAt(0)!);
	const out = new Uint8Array(bytes);
	let at = 0;
	for (const character of text) {
		let c = character.codePointAt(0)!;
		if (c >= 0xd800 && c <= 0xdfff)
			c = 0xfffd;
		const n = utf8Length(c);
		if (n === 1)
			out[at] = c;
		else {
			for (let i = n - 1; i > 0; i--, c >>= 6)
				out[at + i] = 0x80 | (c & 0x3f);
			out[at] = (0xf00 >> n) & 0xff | c;
		}
		at += n;
	}
	return out;
}

const utf8Length = (c: number): number => c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

/** How many bytes the sequence that begins with `lead` has; 0 when nothing begins so. */
export function sequenceLength(lead: number): number {
	return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/** Bytes that are no UTF-8 become U+FFFD, one each. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
	// Pieces, not one growing string: each concatenation would copy what there is.
	const pieces: string[] = [];
	let codes: number[] = [];
	for (let at = start; at < end;) {
		const lead = bytes[at]!, n = sequenceLength(lead);
		let c = n === 1 ? lead : lead & (0x7f >> n);
		let good = n > 0 && at + n <= end;
		for (let i = 1; good && i < n; i++) {
			const next = bytes[at + i]!;
			good = (next & 0xc0) === 0x80;
			c = c << 6 | next & 0x3f;
		}
		// Overlong forms, surrogates and numbers beyond Unicode are no characters.
		if (good && (n === 3 && (c < 0x800 || (c >= 0xd800 && c <= 0xdfff)) || n === 4 && (c < 0x10000 || c > 0x10ffff)))
			good = false;
		codes.push(good ? c : 0xfffd);
		at += good ? n : 1;
		if (codes.length === 64 || at >= end) {
			pieces.push(String.fromCodePoint(...codes));
			codes = [];
		}
	}
	return pieces.join("");
}
