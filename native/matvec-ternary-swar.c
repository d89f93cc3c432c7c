/*
 * Ternary matrix times vector for 32-bit machines without vectors, above all RV32IMC: two products in one `mul`, as
 * matvec-int4-swar.c explains.
 *
 * A word of a row is sixteen codes of two bits. Q[k] = (w >> 4k) & 0x000F000F, k from 0 to 3, are two pairs of them,
 * one at the weight of four: Q = P + 4 P'. The sums of a group need 14 bits of the upper half, so all is computed
 * four times as large: 4 (P X + P' X') = Q X' + P (4 X - X'), and only P is masked once more. And since w is
 * Q[0] + Q[1] * 2^4 + Q[2] * 2^8 + Q[3] * 2^12, the whole word takes the place of Q[0].
 */
#include "simd-kernels.h"
#include "matvec-groups.h"
#include "matvec-rows.h"

#define LANES 0x00010001u

typedef struct {
	uint32_t start;
	uint32_t factors[16]; /* for each of two words: of Q[0] to Q[3], then of P[0] to P[3] */
} group;

/*
 * The upper half ends as four times a sum of at most 32 * 2 * 128 in magnitude, codes of 3 among them: -2^15 is
 * the lowest, and fits. `start` takes off that codes are weights + 1, and keeps the lower half from borrowing.
 */
static void prepare(group *g, const int8_t *x)
{
	uint32_t all = 0;
	for (int32_t half = 0; half < 2; half++, x += 16) {
		uint32_t *q = g->factors + 8 * half, *p = q + 4;
		for (int32_t k = 0; k < 4; k++) {
			/* Columns of P[k] are b and b + 2 of four, those of P'[k] four on. */
			const int8_t *c = x + (k & 1) * 8 + (k >> 1);
			uint32_t even = (uint32_t)c[2] + ((uint32_t)c[0] << 16), odd = (uint32_t)c[6] + ((uint32_t)c[4] << 16);
			all += even + odd;
			q[k] = odd;
			p[k] = 4 * even - odd;
		}
		q[1] -= q[0] << 4;
		q[2] -= q[0] << 8;
		q[3] -= q[0] << 12;
	}
	g->start = 0x8000 - 4 * LANES * all;
}

/* The sums of eight rows. */
RV_LOOP void multiply(int32_t *sums, const uint32_t *w, const uint8_t *scales, const group *g, const group *end)
{
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	do {
		uint32_t a0 = g->start, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
		const uint32_t *factors = g++->factors, *group_end = factors + 16;
		do {
			uint32_t q0 = factors[0], q1 = factors[1], q2 = factors[2], q3 = factors[3];
			uint32_t p0 = factors[4], p1 = factors[5], p2 = factors[6], p3 = factors[7];
			factors += 8;
#define STEP(r, k) v >>= 4; a##r += (v & 15 * LANES) * q##k; a##r += (v & 3 * LANES) * p##k;
#define ROW(r) { uint32_t v = w[2 * r]; a##r += v * q0; a##r += (v & 3 * LANES) * p0; STEP(r, 1) STEP(r, 2) STEP(r, 3) }
			ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
#undef STEP
			w++;
		} while (factors < group_end);
		w += RV_TILE_BYTES_TERNARY / 4 - 2;
		s0 += scales[0] * ((int32_t)a0 >> 18); s1 += scales[1] * ((int32_t)a1 >> 18);
		s2 += scales[2] * ((int32_t)a2 >> 18); s3 += scales[3] * ((int32_t)a3 >> 18);
		s4 += scales[4] * ((int32_t)a4 >> 18); s5 += scales[5] * ((int32_t)a5 >> 18);
		s6 += scales[6] * ((int32_t)a6 >> 18); s7 += scales[7] * ((int32_t)a7 >> 18);
		scales += RV_TILE_ROWS;
	} while (g < end);
	sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
	sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}

void rv_matvec_ternary_swar(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = rv_groups(m->columns), sums[RV_TILE_ROWS];
	if (!rv_has_words(m)) {
		rv_matvec_ternary_portable(out, m, x, scale, add, scratch);
		return;
	}
	rv_requantiser z = rv_grouped_requantiser(m, scale, RV_TERNARY_BITS);
	const uint8_t *tiles = m->tiles, *group_scales = m->group_scales;
	group *g = scratch;
	for (int32_t i = 0; i < groups; i++)
		prepare(g + i, x + i * RV_GROUP);
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		multiply(sums, (const uint32_t *)(const void *)tiles, group_scales, g, g + groups);
		store_rows(out + row, sums, m->scales + row, m->rows - row, scale->mantissa, &z, add);
		tiles += groups * RV_TILE_BYTES_TERNARY;
		group_scales += groups * RV_TILE_ROWS;
	}
}
