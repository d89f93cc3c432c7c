/* The scalar steps of attention, which every variant repeats bit for bit. */
#ifndef RV_ATTENTION_STEPS_H
#define RV_ATTENTION_STEPS_H

#include "fixed-point.h"

/* What one query head needs of its layer: its group's cache, and how its scores are scaled. */
typedef struct {
	const int8_t *keys, *values;
	const uint16_t *key_scales, *value_scales;
	int32_t dot_shift;        /* brings a dot product to 31 bits */
	int32_t query_mantissa;   /* below 2^15 */
	int32_t fraction;         /* fraction bits of a score, in octaves (log2) */
} rv_head;

static inline rv_head rv_head_of(const rv_attention *a, int32_t h, const rv_scale *query_scale)
{
	rv_head head;
	int32_t group = h / (a->heads / a->kv_heads);
	int32_t stride = RV_SCALE_STRIDE(a->capacity);
	head.keys = a->keys + group * a->capacity * a->head_dim;
	head.values = a->values + group * a->capacity * a->head_dim;
	head.key_scales = a->key_scales + group * stride;
	head.value_scales = a->value_scales + group * stride;
	/* |dot| < 2^14 * head_dim. */
	head.dot_shift = 30 - 14 - rv_bits((uint32_t)a->head_dim - 1);
	/* query step * log2(e) / (127 sqrt(dim)) / 2^16 = mantissa * 2^-shift with 15 bits. */
	uint32_t mantissa = query_scale->mantissa * a->score_mantissa; /* below 2^31 */
	int32_t shift = rv_shift_of(query_scale) + a->score_shift + 16;
	int32_t drop = rv_bits(mantissa) - 15;
	head.query_mantissa = (int32_t)(drop > 0 ? mantissa >> drop : mantissa);
	if (drop > 0)
		shift -= drop;
	/* rv_score multiplies by 2^(dot_shift + 4 - 32 - 15) on the way. */
	head.fraction = shift + head.dot_shift - 43;
	return head;
}

/*
 * dot * key scale * query scale; two floors, so that 32-bit machines need one high product. For loops: dot is
 * shifted to the left already, by head->dot_shift, and `mantissa` is head->query_mantissa, by 4.
 */
static inline int32_t rv_score_shifted(int32_t dot, uint32_t mantissa, uint32_t key_scale)
{
	return rv_mulh(dot, (int32_t)((key_scale & 4095) * mantissa)) >> (15 - (key_scale >> 12));
}

static inline int32_t rv_score(const rv_head *head, int32_t dot, uint32_t key_scale)
{
	return rv_score_shifted(dot * (1 << head->dot_shift), (uint32_t)head->query_mantissa << 4, key_scale);
}

/* How far a score lies below the top, in octaves Q16; at least 16 octaves when it is out of reach. */
static inline uint32_t rv_below(const rv_head *head, int32_t top, int32_t score)
{
	uint32_t below = (uint32_t)top - (uint32_t)score;
	int32_t shift = 16 - head->fraction;
	if (shift <= 0)
		return shift < -31 ? 0 : below >> -shift;
	if (shift > 20)
		shift = 20;
	return below >> (20 - shift) ? 1u << 20 : below << shift;
}

/* Bits to drop so that the weights' sum stays below 2^24, and 2^24 * 127 inside 31 bits. */
static inline int32_t rv_reduce(uint32_t sum)
{
	int32_t bits = rv_bits(sum);
	return bits > 24 ? bits - 24 : 0;
}

/* probability (Q15) * value scale, relative to the largest exponent: below 2^15. In two steps: both may make 33. */
static inline uint32_t rv_weight(uint32_t probability, uint32_t value_scale, int32_t down)
{
	return (probability * (value_scale & 4095)) >> 12 >> (down - (int32_t)(value_scale >> 12));
}

/* Division of the weighted sums by the sum of probabilities and by 127. */
typedef struct {
	int32_t multiplier, shift;
} rv_mean;

static inline rv_mean rv_mean_for(uint32_t sum, int32_t down)
{
	rv_mean mean;
	uint32_t divisor = sum ? sum : 1;
	int32_t drop = rv_bits(divisor) - 16;
	divisor = drop > 0 ? divisor >> drop : divisor << -drop;  /* [2^15, 2^16) */
	mean.multiplier = (int32_t)(0x7FFFFFFFu / divisor);       /* 2^31 / divisor: 15 to 16 bits */
	mean.multiplier = (mean.multiplier << 7) / 127;           /* 16 to 17 bits; times 127 / 2^7 */
	/* mixed = acc * 2^(12 + down) / (127 sum), in Q16. */
	mean.shift = 31 + 7 + drop - 12 - down;
	return mean;
}

static inline int32_t rv_mean_of(const rv_mean *mean, int32_t acc)
{
	return rv_scale_down((int64_t)acc * mean->multiplier, mean->shift);
}

#endif
