/*
 * Binary matrix times vector for 32-bit machines without vectors: by tables instead of products. For four columns there
 * are 16 sums of +x and -x; made once, each row takes four columns with one load and one addition (Wei et al. 2024,
 * T-MAC). 16-bit entries hold them: at most 4 * 128.
 */
#include "simd-kernels.h"
#include "matvec-rows.h"

typedef int16_t sums_of_four[16];

/* Of the signs in the bits of an entry's place, 1 for plus: each differs from an earlier one by one column. */
RV_LOOP void prepare(sums_of_four *table, const int8_t *x, const int8_t *end)
{
	do {
		int16_t *t = *table++;
		int32_t a = x[0], b = x[1], c = x[2], d = x[3], sum = -a - b - c - d;
		x += 4;
		a *= 2; b *= 2; c *= 2; d *= 2;
#define FOUR(n, base) { int32_t s = base; \
	t[n] = (int16_t)s; t[n + 1] = (int16_t)(s + a); s += b; t[n + 2] = (int16_t)s; t[n + 3] = (int16_t)(s + a); }
		FOUR(0, sum) FOUR(4, sum + c) FOUR(8, sum + d) FOUR(12, sum + c + d)
#undef FOUR
	} while (x < end);
}

/* The sums of eight rows. */
RV_LOOP void multiply(int32_t *sums, const uint32_t *w, const uint8_t *scales, const sums_of_four *table, const sums_of_four *end)
{
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	do {
		const uint8_t *t = (const uint8_t *)table;
#define ENTRY(k, bits) (*(const int16_t *)(const void *)(t + ((bits) & 30) + 32 * k))
#define ROW(r) { uint32_t v = w[r]; \
	s##r += scales[r] * (ENTRY(0, v << 1) + ENTRY(1, v >> 3) + ENTRY(2, v >> 7) + ENTRY(3, v >> 11) \
		+ ENTRY(4, v >> 15) + ENTRY(5, v >> 19) + ENTRY(6, v >> 23) + ENTRY(7, v >> 27)); }
		ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
		w += RV_TILE_ROWS;
		scales += RV_TILE_ROWS;
		table += RV_GROUP / 4;
	} while (table < end);
	sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
	sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}

void rv_matvec_binary_table(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP, sums[RV_TILE_ROWS];
	rv_requantiser z = rv_unit_requantiser(m, scale);
	const uint8_t *tiles = m->tiles, *group_scales = m->group_scales;
	sums_of_four *table = scratch, *end = table + groups * (RV_GROUP / 4);
	prepare(table, x, x + groups * RV_GROUP);
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		multiply(sums, (const uint32_t *)(const void *)tiles, group_scales, (const sums_of_four *)table, (const sums_of_four *)end);
		store_rows(out + row, sums, m->scales + row, m->rows - row, scale->mantissa, &z, add);
		tiles += groups * RV_BINARY_TILE_BYTES;
		group_scales += groups * RV_TILE_ROWS;
	}
}
