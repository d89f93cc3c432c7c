/* The two long loops of attention, in portable C. */
#ifndef RV_ATTENTION_PORTABLE_H
#define RV_ATTENTION_PORTABLE_H

#include "attention-loop.h"

/* scores[t] = q . k_t in units of 2^-fraction octaves; returns the largest. */
RV_LOOP int32_t score(const rv_attention *a, const rv_head *head, const int8_t *q, int32_t count, int32_t *scores)
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
RV_LOOP int32_t score8(const rv_head *head, const int8_t *q, int32_t count, int32_t *scores)
{
	int32_t unit = 1 << head->dot_shift, top = INT32_MIN;
	int32_t q0 = q[0] * unit, q1 = q[1] * unit, q2 = q[2] * unit, q3 = q[3] * unit;
	int32_t q4 = q[4] * unit, q5 = q[5] * unit, q6 = q[6] * unit, q7 = q[7] * unit;
	uint32_t mantissa = (uint32_t)head->query_mantissa << 4;
	const int8_t *k = head->keys;
	const uint16_t *key_scale = head->key_scales;
	const int32_t *end = scores + count;
#define POSITION(k, t) { \
	int32_t dot = q0 * k[0] + q1 * k[1] + q2 * k[2] + q3 * k[3] + q4 * k[4] + q5 * k[5] + q6 * k[6] + q7 * k[7]; \
	int32_t s = rv_score_shifted(dot, mantissa, key_scale[t]); \
	scores[t] = s; \
	if (s > top) \
		top = s; }
	for (; end - scores >= 2; k += 16, key_scale += 2, scores += 2) {
		const int8_t *next = k + 8;
		POSITION(k, 0)
		POSITION(next, 1)
	}
	if (scores < end)
		POSITION(k, 0)
#undef POSITION
	return top;
}

/* Eight dimensions of the weighted sums, in registers. Many weights are zero: those positions are passed over. */
RV_LOOP void mix8(const int8_t *v, int32_t dim, const uint16_t *weights, int32_t count, int32_t *sums)
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

RV_LOOP void mix2(const int8_t *v, int32_t dim, const uint16_t *weights, int32_t count, int32_t *sums)
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

static int32_t score_any(const rv_attention *a, const rv_head *head, const int8_t *q, int32_t count, int32_t *scores)
{
	return a->head_dim == 8 ? score8(head, q, count, scores) : score(a, head, q, count, scores);
}

static void mix(const rv_attention *a, const rv_head *head, const uint16_t *weights, int32_t count, int32_t *sums)
{
	int32_t dim = a->head_dim, i = 0;
	for (; i + 8 <= dim; i += 8)
		mix8(head->values + i, dim, weights, count, sums + i);
	for (; i < dim; i += 2)
		mix2(head->values + i, dim, weights, count, sums + i);
}

#endif
