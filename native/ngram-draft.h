/*
 * Drafts for speculative decoding (Leviathan et al. 2023) that cost next to nothing: a table of n-grams distilled from a
 * model, and prompt lookup, which goes on as the text itself went on after its longest repeated ending (Saxena 2023).
 * No state but the caller's; integers only.
 *
 * The table's file, little-endian, read where it lies (src/engine/draft/ngram-file.ts writes it):
 *    0  "RVNG"
 *    4  u8 version 1; u8 order, 1 to 16: tokens of the longest context; u16 vocabulary
 *    8  u32 CRC-32 of the vocabulary's section in the model file; u32 CRC-32 of the model's file
 *   16  u32 entries, to 65535
 *   20  u8 log2 of the buckets, 1 to 16; u8 bytes of an entry, 3 or 4; u8 bits of a token; u8 0
 *   24  u16 the likeliest token of all, which follows where no context is known; u8 its confidence; u8 0
 *   28  u32 CRC-32 of the file, these four bytes taken as zero
 *   32  u16 first[buckets + 1]: where a bucket's entries begin; two bytes more when that is odd
 *       entries, bucket by bucket, each a little-endian number: token, 4 bits of confidence, then the lowest bits of the hash
 *
 * A context's hash is that of its tokens from the newest to the oldest; its upper bits are the bucket. The longest context
 * that is known decides (stupid back-off: Brants et al. 2007, for the likeliest token alone). Contexts that share bucket and
 * lower bits are taken for each other: one in 2^bits for each entry of a bucket.
 */
#ifndef RV_NGRAM_DRAFT_H
#define RV_NGRAM_DRAFT_H

#include <stdint.h>

#define RV_NGRAM_HEADER 32
#define RV_NGRAM_ORDER 16
/* Longest repeated ending that is looked for. */
#define RV_LOOKUP_LENGTH 32
/* Where a draft's own opinion of a token is given: 16 would be certain. */
#define RV_DRAFT_SURE 15

typedef struct {
	const uint8_t *first, *entries; /* entries is NULL without a table */
	uint32_t count;
	int32_t order, vocab, bucket_shift, entry_bytes, token_bits, fallback, fallback_confidence;
} rv_ngrams;

enum rv_ngrams_status { RV_NGRAMS_OK, RV_NGRAMS_HEADER, RV_NGRAMS_SIZE, RV_NGRAMS_BUCKETS, RV_NGRAMS_TOKEN };

/* Checks structure, buckets and every token; not the checksum. Cost: 12 instructions an entry, 8 a bucket. */
enum rv_ngrams_status rv_ngrams_init(rv_ngrams *table, const uint8_t *file, uint32_t size);

/* A token and how sure the draft is of it, 0 to RV_DRAFT_SURE; -1 for none. */
typedef struct {
	int32_t token, confidence;
} rv_guess;

/* What follows text[0..length). Cost on rv32: about 40 instructions for each token of the longest context. */
rv_guess rv_ngrams_guess(const rv_ngrams *table, const int32_t *text, int32_t length);

/*
 * Where the longest repeated ending of text[0..length) ended before, the latest of equals: the index of the token behind it, or -1.
 * `matched`: its length, to RV_LOOKUP_LENGTH. Cost: 5 instructions for each token of the text.
 */
int32_t rv_lookup(const int32_t *text, int32_t length, int32_t *matched);

/* Classes of repeated endings, by length. */
#define RV_DRAFT_CLASSES 4

/* Of a draft that has both: by class, how often the ending was right where the table was wrong, against the opposite. */
typedef struct {
	int32_t score[RV_DRAFT_CLASSES];
} rv_draft_record;

void rv_draft_forget(rv_draft_record *record);

/*
 * Drafts `count` tokens behind text[0..length) into `out`, whose confidences go into `sure`; text must have room for them, and
 * gets them behind its end. Ends early at a token of which it is less sure than `least`. Returns how many there are.
 */
int32_t rv_draft(const rv_ngrams *table, int32_t lookup, const rv_draft_record *record, int32_t *text, int32_t length,
	int32_t *out, int32_t *sure, int32_t count, int32_t least);

/* Before text[length] = token: remembers which of the two foresaw it. */
void rv_draft_learn(const rv_ngrams *table, rv_draft_record *record, const int32_t *text, int32_t length, int32_t token);

#endif
