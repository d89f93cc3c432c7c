/* Ternary and binary matrix times vector and row look-up: every variant against exact integers. */

#include "kernels.h"

typedef struct { const char *name; matvec_int4_kernel *run; } variant;
static const variant TERNARY[] = { MATVECS_TERNARY }, BINARY[] = { MATVECS_BINARY };

#define GROUPS(columns) (((columns) + RV_GROUP - 1) / RV_GROUP)

/* bytes of a row of a tile: 8 for ternary, 4 for binary */
static rv_matrix_grouped matrix_for(int32_t rows, int32_t columns, int row_bytes, int weights, int32_t shift)
{
	int64_t tiles = (int64_t)((rows + 7) / 8) * GROUPS(columns), bytes = tiles * 8 * row_bytes;
	int8_t *codes = allocate((size_t)bytes), *groups = allocate((size_t)tiles * 8);
	uint16_t *scales = allocate((size_t)rows * 2);
	fill_bytes(codes, bytes, weights);
	if (weights == BYTES_EXTREME)
		for (int64_t i = 0; i < bytes; i++)
			codes[i] = (int8_t)(random64() & 1 ? 0xAA : 0);
	if (row_bytes == 8) /* 3 is no code */
		for (int64_t i = 0; i < bytes; i++)
			codes[i] &= (int8_t)~(codes[i] >> 1 & 0x55);
	fill_bytes(groups, tiles * 8, weights == BYTES_LOWEST ? BYTES_LOWEST : below(4) ? BYTES_ANY : BYTES_SPARSE);
	if (weights == BYTES_LOWEST) /* the largest sums: -1 throughout, 255 */
		for (int64_t i = 0; i < bytes; i++)
			codes[i] = 0, groups[i / row_bytes] = -1;
	for (int32_t r = 0; r < rows; r++)
		scales[r] = (uint16_t)(below(8) ? random64() & 32767 : random64() & 1 ? 32767 : 0);
	return (rv_matrix_grouped){ (const uint8_t *)codes, (const uint8_t *)groups, scales, rows, columns, shift };
}

/* -1, 0 or 1 */
static int32_t code(const rv_matrix_grouped *m, int row_bytes, int32_t row, int32_t column)
{
	int64_t at = ((int64_t)(row / 8) * GROUPS(m->columns) + column / 32) * 8 + row % 8;
	const uint8_t *bytes = m->tiles + at * row_bytes;
	int32_t c = column % 32;
	return row_bytes == 8 ? (bytes[c / 4] >> 2 * (c % 4) & 3) - 1 : 2 * (bytes[c / 8] >> c % 8 & 1) - 1;
}

static int32_t group_scale(const rv_matrix_grouped *m, int32_t row, int32_t column)
{
	return m->group_scales[((int64_t)(row / 8) * GROUPS(m->columns) + column / 32) * 8 + row % 8];
}

/* XNOR-Net by its definition: signs, and the mean magnitude in 1/256. */
static void check_xnor(const rv_matrix_grouped *m, const int8_t *x, rv_scale scale, const int32_t *before, int add, void *scratch)
{
	int32_t *out = allocate((size_t)m->rows * 4), wrong = -1;
	uint32_t total = 0;
	for (int32_t c = 0; c < m->columns; c++)
		total += (uint32_t)(x[c] < 0 ? -x[c] : x[c]);
	uint32_t mean = (256 * total + (uint32_t)m->columns / 2) / (uint32_t)m->columns, mantissa = (uint32_t)(((uint64_t)scale.mantissa * mean) >> 8);
	memcpy(out, before, (size_t)m->rows * 4);
	rv_matvec_binary_xnor(out, m, x, &scale, add, scratch);
	for (int32_t r = 0; r < m->rows; r++) {
		int64_t sum = 0;
		for (int32_t c = 0; c < m->columns; c++)
			sum += code(m, 4, r, c) * group_scale(m, r, c) * (x[c] < 0 ? -1 : 1);
		int32_t y = exact(sum * m->scales[r] * mantissa, m->shift + scale.shift - 16);
		if (out[r] != (add ? saturate((int64_t)before[r] + y) : y))
			wrong = r;
	}
	CHECK(wrong < 0, "xnor: row %d of %d x %d, shift %d, scale %u %d, add %d", (int)wrong, (int)m->rows, (int)m->columns, (int)m->shift, (unsigned)scale.mantissa, (int)scale.shift, add);
	free(out);
}

static void multiply(int row_bytes, int32_t rows, int32_t columns, int weights, int bytes, int32_t shift, rv_scale scale)
{
	rv_matrix_grouped m = matrix_for(rows, columns, row_bytes, weights, shift);
	size_t padded = (size_t)GROUPS(columns) * RV_GROUP, needed = (size_t)rv_matvec_grouped_scratch_size(columns);
	int8_t *x = allocate(padded);
	int32_t *before = allocate((size_t)rows * 4), *expected = allocate((size_t)rows * 4), *embedding = allocate((size_t)columns * 4);
	void *scratch = allocate(needed);
	int add = (int)below(2);
	fill_bytes(x, columns, bytes);
	memset(x + columns, 0, padded - (size_t)columns);
	fill_words(before, rows, (int)below(WORDS_KINDS));
	for (int32_t r = 0; r < rows; r++) {
		int64_t sum = 0;
		for (int32_t c = 0; c < columns; c++)
			sum += code(&m, row_bytes, r, c) * group_scale(&m, r, c) * x[c];
		int32_t y = exact(sum * (int64_t)((uint64_t)m.scales[r] * scale.mantissa), shift + scale.shift - 16);
		expected[r] = add ? saturate((int64_t)before[r] + y) : y;
	}
	const variant *variants = row_bytes == 8 ? TERNARY : BINARY;
	for (int v = 0; v < (row_bytes == 8 ? LENGTH(TERNARY) : LENGTH(BINARY)); v++) {
		/* out needs no more than the alignment of its numbers, and nothing after it is written. */
		size_t offset = below(4);
		int32_t *memory = allocate((offset + (size_t)rows) * 4), *out = memory + offset;
		memcpy(out, before, (size_t)rows * 4);
		variants[v].run(out, &m, x, &scale, add, scratch);
		CHECK(memcmp(out, expected, (size_t)rows * 4) == 0, "%s, %d bytes a row: %d x %d, weights %d, bytes %d, shift %d, scale %u %d, add %d", variants[v].name,
			row_bytes, (int)rows, (int)columns, weights, bytes, (int)shift, (unsigned)scale.mantissa, (int)scale.shift, add);
		free(memory);
	}
	if (row_bytes == 4)
		check_xnor(&m, x, scale, before, add, scratch);
	int32_t row = (int32_t)below((uint32_t)rows), wrong = -1;
	if (row_bytes == 8)
		rv_embed_ternary(embedding, &m, row);
	else
		rv_embed_binary(embedding, &m, row);
	for (int32_t c = 0; c < columns; c++)
		if (embedding[c] != exact((int64_t)code(&m, row_bytes, row, c) * group_scale(&m, row, c) * m.scales[row], shift - 16))
			wrong = c;
	CHECK(wrong < 0, "embed, %d bytes a row: row %d column %d of %d x %d, shift %d", row_bytes, (int)row, (int)wrong, (int)rows, (int)columns, (int)shift);
	free(scratch);
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
	start(argc, argv, "matvec-grouped");
	for (int row_bytes = 4; row_bytes <= 8; row_bytes += 4) {
		for (int i = 0; i < LENGTH(SIZES); i++)
			for (int j = 0; j < LENGTH(SIZES); j++)
				for (int n = 0; n < PART_OF(6); n++)
					multiply(row_bytes, SIZES[i], SIZES[j], (int)below(BYTES_KINDS), (int)below(BYTES_KINDS), below(4) ? 14 + (int32_t)below(20) : (int32_t)below(61), random_scale());
		/* Every shift of the sum, around the ends of what a variant does itself. */
		for (int32_t shift = -200; shift < 200; shift++)
			multiply(row_bytes, 17, 33, BYTES_EXTREME, BYTES_EXTREME, 30, (rv_scale){ 65535, shift });
		/* The largest sums of a group and of a row. */
		for (int kind = BYTES_LOWEST; kind < BYTES_KINDS; kind++) {
			multiply(row_bytes, 9, 64, BYTES_LOWEST, kind, 20, (rv_scale){ 65535, 20 });
			multiply(row_bytes, 9, RV_MAX_COLUMNS_GROUPED, BYTES_LOWEST, kind, 40, (rv_scale){ 65535, 20 });
			multiply(row_bytes, 9, RV_MAX_COLUMNS_GROUPED, kind, kind, 40, (rv_scale){ 65535, 20 });
		}
	}
	return finish();
}
