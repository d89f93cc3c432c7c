/* What products with grouped weights share: sums of the activations, and the end of a row. */
#ifndef RV_MATVEC_GROUPS_H
#define RV_MATVEC_GROUPS_H

#include "fixed-point.h"

static inline int32_t rv_groups(int32_t columns)
{
	return (columns + RV_GROUP - 1) / RV_GROUP;
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

static inline void rv_store_row(int32_t *out, int32_t sum, uint16_t row_scale, const rv_scale *scale, const rv_requantiser *z, int add)
{
	/* Below 2^31: 15 bits times 16. */
	int32_t y = rv_requantise(z, sum, (int32_t)(row_scale * scale->mantissa));
	*out = add ? rv_add(*out, y) : y;
}

#endif
