/* Binary matrix times the signs of a vector: exclusive or, and a count of bits. */
#include "simd-kernels.h"
#include "matvec-groups.h"
#include "matvec-rows.h"

/* Set bits of a word; sideways addition, since RV32IMC has no instruction for it. */
static inline __attribute__((always_inline)) int32_t count_bits(uint32_t v)
{
	v -= v >> 1 & 0x55555555;
	v = (v & 0x33333333) + (v >> 2 & 0x33333333);
	return (int32_t)(((v + (v >> 4)) & 0x0F0F0F0F) * 0x01010101u >> 24);
}

typedef struct {
	uint32_t signs; /* in the order of the tiles' bits; 1 is not negative */
	uint32_t used;  /* those that the matrix has: rests of 32 are not counted */
	int32_t columns;
} group;

int32_t rv_matvec_binary_xnor_scratch_size(int32_t columns)
{
	return rv_groups(columns) * (int32_t)sizeof(group);
}

/* Gives the sum of magnitudes, at most 2^20. */
static uint32_t prepare(group *g, const int8_t *x, int32_t columns)
{
	uint32_t sum = 0;
	for (int32_t at = 0; at < columns; at += RV_GROUP, g++) {
		g->signs = g->used = 0;
		g->columns = columns - at < RV_GROUP ? columns - at : RV_GROUP;
		for (int32_t c = 0; c < g->columns; c++) {
			uint32_t bit = 1u << (8 * (c % 4) + c / 4);
			g->used |= bit;
			g->signs |= x[at + c] < 0 ? 0 : bit;
			sum += rv_abs(x[at + c]);
		}
	}
	return sum;
}

/* scale * sum / n; the mantissa stays below 2^16, since the mean magnitude is at most 2^7. */
static rv_scale mean_scale(const rv_scale *scale, uint32_t sum, int32_t n)
{
	/* A mantissa of more than 16 bits is none that kernels make; it is cut to what fits. */
	uint32_t mean = (uint32_t)(((uint64_t)(scale->mantissa & 0xFFFF) * sum << 8) / (uint32_t)n);
	rv_scale made = { mean, rv_shift_of(scale) + 8 };
	while (made.mantissa >> 16) {
		made.mantissa >>= 1;
		made.shift--;
	}
	return made;
}

/* Columns whose signs agree, less those whose do not. */
static inline __attribute__((always_inline)) int32_t agreement(const group *g, uint32_t bits)
{
	return g->columns - 2 * count_bits((bits ^ g->signs) & g->used);
}

void rv_matvec_binary_xnor_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = rv_groups(m->columns);
	group *prepared = scratch;
	rv_scale mean = mean_scale(scale, prepare(prepared, x, m->columns), m->columns);
	rv_requantiser z = rv_grouped_requantiser(m, &mean, RV_BINARY_BITS);
	for (int32_t row = 0; row < m->rows; row++) {
		int32_t tile = row / RV_TILE_ROWS * groups, lane = row % RV_TILE_ROWS, sum = 0;
		const uint8_t *w = m->tiles + tile * RV_TILE_BYTES_BINARY + lane * 4, *g = m->group_scales + tile * RV_TILE_ROWS + lane;
		for (int32_t i = 0; i < groups; i++, w += RV_TILE_BYTES_BINARY, g += RV_TILE_ROWS)
			sum += *g * agreement(prepared + i, rv_word(w));
		rv_store_row(out + row, sum, m->scales[row], &mean, &z, add);
	}
}

/* The sums of eight rows, whose words are read whole. */
RV_LOOP void multiply(int32_t *sums, const uint32_t *w, const uint8_t *scales, const group *g, const group *end)
{
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	do {
		uint32_t signs = g->signs, used = g->used;
		int32_t columns = g++->columns;
#define ROW(r) s##r += scales[r] * (columns - 2 * count_bits((w[r] ^ signs) & used));
		ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
		w += RV_TILE_BYTES_BINARY / 4;
		scales += RV_TILE_ROWS;
	} while (g < end);
	sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
	sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}

void rv_matvec_binary_xnor_words(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = rv_groups(m->columns), sums[RV_TILE_ROWS];
	if (!rv_has_words(m)) {
		rv_matvec_binary_xnor_portable(out, m, x, scale, add, scratch);
		return;
	}
	group *prepared = scratch;
	rv_scale mean = mean_scale(scale, prepare(prepared, x, m->columns), m->columns);
	rv_requantiser z = rv_grouped_requantiser(m, &mean, RV_BINARY_BITS);
	const uint8_t *tiles = m->tiles, *group_scales = m->group_scales;
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		multiply(sums, (const uint32_t *)(const void *)tiles, group_scales, prepared, prepared + groups);
		store_rows(out + row, sums, m->scales + row, m->rows - row, mean.mantissa, &z, add);
		tiles += groups * RV_TILE_BYTES_BINARY;
		group_scales += groups * RV_TILE_ROWS;
	}
}
