/* Binary matrix times vector and row look-up: the portable reference. */
#include "simd-kernels.h"
#include "fixed-point.h"

void rv_embed_binary(int32_t *out, const rv_matrix_grouped *m, int32_t row)
{
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP, lane = row % RV_TILE_ROWS;
	int32_t tile = row / RV_TILE_ROWS * groups;
	int32_t scale = m->scales[row], shift = m->shift - 16;
	for (int32_t c = 0; c < m->columns; c++) {
		int32_t at = tile + c / RV_GROUP, column = c % RV_GROUP;
		int32_t w = 2 * (m->tiles[at * RV_BINARY_TILE_BYTES + lane * 4 + column / 8] >> column % 8 & 1) - 1;
		out[c] = rv_scale_down((int64_t)(w * m->group_scales[at * RV_TILE_ROWS + lane] * scale), shift);
	}
}

/* Sum over one group of bit * x. */
static int32_t dot(const uint8_t *w, const int8_t *x)
{
	int32_t sum = 0;
	for (int32_t c = 0; c < RV_GROUP; c++)
		sum += x[c] & -(w[c / 8] >> c % 8 & 1);
	return sum;
}

void rv_matvec_binary_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP, *ones = scratch;
	rv_requantiser z = rv_unit_requantiser(m, scale);
	for (int32_t g = 0; g < groups; g++) {
		ones[g] = 0;
		for (int32_t c = 0; c < RV_GROUP; c++)
			ones[g] += x[g * RV_GROUP + c];
	}
	for (int32_t row = 0; row < m->rows; row++) {
		int32_t tile = row / RV_TILE_ROWS * groups, lane = row % RV_TILE_ROWS, sum = 0;
		const uint8_t *w = m->tiles + tile * RV_BINARY_TILE_BYTES + lane * 4;
		const uint8_t *g = m->group_scales + tile * RV_TILE_ROWS + lane;
		for (int32_t i = 0; i < groups; i++, w += RV_BINARY_TILE_BYTES, g += RV_TILE_ROWS)
			sum += *g * (2 * dot(w, x + i * RV_GROUP) - ones[i]);
		/* Below 2^31: 15 bits times 16. */
		int32_t y = rv_requantise(&z, sum, (int32_t)(m->scales[row] * scale->mantissa));
		out[row] = add ? rv_add(out[row], y) : y;
	}
}
