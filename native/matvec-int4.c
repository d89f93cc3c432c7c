/* INT4 matrix times vector and row look-up: the portable reference. */
#include "simd-kernels.h"
#include "fixed-point.h"

void rv_embed_int4(int32_t *out, const rv_matrix_grouped *m, int32_t row)
{
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP, lane = row % RV_TILE_ROWS;
	int32_t tile = row / RV_TILE_ROWS * groups;
	int32_t scale = m->scales[row], shift = m->shift - 16;
	for (int32_t c = 0; c < m->columns; c++) {
		int32_t at = tile + c / RV_GROUP, column = c % RV_GROUP;
		uint32_t byte = m->tiles[at * RV_TILE_BYTES + lane * 16 + column % 16];
		int32_t w = (int32_t)(column < 16 ? byte & 15 : byte >> 4) - 8;
		out[c] = rv_scale_down((int64_t)(w * m->group_scales[at * RV_TILE_ROWS + lane] * scale), shift);
	}
}

int32_t rv_matvec_int4_scratch_size(int32_t columns)
{
	int32_t groups = (columns + RV_GROUP - 1) / RV_GROUP;
	/* Activations as pairs of 16 bits, and their sum per group. */
	return groups * (RV_GROUP * 2 + 4) + 16;
}

/* Sum over one group of nibble * x; nibbles are not negative. */
static int32_t dot(const uint8_t *w, const int8_t *x)
{
	int32_t sum = 0;
	for (int32_t j = 0; j < 16; j++)
		sum += (w[j] & 15) * x[j] + (w[j] >> 4) * x[16 + j];
	return sum;
}

void rv_matvec_int4_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP;
	rv_requantiser z = rv_grouped_requantiser(m, scale, RV_INT4_BITS);
	int32_t *eights = scratch;
	for (int32_t g = 0; g < groups; g++) {
		eights[g] = 0;
		for (int32_t c = 0; c < RV_GROUP; c++)
			eights[g] += 8 * x[g * RV_GROUP + c];
	}
	for (int32_t row = 0; row < m->rows; row++) {
		int32_t tile = row / RV_TILE_ROWS * groups, lane = row % RV_TILE_ROWS, sum = 0;
		const uint8_t *w = m->tiles + tile * RV_TILE_BYTES + lane * 16;
		const uint8_t *g = m->group_scales + tile * RV_TILE_ROWS + lane;
		for (int32_t i = 0; i < groups; i++, w += RV_TILE_BYTES, g += RV_TILE_ROWS)
			sum += *g * (dot(w, x + i * RV_GROUP) - eights[i]);
		/* Below 2^31: 15 bits times 16. */
		int32_t multiplier = (int32_t)(m->scales[row] * scale->mantissa);
		int32_t y = rv_requantise(&z, sum, multiplier);
		out[row] = add ? rv_add(out[row], y) : y;
	}
}
