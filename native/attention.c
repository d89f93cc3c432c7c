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

/* scores[t] = q . k_t in units of 2^-fraction octaves; returns the largest. */
static int32_t score(const rv_attention *a, const rv_head *head, const int8_t *q, int32_t count, int32_t *scores)
{
	int32_t dim = a->head_dim, top = INT32_MIN;
	const int8_t *k = head->keys;
	for (int32_t t = 0; t < count; t++, k += dim) {
		int32_t dot = 0;
		for (int32_t i = 0; i < dim; i += 2)
			dot += q[i] * k[i] + q[i + 1] * k[i + 1];
		int32_t s = rv_score(head, dot, head->key_scales[t]);
		scores[t] = s;
		if (s > top)
			top = s;
	}
	return top;
}

/* weights[t] = 2^(score - top) in Q15; returns their sum. */
static uint32_t exponentials(const rv_head *head, const int32_t *scores, int32_t top, int32_t count, uint16_t *weights)
{
	uint32_t sum = 0;
	for (int32_t t = 0; t < count; t++) {
		uint32_t below = rv_below(head, top, scores[t]);
		uint32_t w = below >> 20 ? 0 : (uint32_t)rv_exp2_table[(below >> 7) & 511] >> (below >> 16);
		weights[t] = (uint16_t)w;
		sum += w;
	}
	return sum;
}

/* mixed[i] = sum of weights * value scales * values, eight dimensions in registers at a time. */
static void mix(const rv_attention *a, const rv_head *head, int32_t count, uint16_t *weights, uint32_t sum, int32_t *mixed)
{
	int32_t dim = a->head_dim;
	int32_t exponent = 0, reduce = rv_reduce(sum);
	for (int32_t t = 0; t < count; t++)
		if (head->value_scales[t] >> 12 > exponent)
			exponent = head->value_scales[t] >> 12;
	for (int32_t t = 0; t < count; t++)
		weights[t] = (uint16_t)rv_weight(weights[t], head->value_scales[t], exponent + reduce);
	rv_mean mean = rv_mean_for(sum, exponent + reduce);
	for (int32_t i = 0; i < dim; i += 2) {
		int32_t s0 = 0, s1 = 0;
		const int8_t *v = head->values + i;
		for (int32_t t = 0; t < count; t++, v += dim) {
			int32_t w = weights[t];
			s0 += w * v[0];
			s1 += w * v[1];
		}
		mixed[i] = rv_mean_of(&mean, s0);
		mixed[i + 1] = rv_mean_of(&mean, s1);
	}
}

void rv_attend_portable(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales,
	int32_t *mixed, void *scratch)
{
	int32_t *scores = scratch;
	uint16_t *weights = (uint16_t *)(scores + RV_SCALE_STRIDE(a->capacity));
	for (int32_t h = 0; h < a->heads; h++) {
		rv_head head = rv_head_of(a, h, query_scales + h);
		int32_t top = score(a, &head, queries + h * a->head_dim, position + 1, scores);
		uint32_t sum = exponentials(&head, scores, top, position + 1, weights);
		mix(a, &head, position + 1, weights, sum, mixed + h * a->head_dim);
	}
}
