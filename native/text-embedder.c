/* See text-embedder.h. */
#include <string.h>
#include "text-embedder.h"
#include "crc32.h"
#include "text-features.h"

/* Rows whose nibbles a byte can sum. */
#define MOST_IN_BYTES 17
#define WORDS (RV_EMBEDDER_MAX_DIMS / 8)

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

enum rv_embedder_status rv_embedder_init(rv_embedder *embedder, const uint8_t *file, uint32_t size)
{
	static const uint8_t zeros[16];
	if ((uintptr_t)file & 3)
		return RV_EMBEDDER_ALIGNMENT;
	if (size < RV_EMBEDDER_HEADER || memcmp(file, "RVEM", 4) != 0)
		return RV_EMBEDDER_NO_FILE;
	if (file[4] != 1)
		return RV_EMBEDDER_VERSION;
	uint32_t dims = (uint32_t)file[6] | (uint32_t)file[7] << 8, buckets = u32(file + 8), metadata = u32(file + 12);
	if (dims < 16 || dims > RV_EMBEDDER_MAX_DIMS || dims % 16 || buckets < 1 || buckets > 65536 || file[5] || memcmp(file + 20, zeros, 12) != 0)
		return RV_EMBEDDER_SHAPE;
	if ((uint64_t)RV_EMBEDDER_HEADER + (uint64_t)buckets * (dims / 2) + metadata != size)
		return RV_EMBEDDER_SIZE;
	uint32_t sum = crc32_bytes(0, file, 16);
	sum = crc32_bytes(sum, zeros, 4);
	if (crc32_bytes(sum, file + 20, size - 20) != u32(file + 16))
		return RV_EMBEDDER_CRC;
	*embedder = (rv_embedder){ file + RV_EMBEDDER_HEADER, (int32_t)dims, (int32_t)buckets };
	return RV_EMBEDDER_OK;
}

const char *rv_embedder_message(enum rv_embedder_status status)
{
	static const char *const messages[] = {
		"the file is good", "these bytes are no embedder: they don't begin with RVEM", "this version of embedders is unknown; take a newer firmware",
		"the header has sizes that no embedder has", "the file is longer or shorter than its header says; copy it again", "the checksum is wrong: the file is damaged, copy it again",
		"the file does not begin at a multiple of 4 bytes",
	};
	return messages[status];
}

/* Sums of nibbles, four in a word, then of all in 32 bits. */
typedef struct {
	uint32_t low[WORDS], high[WORDS];
	int32_t sums[RV_EMBEDDER_MAX_DIMS];
	int32_t half, pending;
} accumulator;

static void flush(accumulator *a)
{
	const uint8_t *low = (const uint8_t *)a->low, *high = (const uint8_t *)a->high;
	for (int32_t i = 0; i < a->half; i++) {
		a->sums[i] += low[i] - 8 * a->pending;
		a->sums[a->half + i] += high[i] - 8 * a->pending;
	}
	memset(a->low, 0, (size_t)a->half);
	memset(a->high, 0, (size_t)a->half);
	a->pending = 0;
}

static void add(accumulator *a, const uint8_t *row)
{
	for (int32_t i = 0; i < a->half / 4; i++) {
		uint32_t w;
		/* Without a promise rv32 would read bytes. */
		memcpy(&w, __builtin_assume_aligned(row + 4 * i, 4), 4);
		a->low[i] += w & 0x0F0F0F0Fu;
		a->high[i] += w >> 4 & 0x0F0F0F0Fu;
	}
	if (++a->pending == MOST_IN_BYTES)
		flush(a);
}

/* Floor of the square root, digit by digit. */
static uint32_t root64(uint64_t x)
{
	uint64_t root = 0, bit = (uint64_t)1 << 62;
	while (bit > x)
		bit >>= 2;
	for (; bit; bit >>= 2) {
		if (x >= root + bit) {
			x -= root + bit;
			root = (root >> 1) + bit;
		}
		else
			root >>= 1;
	}
	return (uint32_t)root;
}

/* out = sums * 256 / |sums|, by one division. */
static void normalise(int8_t *out, int32_t *sums, int32_t dims)
{
	uint64_t squares = 0;
	for (int32_t i = 0; i < dims; i++)
		squares += (uint64_t)((int64_t)sums[i] * sums[i]);
	/* Long texts: bits that don't show in 8 go, so that the reciprocal keeps some. */
	int32_t shift = 0;
	while (squares >> 36) {
		squares >>= 2;
		shift++;
	}
	uint32_t length = root64(squares << 16); /* Q8, below 2^26 */
	int64_t reciprocal = length ? (int64_t)(((uint64_t)1 << 40) / length) : 0; /* 2^32 / |sums| */
	for (int32_t i = 0; i < dims; i++) {
		int64_t q = ((sums[i] >> shift) * reciprocal + (1 << 23)) >> 24;
		out[i] = (int8_t)(q > 127 ? 127 : q < -127 ? -127 : q);
	}
}

void rv_embedder_embed(const rv_embedder *embedder, int8_t *out, const uint8_t *bytes, uint32_t n)
{
	rv_text text = { bytes, bytes + n, 0 };
	uint32_t letters[RV_WORD_LETTERS], features[RV_WORD_FEATURES];
	accumulator a = { .half = embedder->dims / 2 };
	int32_t length;
	while ((length = rv_text_word(&text, letters)) > 0) {
		int32_t count = rv_text_features(&text, letters, length, features);
		for (int32_t i = 0; i < count; i++)
			add(&a, embedder->rows + rv_bucket(features[i], (uint32_t)embedder->buckets) * (uint32_t)a.half);
	}
	flush(&a);
	normalise(out, a.sums, embedder->dims);
}
