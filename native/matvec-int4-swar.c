/*
 * INT4 matrix times vector for 32-bit machines without vectors, above all RV32IMC: two products in one `mul`.
 *
 * A word of a row is eight nibbles. P[k] = (w >> 4k) & 0x000F000F are two of them, k from 0 to 3, 16 bits apart;
 * P * (x1 + x0 * 2^16) has p0 * x0 + p1 * x1 in its upper half, and p0 * x1 in its lower one. Modulo 2^32 all
 * of this is exact, whatever overflows on the way: at the end of a group the upper half must fit 16 bits, and
 * (nibble - 8) * x does, summed over 32 columns. So `start` takes the eights off, and adds half of 2^16, which
 * keeps the lower half from borrowing.
 *
 * Since w is P[0] + P[1] * 2^4 + P[2] * 2^8 + P[3] * 2^12, the whole word takes the place of P[0], and the
 * other factors make up for it: three masks, not four.
 */
#include "simd-kernels.h"
#include "matvec-rows.h"

#define LANES 0x00010001u

typedef struct {
	uint32_t start;
	uint32_t pairs[16]; /* for each of four words: P[0] to P[3] */
} group;

/* Returns 0 for a group that is -128 throughout: 32 * 8 * 128 is one more than 16 bits hold. */
static int prepare(group *g, const int8_t *x)
{
	uint32_t all = 0;
	for (int32_t i = 0; i < 4; i++, x += 4) {
		uint32_t *pairs = g->pairs + 4 * i;
		uint32_t x0 = (uint32_t)x[2] + ((uint32_t)x[0] << 16), x1 = (uint32_t)x[18] + ((uint32_t)x[16] << 16);
		uint32_t x2 = (uint32_t)x[3] + ((uint32_t)x[1] << 16), x3 = (uint32_t)x[19] + ((uint32_t)x[17] << 16);
		all += x0 + x1 + x2 + x3;
		pairs[0] = x0;
		pairs[1] = x1 - (x0 << 4);
		pairs[2] = x2 - (x0 << 8);
		pairs[3] = x3 - (x0 << 12);
	}
	g->start = 0x8000 - 8 * LANES * all;
	return all != LANES * (uint32_t)(16 * -128);
}

/* The sums of eight rows. */
RV_LOOP void multiply(int32_t *sums, const uint32_t *w, const uint8_t *scales, const group *g, const group *end)
{
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	do {
		uint32_t a0 = g->start, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
		const uint32_t *pairs = g++->pairs, *group_end = pairs + 16;
		do {
			uint32_t x0 = pairs[0], x1 = pairs[1], x2 = pairs[2], x3 = pairs[3];
			pairs += 4;
#define ROW(r) { uint32_t v = w[4 * r]; \
	a##r += v * x0; a##r += (v >> 4 & 15 * LANES) * x1; a##r += (v >> 8 & 15 * LANES) * x2; a##r += (v >> 12 & 15 * LANES) * x3; }
			ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
			w++;
		} while (pairs < group_end);
		w += RV_TILE_BYTES / 4 - 4;
		s0 += scales[0] * ((int32_t)a0 >> 16); s1 += scales[1] * ((int32_t)a1 >> 16);
		s2 += scales[2] * ((int32_t)a2 >> 16); s3 += scales[3] * ((int32_t)a3 >> 16);
		s4 += scales[4] * ((int32_t)a4 >> 16); s5 += scales[5] * ((int32_t)a5 >> 16);
		s6 += scales[6] * ((int32_t)a6 >> 16); s7 += scales[7] * ((int32_t)a7 >> 16);
		scales += RV_TILE_ROWS;
	} while (g < end);
	sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
	sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}

void rv_matvec_int4_swar(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP, sums[RV_TILE_ROWS];
	rv_requantiser z = rv_grouped_requantiser(m, scale, RV_INT4_BITS);
	const uint8_t *tiles = m->tiles, *group_scales = m->group_scales;
	group *g = scratch;
	for (int32_t i = 0; i < groups; i++)
		if (!prepare(g + i, x + i * RV_GROUP)) {
			rv_matvec_int4_portable(out, m, x, scale, add, scratch);
			return;
		}
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		multiply(sums, (const uint32_t *)(const void *)tiles, group_scales, g, g + groups);
		store_rows(out + row, sums, m->scales + row, m->rows - row, scale->mantissa, &z, add);
		tiles += groups * RV_TILE_BYTES;
		group_scales += groups * RV_TILE_ROWS;
	}
}
