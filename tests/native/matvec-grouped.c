/* INT4, ternary and binary matrices times a vector, and row look-up: every variant against exact integers. */

#include "kernels.h"

typedef struct { const char *name; matvec_grouped_kernel *run; } variant;
static const variant INT4[] = { MATVECS_INT4 }, TERNARY[] = { MATVECS_TERNARY }, BINARY[] = { MATVECS_BINARY }, XNOR[] = { MATVECS_XNOR };

typedef struct {
	const char *name;
	int32_t bits;
	int32_t (*scratch_size)(int32_t columns);
	void (*embed)(int32_t *out, const rv_matrix_grouped *m, int32_t row);
	const variant *variants;
	int count, signs;
} kind;
static const kind KINDS[] = {
	{ "int4", 4, rv_matvec_int4_scratch_size, rv_embed_int4, INT4, LENGTH(INT4), 0 },
	{ "ternary", 2, rv_matvec_ternary_scratch_size, rv_embed_ternary, TERNARY, LENGTH(TERNARY), 0 },
	{ "binary", 1, rv_matvec_binary_scratch_size, rv_embed_binary, BINARY, LENGTH(BINARY), 0 },
	{ "xnor", 1, rv_matvec_binary_xnor_scratch_size, rv_embed_binary, XNOR, LENGTH(XNOR), 1 },
};

#define GROUPS(columns) (((columns) + RV_GROUP - 1) / RV_GROUP)

/* BYTES_LOWEST: weights and group scales of the largest sums. */
static rv_matrix_grouped matrix_for(const kind *k, int32_t rows, int32_t columns, int weights, int32_t shift)
{
	int64_t tiles = (int64_t)((rows + 7) / 8) * GROUPS(columns), bytes = tiles * 32 * k->bits;
	int8_t *codes = allocate((size_t)bytes), *groups = allocate((size_t)tiles * 8);
	uint16_t *scales = allocate((size_t)rows * 2);
	int lowest = weights == BYTES_LOWEST;
	fill_bytes(codes, bytes, weights == BYTES_EXTREME ? BYTES_ANY : weights);
	if (weights == BYTES_EXTREME) /* codes of ones or zeros throughout */
		for (int64_t i = 0; i < bytes; i++)
			codes[i] = (int8_t)((random64() & 1 ? 0x0F : 0) | (random64() & 1 ? 0xF0 : 0));
	if (lowest)
		memset(codes, k->bits == 2 ? 0xFF : 0, (size_t)bytes);
	fill_bytes(groups, tiles * 8, below(4) ? BYTES_ANY : BYTES_SPARSE);
	if (lowest)
		memset(groups, 0xFF, (size_t)tiles * 8);
	for (int32_t r = 0; r < rows; r++)
		scales[r] = (uint16_t)(below(8) ? random64() & 32767 : random64() & 1 ? 32767 : 0);
	return (rv_matrix_grouped){ (const uint8_t *)codes, (const uint8_t *)groups, scales, rows, columns, shift };
}

/* The weight but for the row's scale. */
static int32_t weight(const kind *k, const rv_matrix_grouped *m, int32_t row, int32_t column)
{
	int64_t lane = ((int64_t)(row / 8) * GROUPS(m->columns) + column / 32) * 8 + row % 8;
	const uint8_t *w = m->tiles + lane * 4 * k->bits;
	int32_t c = column % 32, code;
	if (k->bits == 4)
		code = (c < 16 ? w[c] & 15 : w[c - 16] >> 4) - 8;
	else if (k->bits == 2)
		code = (w[c / 16 * 4 + c % 4] >> 2 * (c % 16 / 4) & 3) - 1;
	else
		code = w[c % 4] >> c / 4 & 1 ? 1 : -1;
	return code * m->group_scales[lane];
}

/* What XNOR products take for the scale of signs. */
static rv_scale mean_scale(const int8_t *x, int32_t columns, rv_scale scale)
{
	uint64_t sum = 0;
	for (int32_t c = 0; c < columns; c++)
		sum += (uint64_t)abs(x[c]);
	uint64_t mean = scale.mantissa * sum * 256 / (uint64_t)columns;
	for (scale.shift += 8; mean > 65535; scale.shift--)
		mean /= 2;
	return (rv_scale){ (uint32_t)mean, scale.shift };
}

static void multiply(const kind *k, int32_t rows, int32_t columns, int weights, int bytes, int32_t shift, rv_scale scale)
{
	rv_matrix_grouped m = matrix_for(k, rows, columns, weights, shift);
	size_t padded = (size_t)GROUPS(columns) * RV_GROUP;
	int8_t *x = allocate(padded);
	int32_t *before = allocate((size_t)rows * 4), *expected = allocate((size_t)rows * 4), *embedding = allocate((size_t)columns * 4);
	int add = (int)below(2);
	fill_bytes(x, columns, bytes);
	memset(x + columns, 0, padded - (size_t)columns);
	fill_words(before, rows, (int)below(WORDS_KINDS));
	rv_scale used = k->signs ? mean_scale(x, columns, scale) : scale;
	for (int32_t r = 0; r < rows; r++) {
		int64_t sum = 0;
		for (int32_t c = 0; c < columns; c++)
			sum += weight(k, &m, r, c) * (k->signs ? x[c] < 0 ? -1 : 1 : x[c]);
		int32_t y = exact(sum * (int64_t)((uint64_t)m.scales[r] * used.mantissa), shift + used.shift - 16);
		expected[r] = add ? saturate((int64_t)before[r] + y) : y;
	}
	for (int v = 0; v < k->count; v++) {
		/* out needs no more than the alignment of its numbers, and nothing after it is written, nor after scratch. */
		size_t offset = below(4), needed = (size_t)k->scratch_size(columns);
		int32_t *memory = allocate((offset + (size_t)rows) * 4), *out = memory + offset;
		void *scratch = allocate(needed);
		memcpy(out, before, (size_t)rows * 4);
		k->variants[v].run(out, &m, x, &scale, add, scratch);
		CHECK(memcmp(out, expected, (size_t)rows * 4) == 0, "%s %s: %d x %d, weights %d, bytes %d, shift %d, scale %u %d, add %d", k->name,
			k->variants[v].name, (int)rows, (int)columns, weights, bytes, (int)shift, (unsigned)scale.mantissa, (int)scale.shift, add);
		free(memory);
		free(scratch);
	}
	int32_t row = (int32_t)below((uint32_t)rows), wrong = -1;
	k->embed(embedding, &m, row);
	for (int32_t c = 0; c < columns; c++)
		if (embedding[c] != exact((int64_t)weight(k, &m, row, c) * m.scales[row], shift - 16))
			wrong = c;
	CHECK(wrong < 0, "embed %s: row %d column %d of %d x %d, shift %d", k->name, (int)row, (int)wrong, (int)rows, (int)columns, (int)shift);
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

static void all_sizes(const kind *k)
{
	for (int i = 0; i < LENGTH(SIZES); i++)
		for (int j = 0; j < LENGTH(SIZES); j++)
			for (int n = 0; n < PART_OF(6); n++)
				multiply(k, SIZES[i], SIZES[j], (int)below(BYTES_KINDS), (int)below(BYTES_KINDS), below(4) ? 14 + (int32_t)below(20) : (int32_t)below(61), random_scale());
	/* Every shift of the sum, around the ends of what a variant does itself. */
	for (int32_t shift = -200; shift < 200; shift++)
		multiply(k, 17, 33, BYTES_EXTREME, BYTES_EXTREME, 30, (rv_scale){ 65535, shift });
	/* The largest sums of a group and of a row. */
	for (int bytes = BYTES_LOWEST; bytes < BYTES_KINDS; bytes++) {
		multiply(k, 9, 64, BYTES_LOWEST, bytes, 20, (rv_scale){ 65535, 20 });
		multiply(k, 9, RV_MAX_COLUMNS_GROUPED, BYTES_LOWEST, bytes, 40, (rv_scale){ 65535, 20 });
		multiply(k, 9, RV_MAX_COLUMNS_GROUPED, bytes, bytes, 40, (rv_scale){ 65535, 20 });
	}
}

int main(int argc, char **argv)
{
	start(argc, argv, "matvec-grouped");
	for (int i = 0; i < LENGTH(KINDS); i++)
		all_sizes(KINDS + i);
	return finish();
}
