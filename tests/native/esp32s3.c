/*
 * The ESP32-S3's C around its assembly: blocks, rests, tiles that are not aligned. Plain loops stand in for the
 * assembly, which tests/esp32s3 runs as machine code.
 */

#include "kernels.h"
#include "distance.h"
#include "esp32s3/kernels.h"

void rv_matvec_sums_esp32s3(int32_t *sums, const int8_t *tiles, int32_t rows, int32_t columns, const int8_t *x, void *scratch)
{
	int32_t chunks = (columns + 15) / 16;
	CHECK(((uintptr_t)tiles | (uintptr_t)x | (uintptr_t)sums | (uintptr_t)scratch) % 16 == 0 && rows <= 512, "alignment");
	memset(scratch, 0xA5, (size_t)((rows + 7) / 8 * 128 + 64));
	for (int32_t r = 0; r < (rows + 7) / 8 * 8; r++) {
		sums[r] = 0;
		for (int32_t c = 0; c < chunks * 16; c++)
			sums[r] += tiles[(r / 8 * chunks + c / 16) * 128 + r % 8 * 16 + c % 16] * x[c];
	}
}

void rv_matvec_sums_int4_esp32s3(int32_t *sums, const uint8_t *tiles, const uint8_t *group_scales, int32_t rows, int32_t columns, const int8_t *x)
{
	int32_t groups = (columns + 31) / 32;
	CHECK(((uintptr_t)tiles | (uintptr_t)x) % 16 == 0, "alignment");
	for (int32_t r = 0; r < (rows + 7) / 8 * 8; r++) {
		sums[r] = 0;
		for (int32_t c = 0; c < groups * 32; c++) {
			int32_t tile = r / 8 * groups + c / 32, byte = tiles[tile * 128 + r % 8 * 16 + c % 16];
			sums[r] += ((c % 32 < 16 ? byte & 15 : byte >> 4) - 8) * x[c] * group_scales[tile * 8 + r % 8];
		}
	}
}

void rv_scores8_esp32s3(int32_t *dots, const int8_t *query, const int8_t *keys, int32_t count)
{
	CHECK((uintptr_t)keys % 16 == 0 && (uintptr_t)query % 8 == 0, "alignment");
	for (int32_t t = 0; t < count; t++) {
		dots[t] = 0;
		for (int32_t i = 0; i < 8; i++)
			dots[t] += query[i] * keys[8 * t + i];
	}
}

void rv_mix_esp32s3(int32_t *sums, const uint16_t *weights, const int8_t *values, int32_t head_dim, int32_t count)
{
	CHECK((uintptr_t)weights % 16 == 0 && (uintptr_t)values % 8 == 0 && count % 8 == 0, "alignment");
	for (int32_t i = 0; i < 8; i++) {
		sums[i] = 0;
		for (int32_t t = 0; t < count; t++)
			sums[i] += weights[t] * values[t * head_dim + i];
	}
}

void rv_dot_block_esp32s3(int32_t *dots, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count)
{
	CHECK(((uintptr_t)query | (uintptr_t)vectors) % 16 == 0 && stride % 16 == 0, "alignment");
	rv_dot_block_portable(dots, query, vectors, stride, count);
}

#include "esp32s3/s3-matvec.c"
#include "esp32s3/s3-attention.c"

/* An allocation at `offset` behind a multiple of 16. */
static uint8_t *place(size_t bytes, size_t offset, void **memory)
{
	*memory = allocate(bytes + 64);
	return (uint8_t *)(((uintptr_t)*memory + 15) / 16 * 16 + offset);
}

static void multiply(int32_t rows, int32_t columns, size_t offset)
{
	int32_t tiles_bytes = (rows + 7) / 8 * PADDED(columns) * 8, groups = (columns + 31) / 32, tiles4 = (rows + 7) / 8 * groups;
	void *m0, *m1, *m2;
	uint8_t *tiles = place((size_t)tiles_bytes, offset, &m0), *nibbles = place((size_t)tiles4 * 128, offset, &m1);
	int8_t *x = (int8_t *)place((size_t)groups * 32 + 32, 0, &m2);
	uint16_t *scales = allocate((size_t)rows * 2);
	uint8_t *group_scales = allocate((size_t)tiles4 * 8);
	int32_t *a = allocate((size_t)rows * 4), *b = allocate((size_t)rows * 4), add = (int32_t)below(2);
	void *scratch = allocate((size_t)rv_matvec_int4_scratch_size(columns));
	fill_bytes((int8_t *)tiles, tiles_bytes, BYTES_ANY);
	fill_bytes((int8_t *)nibbles, tiles4 * 128, BYTES_ANY);
	fill_bytes((int8_t *)group_scales, tiles4 * 8, BYTES_ANY);
	memset(x, 0, (size_t)groups * 32 + 32);
	fill_bytes(x, columns, BYTES_ANY);
	for (int32_t r = 0; r < rows; r++) {
		scales[r] = (uint16_t)(random64() & 32767);
		a[r] = b[r] = (int32_t)random64();
	}
	rv_matrix m = { (int8_t *)tiles, scales, rows, columns, 24 };
	rv_matrix_grouped m4 = { nibbles, group_scales, scales, rows, columns, 30 };
	rv_scale scale = { 16384 + below(16384), 16 + (int32_t)below(8) };
	rv_matvec_portable(a, &m, x, &scale, add);
	rv_matvec_esp32s3(b, &m, x, &scale, add);
	CHECK(memcmp(a, b, (size_t)rows * 4) == 0, "%d x %d at %d", rows, columns, (int)offset);
	rv_matvec_int4_portable(a, &m4, x, &scale, add, scratch);
	rv_matvec_int4_esp32s3(b, &m4, x, &scale, add, scratch);
	CHECK(memcmp(a, b, (size_t)rows * 4) == 0, "INT4: %d x %d at %d", rows, columns, (int)offset);
	free(m0); free(m1); free(m2); free(scales); free(group_scales); free(a); free(b); free(scratch);
}

static void attend(int32_t dim, int32_t capacity, int32_t position)
{
	enum { HEADS = 4, GROUPS = 2 };
	void *m[4];
	size_t cache = (size_t)(GROUPS * capacity * dim), scales = (size_t)(GROUPS * RV_SCALE_STRIDE(capacity));
	rv_attention a = { .keys = (int8_t *)place(cache, 0, m), .values = (int8_t *)place(cache, 0, m + 1), .key_scales = allocate(scales * 2),
		.value_scales = allocate(scales * 2), .heads = HEADS, .kv_heads = GROUPS, .head_dim = dim, .capacity = capacity,
		.score_mantissa = 26000, .score_shift = 23 };
	int8_t *queries = (int8_t *)place((size_t)(HEADS * dim), 0, m + 2);
	void *scratch = place((size_t)rv_attention_scratch_size(capacity), 0, m + 3);
	rv_scale query_scales[HEADS];
	int32_t *one = allocate((size_t)(HEADS * dim) * 4), *other = allocate((size_t)(HEADS * dim) * 4);
	fill_bytes(a.keys, (int64_t)cache, BYTES_ANY);
	fill_bytes(a.values, (int64_t)cache, BYTES_ANY);
	fill_bytes(queries, HEADS * dim, BYTES_ANY);
	for (size_t i = 0; i < scales; i++) {
		a.key_scales[i] = (uint16_t)(below(4096) | (4 + below(3)) << 12);
		a.value_scales[i] = (uint16_t)(below(4096) | (4 + below(3)) << 12);
	}
	for (int h = 0; h < HEADS; h++)
		query_scales[h] = (rv_scale){ 16384 + below(16384), 18 + (int32_t)below(4) };
	rv_attend_portable(&a, position, queries, query_scales, one, scratch);
	rv_attend_esp32s3(&a, position, queries, query_scales, other, scratch);
	CHECK(memcmp(one, other, (size_t)(HEADS * dim) * 4) == 0, "attention: dim %d, capacity %d, position %d", dim, capacity, position);
	free(a.key_scales); free(a.value_scales); free(one); free(other);
	for (int i = 0; i < 4; i++)
		free(m[i]);
}

int main(int argc, char **argv)
{
	static const int32_t dims[] = { 2, 8, 10, 16, 24, 32, 64, 112, 128 };
	start(argc, argv, "esp32s3");
	for (int i = 0; i < LENGTH(SIZES); i++)
		for (int j = 0; j < LENGTH(SIZES); j++)
			for (size_t offset = 0; offset < 16; offset += 4)
				multiply(SIZES[i], SIZES[j], offset);
	for (int i = 0; i < LENGTH(dims); i++)
		for (int32_t position = 0; position < 40; position++)
			attend(dims[i], 40 + position % 3, position);
	return finish();
}
