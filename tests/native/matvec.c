/* Matrix times vector and row look-up: every variant against exact integers, and against doubles. */

#include "kernels.h"

static const struct { const char *name; matvec_kernel *run; } VARIANTS[] = { MATVECS };

static void multiply(int32_t rows, int32_t columns, int weights, int bytes, int32_t shift, rv_scale scale)
{
	rv_matrix m = random_matrix(rows, columns, weights, shift);
	int8_t *x = allocate((size_t)PADDED(columns));
	int32_t *before = allocate((size_t)rows * 4), *expected = allocate((size_t)rows * 4);
	int add = (int)below(2);
	double worst = 0;
	fill_bytes(x, columns, bytes);
	memset(x + columns, 0, (size_t)(PADDED(columns) - columns));
	fill_words(before, rows, (int)below(WORDS_KINDS));
	for (int32_t r = 0; r < rows; r++) {
		int64_t sum = 0;
		for (int32_t c = 0; c < columns; c++)
			sum += weight_at(&m, r, c) * x[c];
		double real = ldexp((double)sum * m.scales[r] * scale.mantissa, 16 - shift - scale.shift);
		int32_t y = exact(sum * (int64_t)((uint64_t)m.scales[r] * scale.mantissa), shift + scale.shift - 16);
		if (y != INT32_MAX && y != INT32_MIN && fabs(y - real) > worst)
			worst = fabs(y - real);
		expected[r] = add ? saturate((int64_t)before[r] + y) : y;
	}
	CHECK(worst < 0.500001, "off by %g units", worst);
	for (int v = 0; v < LENGTH(VARIANTS); v++) {
		/* out needs no more than the alignment of its numbers, and nothing after it is written. */
		size_t offset = below(4);
		int32_t *memory = allocate((offset + (size_t)rows) * 4), *out = memory + offset;
		memcpy(out, before, (size_t)rows * 4);
		VARIANTS[v].run(out, &m, x, &scale, add);
		CHECK(memcmp(out, expected, (size_t)rows * 4) == 0, "%s: %d x %d, weights %d, bytes %d, shift %d, scale %u %d, add %d", VARIANTS[v].name,
			rows, columns, weights, bytes, shift, scale.mantissa, scale.shift, add);
		free(memory);
	}
	int32_t row = (int32_t)below((uint32_t)rows), wrong = -1;
	int32_t *embedding = allocate((size_t)columns * 4);
	rv_embed(embedding, &m, row);
	for (int32_t c = 0; c < columns; c++)
		if (embedding[c] != exact(weight_at(&m, row, c) * m.scales[row], shift - 16))
			wrong = c;
	CHECK(wrong < 0, "embed: row %d column %d of %d x %d, shift %d", row, wrong, rows, columns, shift);
	free(embedding);
	free(before);
	free(expected);
	free(x);
	free_matrix(&m);
}

/* Scales of activations: usual, the largest, zero, and shifts that bring results to 0 or to the ends. */
static rv_scale random_scale(void)
{
	rv_scale usual = { 16384 + below(16384), 16 + (int32_t)below(8) };
	rv_scale any = { below(65536), (int32_t)below(200) - 100 }, largest = { 65535, (int32_t)below(40) }, zero = { 0, 0 };
	switch (below(5)) {
	case 0: return any;
	case 1: return largest;
	case 2: return zero;
	default: return usual;
	}
}

int main(int argc, char **argv)
{
	start(argc, argv, "matvec");
	for (int i = 0; i < LENGTH(SIZES); i++)
		for (int j = 0; j < LENGTH(SIZES); j++)
			for (int n = 0; n < PART_OF(8); n++)
				multiply(SIZES[i], SIZES[j], (int)below(BYTES_KINDS), (int)below(BYTES_KINDS), below(4) ? 10 + (int32_t)below(20) : (int32_t)below(61), random_scale());
	/* Every shift of the sum, around the ends of what a variant does itself. */
	for (int32_t shift = -200; shift < 200; shift++)
		multiply(17, 33, BYTES_EXTREME, BYTES_EXTREME, 30, (rv_scale){ 65535, shift });
	/* The widest row: sums of 2^30. */
	for (int kind = BYTES_LOWEST; kind < BYTES_KINDS; kind++)
		multiply(9, RV_MAX_COLUMNS, kind, kind, 40, (rv_scale){ 65535, 20 });
	return finish();
}
