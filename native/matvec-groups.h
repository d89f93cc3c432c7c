/* What products with grouped weights share: sums of the activations, and the end of a row. */
#ifndef RV_MATVEC_GROUPS_H
#define RV_MATVEC_GROUPS_H

#include "fixed-point.h"

static inline int32_t rv_groups(int32_t columns)
{
	return (columns + RV_GROUP - 1) / RV_GROUP;
}

/* Whether tiles can be read by words; files in memory of the SDK may lie anywhere. */
static inline int rv_has_words(const rv_matrix_grouped *m)
{
	return ((uintptr_t)m->tiles & 3) == 0;
}

/* Sum of the activations of each group: codes are weights plus a constant, and this takes it off again. */
static inline void rv_group_sums(int32_t *sums, const int8_t *x, int32_t groups)
{
	for (int32_t g = 0; g < groups; g++, x += RV_GROUP) {
		int32_t sum = 0;
		for (int32_t c = 0; c < RV_GROUP; c++)
			sum += x[c];
		sums[g] = sum;
	}
}

/* Four bytes of a row as a word, the first the lowest. */
static inline uint32_t rv_word(const uint8_t *w)
{
	return w[0] | (uint32_t)w[1] << 8 | (uint32_t)w[2] << 16 | (uint32_t)w[3] << 24;
}

/* Sum over one group of code * x. Plain, so that compilers make vectors of it where there are any. */
static inline int32_t rv_group_dot(const uint8_t *codes, const int8_t *x)
{
	int32_t sum = 0;
	for (int32_t c = 0; c < RV_GROUP; c++)
		sum += (int16_t)codes[c] * (int16_t)x[c];
	return sum;
}

static inline void rv_store_row(int32_t *out, int32_t sum, uint16_t row_scale, const rv_scale *scale, const rv_requantiser *z, int add)
{
	/* Below 2^31: 15 bits times 16. */
	int32_t y = rv_requantise(z, sum, (int32_t)(row_scale * scale->mantissa));
	*out = add ? rv_add(*out, y) : y;
}

#endif
