/* Matrix products of the ESP32-S3: blocks of sums by the vector instructions, then rows as everywhere. */
#include <string.h>
#include "../simd-kernels.h"
#include "../matvec-rows.h"
#include "kernels.h"

#define BLOCK 64
#define SCRATCH(rows) (16 * (rows) + 64)
/* Tiles that are not aligned, as in a resource of the SDK, are copied a row of tiles at a time. */
#define LARGEST_COPY 2048

static int is_aligned(const void *p)
{
	return ((uintptr_t)p & 15) == 0;
}

/* A row of tiles at a time, copied to where vectors can be loaded from. */
static __attribute__((noinline)) void unaligned(int32_t *out, const rv_matrix *m, int32_t tile_row, const int8_t *x, uint32_t mantissa,
	const rv_requantiser *z, int add)
{
	int32_t sums[RV_TILE_ROWS] __attribute__((aligned(16)));
	uint8_t scratch[SCRATCH(RV_TILE_ROWS)] __attribute__((aligned(16)));
	int8_t copy[LARGEST_COPY] __attribute__((aligned(16)));
	const int8_t *tiles = m->tiles;
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS, tiles += tile_row) {
		memcpy(copy, tiles, (size_t)tile_row);
		rv_matvec_sums_esp32s3(sums, copy, RV_TILE_ROWS, m->columns, x, scratch);
		store_rows(out + row, sums, m->scales + row, m->rows - row, mantissa, z, add);
	}
}

void rv_matvec_esp32s3(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add)
{
	int32_t sums[BLOCK] __attribute__((aligned(16)));
	uint8_t scratch[SCRATCH(BLOCK)] __attribute__((aligned(16)));
	int32_t tile_row = (m->columns + RV_TILE_COLUMNS - 1) / RV_TILE_COLUMNS * RV_TILE_BYTES, direct = is_aligned(m->tiles);
	if (!is_aligned(x) || (!direct && tile_row > LARGEST_COPY)) {
		rv_matvec_portable(out, m, x, scale, add);
		return;
	}
	rv_requantiser z = rv_int8_requantiser(m, scale);
	if (!direct) {
		unaligned(out, m, tile_row, x, scale->mantissa, &z, add);
		return;
	}
	const int8_t *tiles = m->tiles;
	for (int32_t row = 0; row < m->rows; row += BLOCK, tiles += BLOCK / RV_TILE_ROWS * tile_row) {
		int32_t rows = m->rows - row < BLOCK ? m->rows - row : BLOCK;
		rv_matvec_sums_esp32s3(sums, tiles, rows, m->columns, x, scratch);
		for (int32_t r = 0; r < rows; r += RV_TILE_ROWS)
			store_rows(out + row + r, sums + r, m->scales + row + r, rows - r, scale->mantissa, &z, add);
	}
}

void rv_matvec_int4_esp32s3(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t sums[RV_TILE_ROWS];
	uint8_t copy[LARGEST_COPY] __attribute__((aligned(16)));
	int32_t groups = (m->columns + RV_GROUP - 1) / RV_GROUP, tile_row = groups * RV_TILE_BYTES, direct = is_aligned(m->tiles);
	if (!is_aligned(x) || (!direct && tile_row > LARGEST_COPY)) {
		rv_matvec_int4_portable(out, m, x, scale, add, scratch);
		return;
	}
	rv_requantiser z = rv_grouped_requantiser(m, scale, RV_INT4_BITS);
	const uint8_t *tiles = m->tiles, *group_scales = m->group_scales;
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS, tiles += tile_row, group_scales += groups * RV_TILE_ROWS) {
		rv_matvec_sums_int4_esp32s3(sums, direct ? tiles : memcpy(copy, tiles, (size_t)tile_row), group_scales, RV_TILE_ROWS, m->columns, x);
		store_rows(out + row, sums, m->scales + row, m->rows - row, scale->mantissa, &z, add);
	}
}
