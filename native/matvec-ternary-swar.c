/*
 * Ternary matrix times vector for 32-bit machines without vectors: two products in one `mul`, as matvec-int4-swar.c
 * explains. A word of a row is sixteen codes of two bits; P[k] = (w >> 2k) & 0x00030003 are two of them, k from 0 to 7,
 * eight columns apart. The whole word takes the place of P[0].
 */
#include "simd-kernels.h"
#include "matvec-rows.h"

#define LANES 0x00010001u
#define CODES (3 * LANES)

typedef struct {
	uint32_t start;
	uint32_t factors[2][8];
} group;

static void prepare(group *g, const int8_t *x)
{
	uint32_t all = 0;
	for (int32_t i = 0; i < 2; i++, x += 16) {
		uint32_t first = 0;
		for (int32_t k = 0; k < 8; k++) {
			uint32_t factor = (uint32_t)x[8 + k] + ((uint32_t)x[k] << 16);
			all += factor;
			if (k == 0)
				first = factor;
			g->factors[i][k] = k ? factor - (first << (2 * k)) : factor;
		}
	}
	g->start = 0x8000 - LANES * all;
}

/* The sums of eight rows; four factors at a time fit the registers beside eight sums. */
RV_LOOP void multiply(int32_t *sums, const uint32_t *w, const uint8_t *scales, const group *g, const group *end)
{
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	do {
		uint32_t a0 = g->start, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
		const uint32_t *x = g->factors[0], *x_end = g->factors[2];
		g++;
		do {
			uint32_t x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
#define ROW(r) { uint32_t v = w[2 * r]; \
	a##r += v * x0; a##r += (v >> 2 & CODES) * x1; a##r += (v >> 4 & CODES) * x2; a##r += (v >> 6 & CODES) * x3; }
			ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
			x0 = x[4], x1 = x[5], x2 = x[6], x3 = x[7];
			x += 8;
#define ROW(r) { uint32_t v = w[2 * r]; \
	a##r += (v >> 8 & CODES) * x0; a##r += (v >> 10 & CODES) * x1; a##r += (v >> 12 & CODES) * x2; a##r += (v >> 14 & CODES) * x3; }
			ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
			w++;
		} while (x < x_end);
		w += RV_TERNARY_TILE_BYTES / 4 - 2;
		s0 += scales[0] * ((int32_t)a0 >> 16); s1 += scales[1] * ((int32_t)a1 >> 16);
		s2 += scales[2] * ((int32_t)a2 >> 16); s3 += scales[3] * ((int32_t)a3 >> 16);
		s4 += scales[4] * ((int32_t)a4 >> 16); s5 += scales[5] * ((int32_t)a5 >> 16);
		s6 += scales[6] * ((int32_t)a6 >> 16); s7 += scales[7] * ((int32_t)a7 >> 16);
		scales += RV_TILE_ROWS;
	} while (g < end);
	sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
	sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}

void rv_matvec_ternary_swar(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP, sums[RV_TILE_ROWS];
	rv_requantiser z = rv_unit_requantiser(m, scale);
	const uint8_t *tiles = m->tiles, *group_scales = m->group_scales;
	group *g = scratch;
	for (int32_t i = 0; i < groups; i++)
		prepare(g + i, x + i * RV_GROUP);
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		multiply(sums, (const uint32_t *)(const void *)tiles, group_scales, g, g + groups);
		store_rows(out + row, sums, m->scales + row, m->rows - row, scale->mantissa, &z, add);
		tiles += groups * RV_TERNARY_TILE_BYTES;
		group_scales += groups * RV_TILE_ROWS;
	}
}
