/* Matrix times vector and row look-up: the portable reference. */
#include "simd-kernels.h"
#include "fixed-point.h"

void rv_embed(int32_t *out, const rv_matrix *m, int32_t row)
{
	int32_t chunks = (m->columns + RV_TILE_COLUMNS - 1) / RV_TILE_COLUMNS;
	const int8_t *w = m->tiles + (row / RV_TILE_ROWS) * chunks * RV_TILE_BYTES + (row % RV_TILE_ROWS) * RV_TILE_COLUMNS;
	int32_t scale = m->scales[row];
	rv_requantiser z = rv_requantiser_for(m->shift - 16, 7);
	for (int32_t *end = out + m->columns; out < end; w += RV_TILE_BYTES)
		for (int32_t c = 0; c < RV_TILE_COLUMNS && out < end; c++)
			*out++ = rv_requantise(&z, w[c], scale);
}

/*
 * Eight rows at a time: each activation is loaded once for eight products, and every load has a
 * constant offset. Eight sums, two pointers and an activation fit the registers of RV32 and Xtensa.
 */
void rv_matvec_portable(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add)
{
	const int8_t *w = m->tiles;
	const int8_t *x_end = x + ((m->columns + RV_TILE_COLUMNS - 1) & ~(RV_TILE_COLUMNS - 1));
	rv_requantiser z = rv_int8_requantiser(m, scale);
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		int32_t sums[RV_TILE_ROWS];
		int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
		for (const int8_t *p = x; p < x_end; p += RV_TILE_COLUMNS, w += RV_TILE_BYTES) {
#define STEP(c) { int32_t a = p[c]; \
	s0 += w[c] * a; s1 += w[16 + c] * a; s2 += w[32 + c] * a; s3 += w[48 + c] * a; \
	s4 += w[64 + c] * a; s5 += w[80 + c] * a; s6 += w[96 + c] * a; s7 += w[112 + c] * a; }
			STEP(0) STEP(1) STEP(2) STEP(3) STEP(4) STEP(5) STEP(6) STEP(7)
			STEP(8) STEP(9) STEP(10) STEP(11) STEP(12) STEP(13) STEP(14) STEP(15)
#undef STEP
		}
		sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
		sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
		int32_t rows = m->rows - row < RV_TILE_ROWS ? m->rows - row : RV_TILE_ROWS;
		for (int32_t r = 0; r < rows; r++) {
			/* Below 2^31: 15 bits times 16. */
			int32_t multiplier = (int32_t)(m->scales[row + r] * scale->mantissa);
			int32_t y = rv_requantise(&z, sums[r], multiplier);
			out[row + r] = add ? rv_add(out[row + r], y) : y;
		}
	}
}
