/* Retrieval of texts for XS (see src/platform/retrieval.d.ts). */

class NativeRanker @ "xs_ranker_destructor" {
	constructor(store, offsets, found, candidates, grams, gramWeight, vectorWeight) @ "xs_ranker_constructor"
	rank(text, vector, vectorOffset, vectorSize, k) @ "xs_ranker_rank"
	coverage(text) @ "xs_ranker_coverage"
	text(offset) @ "xs_ranker_text"
	get scratchBytes() @ "xs_ranker_get_scratchBytes"
}

class TextRanker extends NativeRanker {
	rank(text, vector, k) {
		/* XS 13 shows only buffers of bytes to C. */
		return vector ? super.rank(text, vector.buffer, vector.byteOffset, vector.byteLength, k) : super.rank(text, undefined, 0, 0, k);
	}
}

function nativeRecord(record, text, vector, offset, size) @ "xs_text_record"

function textRecord(record, text, vector) {
	return vector ? nativeRecord(record, text, vector.buffer, vector.byteOffset, vector.byteLength) : nativeRecord(record, text, undefined, 0, 0);
}

export { TextRanker, textRecord };
