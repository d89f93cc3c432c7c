/* Binary matrix times vector and row look-up: the portable reference. */
#include "simd-kernels.h"
#include "matvec-groups.h"

void rv_embed_binary(int32_t *out, const rv_matrix_grouped *m, int32_t row)
{
	int32_t groups = rv_groups(m->columns), lane = row % RV_TILE_ROWS, tile = row / RV_TILE_ROWS * groups;
	int32_t scale = m->scales[row], shift = m->shift - 16;
	for (int32_t c = 0; c < m->columns; c++) {
		int32_t at = tile + c / RV_GROUP, in_group = c % RV_GROUP;
		uint32_t byte = m->tiles[at * RV_TILE_BYTES_BINARY + lane * 4 + in_group % 4];
		int32_t magnitude = m->group_scales[at * RV_TILE_ROWS + lane] * scale;
		out[c] = rv_scale_down(byte >> in_group / 4 & 1 ? magnitude : -magnitude, shift);
	}
}

/* Sum over one group of bit * x. */
static inline int32_t dot(const uint8_t *w, const int8_t *x)
{
	uint32_t words[RV_GROUP / 4], bits = rv_word(w);
	for (int32_t i = 0; i < 8; i++)
		words[i] = bits >> i & 0x01010101;
	return rv_group_dot((const uint8_t *)words, x);
}

void rv_matvec_binary_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = rv_groups(m->columns), *sums = scratch;
	rv_requantiser z = rv_grouped_requantiser(m, scale, RV_BINARY_BITS);
	rv_group_sums(sums, x, groups);
	for (int32_t row = 0; row < m->rows; row++) {
		int32_t tile = row / RV_TILE_ROWS * groups, lane = row % RV_TILE_ROWS, sum = 0;
		const uint8_t *w = m->tiles + tile * RV_TILE_BYTES_BINARY + lane * 4, *g = m->group_scales + tile * RV_TILE_ROWS + lane;
		for (int32_t i = 0; i < groups; i++, w += RV_TILE_BYTES_BINARY, g += RV_TILE_ROWS)
			sum += *g * (2 * dot(w, x + i * RV_GROUP) - sums[i]);
		rv_store_row(out + row, sum, m->scales[row], scale, &z, add);
	}
}
