/* Ternary matrix times vector and row look-up: the portable reference. */
#include "simd-kernels.h"
#include "matvec-groups.h"

void rv_embed_ternary(int32_t *out, const rv_matrix_grouped *m, int32_t row)
{
	int32_t groups = rv_groups(m->columns), lane = row % RV_TILE_ROWS, tile = row / RV_TILE_ROWS * groups;
	int32_t scale = m->scales[row], shift = m->shift - 16;
	for (int32_t c = 0; c < m->columns; c++) {
		int32_t at = tile + c / RV_GROUP, in_half = c % 16;
		uint32_t byte = m->tiles[at * RV_TILE_BYTES_TERNARY + lane * 8 + (c & 16) / 4 + in_half % 4];
		int32_t w = (int32_t)(byte >> in_half / 4 * 2 & 3) - 1;
		out[c] = rv_scale_down((int64_t)(w * m->group_scales[at * RV_TILE_ROWS + lane] * scale), shift);
	}
}

int32_t rv_matvec_ternary_scratch_size(int32_t columns)
{
	return rv_matvec_int4_scratch_size(columns);
}

/* Sum over one group of code * x; codes are not negative. */
static inline int32_t dot(const uint8_t *w, const int8_t *x)
{
	uint32_t words[RV_GROUP / 4], low = rv_word(w), high = rv_word(w + 4);
	for (int32_t i = 0; i < 4; i++) {
		words[i] = low >> 2 * i & 0x03030303;
		words[4 + i] = high >> 2 * i & 0x03030303;
	}
	return rv_group_dot((const uint8_t *)words, x);
}

void rv_matvec_ternary_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = rv_groups(m->columns), *sums = scratch;
	rv_requantiser z = rv_grouped_requantiser(m, scale, RV_TERNARY_BITS);
	rv_group_sums(sums, x, groups);
	for (int32_t row = 0; row < m->rows; row++) {
		int32_t tile = row / RV_TILE_ROWS * groups, lane = row % RV_TILE_ROWS, sum = 0;
		const uint8_t *w = m->tiles + tile * RV_TILE_BYTES_TERNARY + lane * 8, *g = m->group_scales + tile * RV_TILE_ROWS + lane;
		for (int32_t i = 0; i < groups; i++, w += RV_TILE_BYTES_TERNARY, g += RV_TILE_ROWS)
			sum += *g * (dot(w, x + i * RV_GROUP) - sums[i]);
		rv_store_row(out + row, sum, m->scales[row], scale, &z, add);
	}
}
