/*
 * Attention around its two long loops, which each variant has of its own: dot products of the query with the
 * keys, and weighted sums of the values. All the rest is here, so that variants give the same bits.
 */
#ifndef RV_ATTENTION_LOOP_H
#define RV_ATTENTION_LOOP_H

#include "attention-steps.h"
#define RV_TABLE_EXP2
#include "kernel-tables.h"

/* scores[t] = q . k_t in units of 2^-fraction octaves; returns the largest. count: at least 1. */
typedef int32_t score_loop(const rv_attention *a, const rv_head *head, const int8_t *q, int32_t count, int32_t *scores);
/* sums[i] = sum of weights[t] * values[t][i], for all dimensions of the head. */
typedef void mix_loop(const rv_attention *a, const rv_head *head, const uint16_t *weights, int32_t count, int32_t *sums);

/* scores[t] = the score's distance from the top in 512ths of an octave, negative, as `powers` wants it. */
RV_LOOP void rescale(const rv_head *head, int32_t *scores, int32_t top, int32_t count)
{
	for (int32_t t = 0; t < count; t++)
		scores[t] = -(int32_t)(rv_below(head, top, scores[t]) >> 7);
}

/*
 * weights[t] = 2^-((top - score) * 2^-right / 512) in Q15, times the value scale relative to `exponent`, as
 * rv_weight makes them but for the reduction; returns the sum of the powers.
 */
RV_LOOP uint32_t powers(const int32_t *scores, int32_t top, int32_t right, const uint16_t *value_scales, int32_t exponent,
	int32_t count, uint16_t *weights)
{
	const uint16_t *table = rv_exp2_table;
	const int32_t *end = scores + count;
	const uint32_t reach = 16 * 512;
	uint32_t sum = 0;
	exponent += 12;
	do {
		uint32_t below = ((uint32_t)top - (uint32_t)*scores++) >> right, w = 0;
		if (below < reach) {
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
RV_LOOP int32_t largest_exponent(const uint16_t *value_scales, int32_t count)
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

/* As rv_attend_portable. */
static inline void attend_with(score_loop *score, mix_loop *mix, const rv_attention *a, int32_t position, const int8_t *queries,
	const rv_scale *query_scales, int32_t *mixed, void *scratch)
{
	int32_t *scores = scratch, count = position + 1, dim = a->head_dim;
	uint16_t *weights = (uint16_t *)(scores + RV_SCALE_STRIDE(a->capacity));
	const uint16_t *value_scales = 0;
	int32_t exponent = 0;
	for (int32_t h = 0; h < a->heads; h++, queries += dim, mixed += dim) {
		rv_head head = rv_head_of(a, h, query_scales + h);
		if (head.value_scales != value_scales) { /* the first head of a group */
			value_scales = head.value_scales;
			exponent = largest_exponent(value_scales, count);
		}
		int32_t top = score(a, &head, queries, count, scores);
		uint32_t sum = exponentials(&head, scores, top, count, exponent, weights);
		int32_t reduce = rv_reduce(sum);
		if (reduce)
			for (int32_t t = 0; t < count; t++)
				weights[t] >>= reduce;
		mix(a, &head, weights, count, mixed);
		rv_mean mean = rv_mean_for(sum, exponent + reduce);
		rv_requantiser z = rv_requantiser_for(mean.shift, 17);
		for (int32_t i = 0; i < dim; i++)
			mixed[i] = rv_requantise(&z, mean.multiplier, mixed[i]);
	}
}

#endif
