/* Binary matrix times binary activations: XNOR and popcount (Rastegari et al. 2016, XNOR-Net). */
#include "simd-kernels.h"
#include "fixed-point.h"

static uint32_t word_of(const uint8_t *w)
{
	return w[0] | (uint32_t)w[1] << 8 | (uint32_t)w[2] << 16 | (uint32_t)w[3] << 24;
}

static int32_t ones(uint32_t v)
{
#if defined(__POPCNT__)
	return __builtin_popcount(v);
#else
	v -= v >> 1 & 0x55555555;
	v = (v & 0x33333333) + (v >> 2 & 0x33333333);
	return (int32_t)((((v + (v >> 4)) & 0x0F0F0F0F) * 0x01010101) >> 24);
#endif
}

/* Signs as bits, 1 for 0 and above; the mean magnitude, in 1/256 of a unit of x, rounded half up. */
static uint32_t binarise(uint32_t *bits, const int8_t *x, int32_t columns)
{
	uint32_t total = 0;
	for (int32_t c = 0; c < columns; c++) {
		if (c % RV_GROUP == 0)
			bits[c / RV_GROUP] = 0;
		bits[c / RV_GROUP] |= (uint32_t)(x[c] >= 0) << c % RV_GROUP;
		total += rv_abs(x[c]);
	}
	return (256 * total + (uint32_t)columns / 2) / (uint32_t)columns;
}

void rv_matvec_binary_xnor(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP, last = m->columns - (groups - 1) * RV_GROUP;
	uint32_t *bits = scratch, mean = binarise(bits, x, m->columns);
	/* Of the last group, only the columns that are there. */
	uint32_t there = last == RV_GROUP ? ~0u : (1u << last) - 1;
	rv_scale mean_scale = { (uint32_t)(((uint64_t)scale->mantissa * mean) >> 8), scale->shift };
	rv_requantiser z = rv_unit_requantiser(m, &mean_scale);
	for (int32_t row = 0; row < m->rows; row++) {
		int32_t tile = row / RV_TILE_ROWS * groups, lane = row % RV_TILE_ROWS, sum = 0;
		const uint8_t *w = m->tiles + tile * RV_BINARY_TILE_BYTES + lane * 4;
		const uint8_t *g = m->group_scales + tile * RV_TILE_ROWS + lane;
		for (int32_t i = 0; i < groups; i++, w += RV_BINARY_TILE_BYTES, g += RV_TILE_ROWS) {
			int32_t columns = i == groups - 1 ? last : RV_GROUP;
			sum += *g * (columns - 2 * ones((word_of(w) ^ bits[i]) & (i == groups - 1 ? there : ~0u)));
		}
		/* mean below 2^15 and 8 bits taken off: the product stays below 2^38. */
		int64_t product = (int64_t)sum * m->scales[row];
		int32_t y = rv_scale_down(product * mean_scale.mantissa, z.shift);
		out[row] = add ? rv_add(out[row], y) : y;
	}
}
