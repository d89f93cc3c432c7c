/* See intent-classifier.h. */
#include <string.h>
#include "intent-classifier.h"
#include "exp2.h"
#include "fixed-point.h"
#include "text-features.h"

#define ONE (1 << 15)
/* A value of 1 stands for 3 / 256: an embedding, of length 256, has length 3, which suits rates near 0.1. */
#define VALUE_NUMERATOR 3
/* log2(e), Q14 */
#define LOG2_E 23637
#define BOUND 32767

static int64_t up4(int64_t bytes)
{
	return (bytes + 3) & ~(int64_t)3;
}

int64_t rv_intents_bytes(int32_t dims, int32_t classes, int32_t buckets)
{
	return up4(((int64_t)dims + buckets) * classes * 2) + (int64_t)classes * 4 + buckets / 8 + (int64_t)buckets * 2 + up4(dims);
}

void rv_intents_bind(rv_intents *in, const rv_embedder *embedder, uint8_t *memory, int32_t classes, int32_t buckets)
{
	int32_t dims = embedder->dims;
	memset(in, 0, sizeof(*in));
	in->embedder = embedder;
	in->classes = classes;
	in->buckets = buckets;
	in->random = 1;
	in->weights = (int16_t *)memory;
	memory += up4(((int64_t)dims + buckets) * classes * 2);
	in->logits = (int32_t *)memory;
	memory += (int64_t)classes * 4;
	in->present = (uint32_t *)memory;
	memory += buckets / 8;
	in->lexical = (uint16_t *)memory;
	memory += (int64_t)buckets * 2;
	in->embedding = (int8_t *)memory;
}

/* 384 / sqrt(n), about; n from 1 to 65536. The features together are half as long again as the embedding: strange tasks need them. */
static int32_t share(uint32_t n)
{
	uint32_t root = 0;
	for (uint32_t bit = 256; bit; bit >>= 1)
		if ((root | bit) * (root | bit) * n <= 65536)
			root |= bit;
	return (int32_t)(root * 3 / 2);
}

void rv_intents_read(rv_intents *in, const uint8_t *bytes, uint32_t n)
{
	uint32_t letters[RV_WORD_LETTERS], features[RV_WORD_FEATURES];
	rv_text text = { bytes, bytes + n, 0 };
	int32_t length, count = 0;
	rv_embedder_embed(in->embedder, in->embedding, bytes, n);
	if (in->buckets == 0)
		return;
	memset(in->present, 0, (size_t)in->buckets / 8);
	while ((length = rv_text_word(&text, letters)) > 0) {
		int32_t found = rv_text_features(&text, letters, length, features);
		for (int32_t i = 0; i < found; i++) {
			/* Mixed once more: features that share a row of the embedder shall not share a bucket here too. */
			uint32_t bucket = rv_bucket(rv_mix(features[i] ^ 0x5BD1E995u), (uint32_t)in->buckets);
			in->present[bucket / 32] |= (uint32_t)1 << bucket % 32;
		}
	}
	for (int32_t i = 0; i < in->buckets / 32; i++)
		for (uint32_t word = in->present[i]; word; word &= word - 1)
			in->lexical[count++] = (uint16_t)(i * 32 + (31 - rv_clz(word & (0u - word))));
	in->lexical_count = count;
	in->lexical_value = count ? share((uint32_t)count) : 0;
}

/* Sums of four classes, in registers. */
RV_LOOP void four_sums(const rv_intents *in, int32_t first)
{
	int32_t classes = in->classes, dims = in->embedder->dims, count = in->lexical_count, value = in->lexical_value;
	int32_t a = 0, b = 0, c = 0, d = 0;
	const int16_t *weights = in->weights + first, *row = weights + (int64_t)dims * classes;
	const uint16_t *lexical = in->lexical;
	for (int32_t i = 0; i < count; i++) {
		const int16_t *w = row + lexical[i] * classes;
		a += w[0];
		b += w[1];
		c += w[2];
		d += w[3];
	}
	a *= value;
	b *= value;
	c *= value;
	d *= value;
	for (int32_t i = 0; i < dims; i++, weights += classes) {
		int32_t x = in->embedding[i];
		a += x * weights[0];
		b += x * weights[1];
		c += x * weights[2];
		d += x * weights[3];
	}
	int32_t *logits = in->logits + first;
	logits[0] = a;
	logits[1] = b;
	logits[2] = c;
	logits[3] = d;
}

static void one_sum(const rv_intents *in, int32_t class)
{
	int32_t sum = 0, dims = in->embedder->dims;
	for (int32_t i = 0; i < in->lexical_count; i++)
		sum += in->weights[(dims + in->lexical[i]) * in->classes + class];
	sum *= in->lexical_value;
	for (int32_t i = 0; i < dims; i++)
		sum += in->embedding[i] * in->weights[i * in->classes + class];
	in->logits[class] = sum;
}

/* exp(logit - best), Q30. */
static uint32_t power(int32_t best, int32_t logit)
{
	uint64_t octaves = ((uint64_t)((uint32_t)best - (uint32_t)logit) * LOG2_E) >> 14;
	return exp2_q(octaves > UINT32_MAX ? UINT32_MAX : (uint32_t)octaves);
}

int32_t rv_intents_score(rv_intents *in, int32_t *confidence)
{
	int32_t classes = in->classes, *logits = in->logits, best = 0, first = 0;
	for (; first + 4 <= classes; first += 4)
		four_sums(in, first);
	for (; first < classes; first++)
		one_sum(in, first);
	/* Values in 1/256, weights in Q12: Q16 is a sixteenth. */
	for (int32_t c = 0; c < classes; c++) {
		logits[c] = rv_saturate(((int64_t)logits[c] * VALUE_NUMERATOR) >> 4);
		if (logits[c] > logits[best])
			best = c;
	}
	uint64_t sum = 0;
	for (int32_t c = 0; c < classes; c++)
		sum += power(logits[best], logits[c]);
	*confidence = (int32_t)(((uint64_t)EXP2_ONE << 15) / sum);
	return best;
}

/* Rounding's random bits: xorshift (Marsaglia 2003). */
static uint32_t draw(uint32_t *state)
{
	uint32_t s = *state;
	s ^= s << 13;
	s ^= s >> 17;
	s ^= s << 5;
	return *state = s;
}

/* w -= x * step, with `step` in Q20. */
static void move(rv_intents *in, int32_t feature, int32_t class, int64_t x, int64_t step)
{
	int16_t *w = in->weights + (int64_t)feature * in->classes + class;
	int64_t moved = *w - ((x * step + (int64_t)(draw(&in->random) >> 12)) >> 20);
	*w = (int16_t)(moved > BOUND ? BOUND : moved < -BOUND ? -BOUND : moved);
}

void rv_intents_learn(rv_intents *in, int32_t target, int32_t rate)
{
	int32_t dims = in->embedder->dims, best = 0;
	uint64_t sum = 0;
	for (int32_t c = 1; c < in->classes; c++)
		if (in->logits[c] > in->logits[best])
			best = c;
	for (int32_t c = 0; c < in->classes; c++)
		sum += power(in->logits[best], in->logits[c]);
	for (int32_t c = 0; c < in->classes; c++) {
		uint64_t weight = power(in->logits[best], in->logits[c]);
		/* A quotient only where there is one to speak of: most classes have none. */
		int32_t gradient = (weight << 10 < sum ? 0 : (int32_t)((weight << 15) / sum)) - (c == target ? ONE : 0);
		if (gradient > -ONE / 1024 && gradient < ONE / 1024)
			continue;
		/* Q15 * Q16, times 3 / 256 and 2^12 for the weights: Q31 to Q20 */
		int64_t step = ((int64_t)gradient * rate * VALUE_NUMERATOR * 16) >> 11;
		for (int32_t d = 0; d < dims; d++)
			if (in->embedding[d])
				move(in, d, c, in->embedding[d], step);
		/* A script can write there, since the memory is its own. */
		for (int32_t i = 0; i < in->lexical_count; i++)
			if (in->lexical[i] < in->buckets)
				move(in, dims + in->lexical[i], c, in->lexical_value, step);
	}
}
