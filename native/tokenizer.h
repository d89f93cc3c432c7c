/*
 * Tokenizer: byte-pair encoding with scores and byte fallback, on a vocabulary section that lies
 * in a model file (mapped flash, an asset). Integers only; no allocation; nothing is copied.
 *
 * Algorithm: SentencePiece BPE as in karpathy/llama2.c (encode, decode): a space in front of a text
 * that is not empty, one symbol per code point (at most 4 bytes) or one per byte when the vocabulary
 * lacks it, then the adjacent pair whose merged piece has the best score is merged, the leftmost
 * of equals first, until none is left. Two deviations, so that decode(encode(x)) is x for all bytes:
 * NUL is a byte like any other, and special or byte pieces never come out of, or go into, a merge.
 *
 * Section, version 1: little-endian, 4-byte aligned, arrays in this order, each padded to 4 bytes.
 * Written by src/engine/tokenizer-section.ts. 512 pieces of TinyStories take 7.5 KB.
 *
 *   u32 magic "RVTK"   u16 version 1       u16 flags (TOKENIZER_DUMMY_PREFIX, _BYTE_FALLBACK)
 *   u16 vocab V        u16 bos             u16 eos             u16 unknown      (0xFFFF: has none)
 *   u16 byte_base      u16 longest piece   u32 text bytes T    u32 merges M     u32 points P
 *   u32 text_start[V+1]    piece i is text[text_start[i] .. text_start[i+1])
 *   u32 merge_start[V+1]   merges of left piece i: merges[merge_start[i] .. merge_start[i+1])
 *   u32 merges[M]          right piece | merged piece << 16, ascending within a left piece
 *   u32 points[P]          other one-code-point pieces: UTF-8 bytes, first byte lowest; ascending
 *   u16 point_ids[P]       their pieces
 *   u16 ascii[128]         piece of each ASCII character, or 0xFFFF
 *   u16 ranks[V]           0 for the best score; equal scores have equal ranks
 *   u8  kinds[V]           TOKENIZER_KIND_* flags
 *   u8  text[T]            bytes of the pieces; a '<0xNN>' piece is the one byte it stands for
 */
#ifndef TOKENIZER_H
#define TOKENIZER_H

#include <stdint.h>

#define TOKENIZER_NONE 0xFFFFu      /* no such piece */
#define TOKENIZER_MAX_TEXT (1u << 26) /* bytes that one call encodes */

#define TOKENIZER_DUMMY_PREFIX 1u  /* a space is put in front of the text */
#define TOKENIZER_BYTE_FALLBACK 2u /* piece byte_base + b is the byte b, for all 256 */

#define TOKENIZER_KIND_BYTE 1u    /* came from '<0xNN>' */
#define TOKENIZER_KIND_CONTROL 2u /* bos, eos: decodes to nothing */
#define TOKENIZER_KIND_BEGINS 4u  /* no merge has it at the start of its right side: text may be cut before it */

#define TOKENIZER_ADD_BOS 1u /* options of tokenizer_encode */
#define TOKENIZER_ADD_EOS 2u

enum tokenizer_status {
	TOKENIZER_OK = 0,
	TOKENIZER_MISALIGNED = -1,
	TOKENIZER_TRUNCATED = -2,
	TOKENIZER_MAGIC = -3,
	TOKENIZER_VERSION = -4,
	TOKENIZER_SIZE = -5,
	TOKENIZER_OFFSETS = -6,
	TOKENIZER_ID = -7,
	TOKENIZER_BYTES = -8,
	TOKENIZER_SPACE = -9,
	TOKENIZER_TEXT = -10,
	TOKENIZER_CAPACITY = -11,
	TOKENIZER_SCRATCH = -12,
	TOKENIZER_STATUS_COUNT = 13
};

/* Filled by tokenizer_init; points into the section, which must stay where it is, unchanged. */
struct tokenizer {
	const uint32_t *text_start, *merge_start, *merges, *points;
	const uint16_t *point_ids, *ascii, *ranks;
	const uint8_t *kinds, *text;
	uint32_t vocab, flags, bos, eos, unknown, byte_base, longest, point_count;
};

/* A sentence for a status; for an unknown number, a sentence that says so. */
const char *tokenizer_message(int32_t status);

/*
 * Checks a whole section and fills the struct. After TOKENIZER_OK no call below leaves the section
 * or the buffers it is given, whatever else the section holds.
 * section: 4-byte aligned; bytes: its size (more is allowed, less is TOKENIZER_TRUNCATED).
 * Cost: one pass over the section; 14 thousand instructions on rv32 for 512 pieces.
 */
enum tokenizer_status tokenizer_init(struct tokenizer *t, const void *section, uint32_t bytes);

/*
 * Scratch that is enough for any text of so many bytes (28 bytes a symbol); 0 when text_bytes is
 * above TOKENIZER_MAX_TEXT. Less will do when no stretch between two KIND_BEGINS symbols (a word
 * with its space, in most vocabularies) is longer than scratch_bytes / 28 symbols.
 */
uint32_t tokenizer_scratch_size(uint32_t text_bytes);

/*
 * Encodes n bytes, any bytes, into ids. scratch: 4-byte aligned. options: TOKENIZER_ADD_*; a
 * vocabulary without bos or eos adds none. At most n + 3 ids come out.
 * Returns the number of ids, or TOKENIZER_TEXT, _CAPACITY (ids are filled up to capacity), _SCRATCH.
 * Cost: O(n log w), w the symbols of the longest stretch; linked list and binary heap. On rv32 about
 * 190 instructions a byte of English.
 */
int32_t tokenizer_encode(const struct tokenizer *t, const uint8_t *text, uint32_t n, uint32_t options,
	int32_t *ids, uint32_t capacity, void *scratch, uint32_t scratch_bytes);

/*
 * The bytes of a piece, without terminator, in the section. After `previous` == bos the leading space
 * that encode put there is left out. previous: the id before, or -1.
 * Returns the length (0 for control pieces), or TOKENIZER_ID for an id outside the vocabulary.
 */
int32_t tokenizer_piece(const struct tokenizer *t, int32_t previous, int32_t id, const uint8_t **bytes);

#endif
