/* What ends a matrix product for each row: from sums to Q16. */
#ifndef RV_MATVEC_ROWS_H
#define RV_MATVEC_ROWS_H

#include "fixed-point.h"

RV_LOOP void store_any(int32_t *out, const int32_t *sums, const uint16_t *scales, int32_t rows, uint32_t mantissa,
	const rv_requantiser *z, int add)
{
	const int32_t *end = sums + (rows < RV_TILE_ROWS ? rows : RV_TILE_ROWS);
	do {
		/* Below 2^31: 15 bits times 16. */
		int32_t y = rv_requantise(z, *sums++, (int32_t)(*scales++ * mantissa));
		*out = add ? rv_add(*out, y) : y;
		out++;
	} while (sums < end);
}

#define VALUE(r) ((rv_mulh((int32_t)((uint32_t)sums[r] << left), (int32_t)(scales[r] * mantissa)) + round) >> right)

RV_LOOP void store_eight(int32_t *out, const int32_t *sums, const uint16_t *scales, uint32_t mantissa, const rv_requantiser *z)
{
	int32_t left = z->left, right = z->right, round = z->round;
#define ROW(r) out[r] = VALUE(r);
	ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
}

RV_LOOP void add_eight(int32_t *out, const int32_t *sums, const uint16_t *scales, uint32_t mantissa, const rv_requantiser *z)
{
	int32_t left = z->left, right = z->right, round = z->round;
#define ROW(r) out[r] = rv_add(out[r], VALUE(r));
	ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
}
#undef VALUE

/* out[r] = sums[r] * scales[r] * mantissa * 2^-shift for up to eight rows, added when `add`. */
static inline void store_rows(int32_t *out, const int32_t *sums, const uint16_t *scales, int32_t rows, uint32_t mantissa,
	const rv_requantiser *z, int add)
{
	if (rows < RV_TILE_ROWS || !z->right)
		store_any(out, sums, scales, rows, mantissa, z, add);
	else if (add)
		add_eight(out, sums, scales, mantissa, z);
	else
		store_eight(out, sums, scales, mantissa, z);
}

#endif
