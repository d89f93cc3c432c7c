/* INT4 matrix times vector and row look-up: every variant against exact integers. */

#include "kernels.h"

static const struct { const char *name; matvec_int4_kernel *run; } VARIANTS[] = { MATVECS_INT4 };

#define GROUPS(columns) (((columns) + RV_GROUP - 1) / RV_GROUP)

static rv_matrix_grouped matrix_for(int32_t rows, int32_t columns, int weights, int32_t shift)
{
	int64_t tiles = (int64_t)((rows + 7) / 8) * GROUPS(columns), bytes = tiles * RV_TILE_BYTES;
	int8_t *nibbles = allocate((size_t)bytes), *groups = allocate((size_t)tiles * 8);
	uint16_t *scales = allocate((size_t)rows * 2);
	fill_bytes(nibbles, bytes, weights);
	if (weights == BYTES_EXTREME) /* -8 and 7 */
		for (int64_t i = 0; i < bytes; i++)
			nibbles[i] = (int8_t)((random64() & 1 ? 0x0F : 0) | (random64() & 1 ? 0xF0 : 0));
	fill_bytes(groups, tiles * 8, weights == BYTES_LOWEST ? BYTES_LOWEST : below(4) ? BYTES_ANY : BYTES_SPARSE);
	if (weights == BYTES_LOWEST) /* the largest sums: -8 throughout, 255 */
		for (int64_t i = 0; i < bytes; i++)
			nibbles[i] = 0, groups[i / 16] = -1;
	for (int32_t r = 0; r < rows; r++)
		scales[r] = (uint16_t)(below(8) ? random64() & 32767 : random64() & 1 ? 32767 : 0);
	return (rv_matrix_grouped){ (const uint8_t *)nibbles, (const uint8_t *)groups, scales, rows, columns, shift };
}

/* The weight but for the row's scale. */
static int32_t weight(const rv_matrix_grouped *m, int32_t row, int32_t column)
{
	int64_t tile = (int64_t)(row / 8) * GROUPS(m->columns) + column / 32;
	int32_t byte = m->tiles[tile * RV_TILE_BYTES + row % 8 * 16 + column % 16];
	return ((column % 32 < 16 ? byte & 15 : byte >> 4) - 8) * m->group_scales[tile * 8 + row % 8];
}

static void multiply(int32_t rows, int32_t columns, int weights, int bytes, int32_t shift, rv_scale scale)
{
	rv_matrix_grouped m = matrix_for(rows, columns, weights, shift);
	size_t padded = (size_t)GROUPS(columns) * RV_GROUP;
	int8_t *x = allocate(padded);
	int32_t *before = allocate((size_t)rows * 4), *expected = allocate((size_t)rows * 4), *embedding = allocate((size_t)columns * 4);
	int add = (int)below(2);
	fill_bytes(x, columns, bytes);
	memset(x + columns, 0, padded - (size_t)columns);
	fill_words(before, rows, (int)below(WORDS_KINDS));
	for (int32_t r = 0; r < rows; r++) {
		int64_t sum = 0;
		for (int32_t c = 0; c < columns; c++)
			sum += weight(&m, r, c) * x[c];
		int32_t y = exact(sum * (int64_t)((uint64_t)m.scales[r] * scale.mantissa), shift + scale.shift - 16);
		expected[r] = add ? saturate((int64_t)before[r] + y) : y;
	}
	for (int v = 0; v < LENGTH(VARIANTS); v++) {
		/* out needs no more than the alignment of its numbers, and nothing after it is written, nor after scratch. */
		size_t offset = below(4), needed = (size_t)rv_matvec_grouped_scratch_size(columns);
		int32_t *memory = allocate((offset + (size_t)rows) * 4), *out = memory + offset;
		void *scratch = allocate(needed);
		memcpy(out, before, (size_t)rows * 4);
		VARIANTS[v].run(out, &m, x, &scale, add, scratch);
		CHECK(memcmp(out, expected, (size_t)rows * 4) == 0, "%s: %d x %d, weights %d, bytes %d, shift %d, scale %u %d, add %d", VARIANTS[v].name,
			(int)rows, (int)columns, weights, bytes, (int)shift, (unsigned)scale.mantissa, (int)scale.shift, add);
		free(memory);
		free(scratch);
	}
	int32_t row = (int32_t)below((uint32_t)rows), wrong = -1;
	rv_embed_int4(embedding, &m, row);
	for (int32_t c = 0; c < columns; c++)
		if (embedding[c] != exact((int64_t)weight(&m, row, c) * m.scales[row], shift - 16))
			wrong = c;
	CHECK(wrong < 0, "embed: row %d column %d of %d x %d, shift %d", (int)row, (int)wrong, (int)rows, (int)columns, (int)shift);
	free(embedding);
	free(before);
	free(expected);
	free(x);
	free((void *)m.tiles);
	free((void *)m.group_scales);
	free((void *)m.scales);
}

static rv_scale random_scale(void)
{
	rv_scale usual = { 16384 + below(16384), 16 + (int32_t)below(8) }, any = { below(65536), (int32_t)below(200) - 100 };
	return below(3) ? usual : any;
}

int main(int argc, char **argv)
{
	start(argc, argv, "matvec-int4");
	for (int i = 0; i < LENGTH(SIZES); i++)
		for (int j = 0; j < LENGTH(SIZES); j++)
			for (int n = 0; n < PART_OF(8); n++)
				multiply(SIZES[i], SIZES[j], (int)below(BYTES_KINDS), (int)below(BYTES_KINDS), below(4) ? 14 + (int32_t)below(20) : (int32_t)below(61), random_scale());
	/* Every shift of the sum, around the ends of what a variant does itself. */
	for (int32_t shift = -200; shift < 200; shift++)
		multiply(17, 33, BYTES_EXTREME, BYTES_EXTREME, 30, (rv_scale){ 65535, shift });
	/* The largest sums of a group and of a row. */
	for (int kind = BYTES_LOWEST; kind < BYTES_KINDS; kind++) {
		multiply(9, 64, BYTES_LOWEST, kind, 20, (rv_scale){ 65535, 20 });
		multiply(9, RV_MAX_COLUMNS_GROUPED, BYTES_LOWEST, kind, 40, (rv_scale){ 65535, 20 });
		multiply(9, RV_MAX_COLUMNS_GROUPED, kind, kind, 40, (rv_scale){ 65535, 20 });
	}
	return finish();
}
