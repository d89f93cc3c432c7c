/* Softmax attention over the INT8 cache: the portable reference. */
#include "simd-kernels.h"
#include "fixed-point.h"
#include "attention-steps.h"
#define RV_TABLE_EXP2
#include "kernel-tables.h"

int32_t rv_attention_scratch_size(int32_t capacity)
{
	/* 32-bit scores, then 16-bit weights; both rounded up to whole vectors. */
	return RV_SCALE_STRIDE(capacity) * 6 + 64;
}

/* Each loop is a function of its own, and ends with its test: compilers that save space then keep it in registers. */
#define LOOP static __attribute__((noinline))

/* scores[t] = q . k_t in units of 2^-fraction octaves; returns the largest. */
LOOP int32_t score(const rv_attention *a, const rv_head *head, const int8_t *q, int32_t count, int32_t *scores)
{
	int32_t dim = a->head_dim, top = INT32_MIN;
	const int8_t *k = head->keys;
	const uint16_t *key_scale = head->key_scales;
	const int32_t *end = scores + count;
	do {
		int32_t dot = 0;
		for (int32_t i = 0; i < dim; i += 2)
			dot += q[i] * k[i] + q[i + 1] * k[i + 1];
		int32_t s = rv_score(head, dot, *key_scale++);
		*scores++ = s;
		if (s > top)
			top = s;
		k += dim;
	} while (scores < end);
	return top;
}

/* The same for heads of eight dimensions, which stay in registers, already shifted. */
LOOP int32_t score8(const rv_head *head, const int8_t *q, int32_t count, int32_t *scores)
{
	int32_t unit = 1 << head->dot_shift, top = INT32_MIN;
	int32_t q0 = q[0] * unit, q1 = q[1] * unit, q2 = q[2] * unit, q3 = q[3] * unit;
	int32_t q4 = q[4] * unit, q5 = q[5] * unit, q6 = q[6] * unit, q7 = q[7] * unit;
	uint32_t mantissa = (uint32_t)head->query_mantissa << 4;
	const int8_t *k = head->keys;
	const uint16_t *key_scale = head->key_scales;
	const int32_t *end = scores + count;
	do {
		int32_t dot = q0 * k[0] + q1 * k[1] + q2 * k[2] + q3 * k[3] + q4 * k[4] + q5 * k[5] + q6 * k[6] + q7 * k[7];
		int32_t s = rv_score_shifted(dot, mantissa, *key_scale++);
		*scores++ = s;
		if (s > top)
			top = s;
		k += 8;
	} while (scores < end);
	return top;
}

/* scores[t] = the score's distance from the top in 512ths of an octave, negative, as `powers` wants it. */
LOOP void rescale(const rv_head *head, int32_t *scores, int32_t top, int32_t count)
{
	for (int32_t t = 0; t < count; t++)
		scores[t] = -(int32_t)(rv_below(head, top, scores[t]) >> 7);
}

/*
 * weights[t] = 2^-((top - score) * 2^-right / 512) in Q15, times the value scale relative to `exponent`, as
 * rv_weight makes them but for the reduction; returns the sum of the powers.
 */
LOOP uint32_t powers(const int32_t *scores, int32_t top, int32_t right, const uint16_t *value_scales, int32_t exponent,
	int32_t count, uint16_t *weights)
{
	const uint16_t *table = rv_exp2_table;
	const int32_t *end = scores + count;
	uint32_t sum = 0;
	exponent += 12;
	do {
		uint32_t below = ((uint32_t)top - (uint32_t)*scores++) >> right, w = 0;
		if (!(below >> 13)) {
			uint32_t scale = *value_scales;
			w = (uint32_t)table[below & 511] >> (below >> 9);
			sum += w;
			w = w * (scale & 4095) >> (exponent - (int32_t)(scale >> 12));
		}
		value_scales++;
		*weights++ = (uint16_t)w;
	} while (scores < end);
	return sum;
}

static uint32_t exponentials(const rv_head *head, int32_t *scores, int32_t top, int32_t count, int32_t exponent, uint16_t *weights)
{
	/* rv_below >> 7 is one shift, unless scores have fewer than 9 fraction bits, or more than 40. */
	int32_t right = head->fraction - 9;
	if (right < 0 || right > 31) {
		rescale(head, scores, top, count);
		top = right = 0;
	}
	return powers(scores, top, right, head->value_scales, exponent, count, weights);
}

/* The largest exponent of the value scales. */
LOOP int32_t largest_exponent(const uint16_t *value_scales, int32_t count)
{
	const uint16_t *end = value_scales + count;
	uint32_t largest = 0;
	do {
		uint32_t scale = *value_scales++;
		if (scale > largest)
			largest = scale;
	} while (value_scales < end);
	return (int32_t)(largest >> 12);
}

/* Eight dimensions of the weighted sums, in registers. Many weights are zero: those positions are passed over. */
LOOP void mix8(const int8_t *v, int32_t dim, const uint16_t *weights, int32_t count, int32_t *sums)
{
	const uint16_t *end = weights + count;
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	do {
		int32_t w = *weights++;
		if (w) {
			s0 += w * v[0]; s1 += w * v[1]; s2 += w * v[2]; s3 += w * v[3];
			s4 += w * v[4]; s5 += w * v[5]; s6 += w * v[6]; s7 += w * v[7];
		}
		v += dim;
	} while (weights < end);
	sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
	sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}

LOOP void mix2(const int8_t *v, int32_t dim, const uint16_t *weights, int32_t count, int32_t *sums)
{
	const uint16_t *end = weights + count;
	int32_t s0 = 0, s1 = 0;
	do {
		int32_t w = *weights++;
		s0 += w * v[0];
		s1 += w * v[1];
		v += dim;
	} while (weights < end);
	sums[0] = s0;
	sums[1] = s1;
}

/* mixed[i] = sum of weights * values, divided by the sum of probabilities. */
static void mix(const rv_attention *a, const rv_head *head, int32_t count, uint16_t *weights, uint32_t sum, int32_t exponent, int32_t *mixed)
{
	int32_t dim = a->head_dim, i = 0, reduce = rv_reduce(sum);
	if (reduce)
		for (int32_t t = 0; t < count; t++)
			weights[t] >>= reduce;
	for (; i + 8 <= dim; i += 8)
		mix8(head->values + i, dim, weights, count, mixed + i);
	for (; i < dim; i += 2)
		mix2(head->values + i, dim, weights, count, mixed + i);
	rv_mean mean = rv_mean_for(sum, exponent + reduce);
	rv_requantiser z = rv_requantiser_for(mean.shift, 17);
	for (i = 0; i < dim; i++)
		mixed[i] = rv_requantise(&z, mean.multiplier, mixed[i]);
}

void rv_attend_portable(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales,
	int32_t *mixed, void *scratch)
{
	int32_t *scores = scratch;
	uint16_t *weights = (uint16_t *)(scores + RV_SCALE_STRIDE(a->capacity));
	const uint16_t *value_scales = 0;
	int32_t exponent = 0;
	for (int32_t h = 0; h < a->heads; h++) {
		rv_head head = rv_head_of(a, h, query_scales + h);
		if (head.value_scales != value_scales) { /* the first head of a group */
			value_scales = head.value_scales;
			exponent = largest_exponent(value_scales, position + 1);
		}
		const int8_t *q = queries + h * a->head_dim;
		int32_t top = a->head_dim == 8 ? score8(&head, q, position + 1, scores) : score(a, &head, q, position + 1, scores);
		uint32_t sum = exponentials(&head, scores, top, position + 1, exponent, weights);
		mix(a, &head, position + 1, weights, sum, exponent, mixed + h * a->head_dim);
	}
}
