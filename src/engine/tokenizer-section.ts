/**
 * Writes the vocabulary section of a model file: pieces, ranks and a table of every merge, laid out
 * as native/tokenizer.h documents. Runs when a model is converted, not on the chip.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export interface TokenizerOptions {
	/** Begin and end of a text, and what stands for the unknown; null for none. Default 1, 2, 0. */
	bos?: number | null;
	eos?: number | null;
	unknown?: number | null;
	/** Where the pieces '<0x00>' to '<0xFF>' begin. Default 3. */
	byteBase?: number;
	/** Spell what has no piece in bytes. Default: when the byte pieces are there. */
	byteFallback?: boolean;
	/** Put a space before a text that is not empty. Default true. */
	addDummyPrefix?: boolean;
}

const NONE = 0xffff;
const HEADER_BYTES = 32;
const MAGIC = 0x4b545652;
const VERSION = 1;
const DUMMY_PREFIX = 1;
const BYTE_FALLBACK = 2;
const KIND_BYTE = 1;
const KIND_CONTROL = 2;
const KIND_BEGINS = 4;
/** llama2.c merges only into scores above this. */
const LOWEST_SCORE = Math.fround(-1e10);

/**
 * @param pieces bytes of each piece, by id; '<0xNN>' stands for a byte
 * @param scores a higher score merges first; only their order matters
 * @throws RuvllmError TOKENIZER_VOCABULARY, TOKENIZER_ID, TOKENIZER_BYTES or TOKENIZER_SPACE
 */
export function buildTokenizerSection(pieces: readonly Uint8Array[], scores: ArrayLike<number>, options: TokenizerOptions = {}): Uint8Array {
	checkVocabulary(pieces, scores);
	const bos = special("bos", options.bos, 1, pieces.length);
	const eos = special("eos", options.eos, 2, pieces.length);
	const unknown = special("unknown", options.unknown, 0, pieces.length);
	const byteBase = options.byteBase ?? 3;
	const fallback = options.byteFallback ?? hasBytePieces(pieces, byteBase);
	if (fallback && !hasBytePieces(pieces, byteBase))
		throw new RuvllmError("TOKENIZER_BYTES", `byte fallback needs the pieces <0x00> to <0xFF> from id ${byteBase}; give byteBase, or byteFallback: false`);
	if (!fallback && unknown === NONE)
		throw new RuvllmError("TOKENIZER_BYTES", "a vocabulary without byte pieces needs an unknown piece; name its id");

	const dummyPrefix = options.addDummyPrefix ?? true;
	const table = new PieceTable(pieces, [bos, eos, unknown]);
	const ranks = rankScores(scores);
	const merges = table.merges(ranks);
	const { ascii, points } = table.points();
	if (dummyPrefix && ascii[0x20] === NONE)
		throw new RuvllmError("TOKENIZER_SPACE", "the vocabulary has no piece for a space; add one, or give addDummyPrefix: false");
	const kinds = table.kinds(merges, [bos, eos]);

	const writer = new SectionWriter(pieces.length, merges, points.length, table.texts);
	writer.header((dummyPrefix ? DUMMY_PREFIX : 0) | (fallback ? BYTE_FALLBACK : 0), pieces.length, [bos, eos, unknown], byteBase);
	writer.words(offsets(table.texts.map((text) => text.length)));
	writer.words(offsets(merges.map((row) => row.length)));
	writer.words(merges.flat().map(({ right, merged }) => (right | (merged << 16)) >>> 0));
	writer.words(points.map(({ key }) => key));
	writer.halves(points.map(({ id }) => id));
	writer.halves(ascii);
	writer.halves(ranks.map((rank) => rank ?? NONE));
	writer.bytes(kinds);
	for (const text of table.texts)
		writer.bytes(text, false);
	return writer.result;
}

function checkVocabulary(pieces: readonly Uint8Array[], scores: ArrayLike<number>): void {
	if (pieces.length < 1 || pieces.length > 65535)
		throw new RuvllmError("TOKENIZER_VOCABULARY", `a vocabulary has 1 to 65535 pieces, this one has ${pieces.length}`);
	if (scores.length !== pieces.length)
		throw new RuvllmError("TOKENIZER_VOCABULARY", `${pieces.length} pieces need as many scores, there are ${scores.length}`);
	const long = pieces.findIndex((piece) => piece.length > 65535);
	if (long >= 0)
		throw new RuvllmError("TOKENIZER_VOCABULARY", `piece ${long} has ${pieces[long]!.length} bytes; 65535 is the most`);
}

function special(name: string, given: number | null | undefined, otherwise: number, vocab: number): number {
	const id = given === undefined ? otherwise : given;
	if (id === null)
		return NONE;
	if (!Number.isInteger(id) || id < 0 || id >= vocab)
		throw new RuvllmError("TOKENIZER_ID", `${name} is ${id}, outside a vocabulary of ${vocab}; give its id, or null for none`);
	return id;
}

/** The byte that a piece '<0xNN>' stands for, or -1. */
function byteOf(piece: Uint8Array): number {
	const match = piece.length === 6 ? /^<0x([0-9A-Fa-f]{2})>$/.exec(keyOf(piece)) : null;
	return match ? parseInt(match[1]!, 16) : -1;
}

function hasBytePieces(pieces: readonly Uint8Array[], base: number): boolean {
	for (let byte = 0; byte < 256; byte++) {
		const piece = pieces[base + byte];
		if (!piece || byteOf(piece) !== byte)
			return false;
	}
	return true;
}

/** A string with one character per byte. */
function keyOf(bytes: Uint8Array): string {
	let key = "";
	for (const byte of bytes)
		key += String.fromCharCode(byte);
	return key;
}

/** 0 for the highest score, equal for equals; undefined for scores that llama2.c never merges into. */
function rankScores(scores: ArrayLike<number>): (number | undefined)[] {
	const rounded = Array.from(scores, Math.fround).map((score) => (score > LOWEST_SCORE ? score : undefined));
	const distinct = [...new Set(rounded.filter((score): score is number => score !== undefined))].sort((a, b) => b - a);
	const rank = new Map(distinct.map((score, i) => [score, i]));
	return rounded.map((score) => (score === undefined ? undefined : rank.get(score)));
}

function offsets(lengths: readonly number[]): number[] {
	const result = [0];
	for (const length of lengths)
		result.push(result[result.length - 1]! + length);
	return result;
}

interface Merge { right: number; merged: number }

/** The pieces by their bytes. Special and byte pieces are never found; of duplicates, the first is. */
class PieceTable {
	/** What each piece decodes to. */
	readonly texts: readonly Uint8Array[];
	private readonly keys: readonly string[];
	private readonly isByte: readonly boolean[];
	private readonly ids = new Map<string, number>();

	constructor(pieces: readonly Uint8Array[], specials: readonly number[]) {
		const bytes = pieces.map(byteOf);
		this.isByte = bytes.map((byte) => byte >= 0);
		this.texts = pieces.map((piece, id) => (this.isByte[id] ? Uint8Array.of(bytes[id]!) : piece));
		this.keys = this.texts.map(keyOf);
		this.keys.forEach((key, id) => {
			if (key && !this.isByte[id] && !specials.includes(id) && !this.ids.has(key))
				this.ids.set(key, id);
		});
	}

	/** For each left piece, every right piece with which it spells a third; ascending. */
	merges(ranks: readonly (number | undefined)[]): Merge[][] {
		const rows: Merge[][] = this.texts.map(() => []);
		for (const [key, merged] of this.ids)
			for (let split = 1; split < key.length && ranks[merged] !== undefined; split++) {
				const left = this.ids.get(key.slice(0, split)), right = this.ids.get(key.slice(split));
				if (left !== undefined && right !== undefined)
					rows[left]!.push({ right, merged });
			}
		for (const row of rows)
			row.sort((a, b) => a.right - b.right);
		return rows;
	}

	/** Pieces of one code point as llama2.c reads it: a byte and up to 3 continuation bytes. */
	points(): { ascii: number[]; points: { key: number; id: number }[] } {
		const ascii = new Array<number>(128).fill(NONE);
		const points: { key: number; id: number }[] = [];
		for (const [key, id] of this.ids) {
			if (!/^[\0-\xff][\x80-\xbf]{0,3}$/.test(key))
				continue;
			if (key.length === 1 && key.charCodeAt(0) < 128)
				ascii[key.charCodeAt(0)] = id;
			else
				points.push({ key: this.texts[id]!.reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0), id });
		}
		points.sort((a, b) => a.key - b.key);
		return { ascii, points };
	}

	/** Text may be cut before a symbol that begins no right side of a merge: nothing joins across. */
	kinds(merges: readonly Merge[][], controls: readonly number[]): Uint8Array {
		const inner = new Set<string>();
		for (const { right } of merges.flat())
			for (let length = 1; length <= this.keys[right]!.length; length++)
				inner.add(this.keys[right]!.slice(0, length));
		return Uint8Array.from(this.keys, (key, id) =>
			(this.isByte[id] ? KIND_BYTE : 0)
			| (controls.includes(id) ? KIND_CONTROL : 0)
			| (this.isByte[id] || !inner.has(key) ? KIND_BEGINS : 0));
	}
}

/** Puts little-endian arrays one after another, each padded to 4 bytes. */
class SectionWriter {
	readonly result: Uint8Array;
	private readonly view: DataView;
	private readonly counts: readonly number[];
	private readonly longest: number;
	private at = HEADER_BYTES;

	constructor(vocab: number, merges: readonly Merge[][], points: number, texts: readonly Uint8Array[]) {
		const mergeCount = merges.reduce((sum, row) => sum + row.length, 0);
		const textBytes = texts.reduce((sum, text) => sum + text.length, 0);
		const arrays = [4 * (vocab + 1), 4 * (vocab + 1), 4 * mergeCount, 4 * points, 2 * points, 256, 2 * vocab, vocab, textBytes];
		this.counts = [textBytes, mergeCount, points];
		this.longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
		this.result = new Uint8Array(arrays.reduce((sum, bytes) => sum + padded(bytes), HEADER_BYTES));
		this.view = new DataView(this.result.buffer);
	}

	header(flags: number, vocab: number, specials: readonly number[], byteBase: number): void {
		this.view.setUint32(0, MAGIC, true);
		[VERSION, flags, vocab, ...specials, byteBase, this.longest].forEach((half, i) => this.view.setUint16(4 + 2 * i, half, true));
		this.counts.forEach((word, i) => this.view.setUint32(20 + 4 * i, word, true));
	}
	words(values: readonly number[]): void {
		values.forEach((value, i) => this.view.setUint32(this.at + 4 * i, value, true));
		this.at += 4 * values.length;
	}
	halves(values: readonly number[]): void {
		values.forEach((value, i) => this.view.setUint16(this.at + 2 * i, value, true));
		this.at += padded(2 * values.length);
	}
	bytes(values: Uint8Array, pad = true): void {
		this.result.set(values, this.at);
		this.at += pad ? padded(values.length) : values.length;
	}
}

function padded(bytes: number): number {
	return (bytes + 3) & ~3;
}
