/* Kernels beside their references; sizes that leave rests in every direction of a tile, a group and a vector. */
#include <stddef.h>
#include "kernel-check.h"
#include "fixed-point.h"

#define ROWS 20
#define COLUMNS 40
#define COLUMNS_GROUPED 70
#define HEADS 4
#define KV_HEADS 2
#define HEAD_DIM 8
#define CAPACITY 48
#define UP(n, to) (((n) + (to) - 1) / (to) * (to))
#define TILES UP(ROWS, RV_TILE_ROWS)

const rv_kernel_set rv_bound_kernels = { rv_matvec, rv_matvec_int4, rv_matvec_ternary, rv_matvec_binary, rv_matvec_binary_xnor, rv_attend };

/* The largest members first, so that each begins at a multiple of 16. */
typedef struct {
	int8_t tiles[TILES * UP(COLUMNS, RV_TILE_COLUMNS)];
	uint8_t nibbles[TILES * UP(COLUMNS_GROUPED, RV_GROUP) / 2];
	int8_t keys[KV_HEADS * CAPACITY * HEAD_DIM], values[KV_HEADS * CAPACITY * HEAD_DIM];
	uint16_t key_scales[KV_HEADS * RV_SCALE_STRIDE(CAPACITY)], value_scales[KV_HEADS * RV_SCALE_STRIDE(CAPACITY)];
	int8_t x[UP(COLUMNS_GROUPED, RV_GROUP)];
	int8_t queries[HEADS * HEAD_DIM];
	int32_t out[2][UP(HEADS * HEAD_DIM, 16)];
	rv_scale query_scales[HEADS];
	uint16_t scales[UP(ROWS, 8)];
	uint8_t group_scales[TILES * UP(COLUMNS_GROUPED, RV_GROUP) / RV_GROUP];
	uint32_t state;
} memory;

_Static_assert(ROWS <= HEADS * HEAD_DIM, "out holds results of matrices and of attention");

static uint32_t next(memory *m)
{
	m->state = m->state * 1664525u + 1013904223u;
	return m->state >> 8;
}

static void fill(memory *m, void *bytes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		((uint8_t *)bytes)[i] = (uint8_t)next(m);
}

/* Both outputs begin alike, since products are added to them. */
static void start(memory *m)
{
	for (uint32_t i = 0; i < sizeof(m->out[0]) / 4; i++)
		m->out[0][i] = m->out[1][i] = (int32_t)next(m) - (1 << 23);
}

/* Activations, and zeros behind them. */
static void fill_activations(memory *m, int32_t columns)
{
	for (int32_t c = 0; c < (int32_t)sizeof(m->x); c++)
		m->x[c] = c < columns ? (int8_t)next(m) : 0;
}

static int same(const memory *m)
{
	for (uint32_t i = 0; i < sizeof(m->out[0]) / 4; i++)
		if (m->out[0][i] != m->out[1][i])
			return 0;
	return 1;
}

/* The definition, one product at a time: holds the portable kernel too. */
static void matvec_by_definition(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add)
{
	int32_t chunks = UP(m->columns, RV_TILE_COLUMNS) / RV_TILE_COLUMNS;
	for (int32_t r = 0; r < m->rows; r++) {
		int32_t sum = 0;
		for (int32_t c = 0; c < m->columns; c++)
			sum += m->tiles[(r / RV_TILE_ROWS * chunks + c / RV_TILE_COLUMNS) * RV_TILE_BYTES + r % RV_TILE_ROWS * RV_TILE_COLUMNS + c % RV_TILE_COLUMNS] * x[c];
		int32_t y = rv_scale_down((int64_t)sum * (int32_t)(m->scales[r] * scale->mantissa), m->shift + rv_shift_of(scale) - 16);
		out[r] = add ? rv_saturate((int64_t)out[r] + y) : y;
	}
}

static int matvec_agrees(const rv_kernel_set *kernels, memory *m)
{
	rv_matrix matrix = { m->tiles, m->scales, ROWS, COLUMNS, 20 };
	rv_scale scale = { 20000 + next(m) % 10000, 18 };
	fill_activations(m, COLUMNS);
	for (int add = 0; add < 2; add++) {
		start(m);
		kernels->matvec(m->out[0], &matrix, m->x, &scale, add);
		matvec_by_definition(m->out[1], &matrix, m->x, &scale, add);
		if (!same(m))
			return 0;
	}
	return 1;
}

/* INT4, ternary or binary weights, of the same bytes. */
static int grouped_agrees(rv_grouped_kernel *kernel, rv_grouped_kernel *reference, memory *m, void *scratch)
{
	rv_matrix_grouped matrix = { m->nibbles, m->group_scales, m->scales, ROWS, COLUMNS_GROUPED, 24 };
	rv_scale scale = { 20000 + next(m) % 10000, 18 };
	fill_activations(m, COLUMNS_GROUPED);
	for (int add = 0; add < 2; add++) {
		start(m);
		kernel(m->out[0], &matrix, m->x, &scale, add, scratch);
		reference(m->out[1], &matrix, m->x, &scale, add, scratch);
		if (!same(m))
			return 0;
	}
	return 1;
}

/* The definition, one bit at a time. */
static void xnor_by_definition(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = UP(m->columns, RV_GROUP) / RV_GROUP;
	uint64_t magnitudes = 0;
	(void)scratch;
	for (int32_t c = 0; c < m->columns; c++)
		magnitudes += rv_abs(x[c]);
	rv_scale mean = { (uint32_t)((scale->mantissa * magnitudes << 8) / (uint32_t)m->columns), scale->shift + 8 };
	for (; mean.mantissa >> 16; mean.shift--)
		mean.mantissa >>= 1;
	for (int32_t r = 0; r < m->rows; r++) {
		int32_t sum = 0;
		for (int32_t c = 0; c < m->columns; c++) {
			int32_t tile = r / RV_TILE_ROWS * groups + c / RV_GROUP, in_group = c % RV_GROUP;
			int bit = m->tiles[tile * RV_TILE_BYTES_BINARY + r % RV_TILE_ROWS * 4 + in_group % 4] >> in_group / 4 & 1;
			int32_t w = m->group_scales[tile * RV_TILE_ROWS + r % RV_TILE_ROWS];
			sum += bit == (x[c] >= 0) ? w : -w;
		}
		int32_t y = rv_scale_down((int64_t)sum * (int32_t)(m->scales[r] * mean.mantissa), m->shift + mean.shift - 16);
		out[r] = add ? rv_saturate((int64_t)out[r] + y) : y;
	}
}

static int attend_agrees(const rv_kernel_set *kernels, memory *m, void *scratch)
{
	rv_attention a = { m->keys, m->values, m->key_scales, m->value_scales, 0, HEADS, KV_HEADS, HEAD_DIM, CAPACITY, 26000, 24 };
	/* Scales around 1.0: a mantissa below an exponent of 0 to 5. */
	for (uint32_t i = 0; i < sizeof(m->key_scales) / 2; i++) {
		m->key_scales[i] = (uint16_t)((next(m) % 6) << 12 | next(m) % 4096);
		m->value_scales[i] = (uint16_t)((next(m) % 6) << 12 | next(m) % 4096);
	}
	for (int h = 0; h < HEADS; h++)
		m->query_scales[h] = (rv_scale){ 20000 + next(m) % 10000, 20 };
	for (int32_t position = 0; position < CAPACITY; position += position < 17 ? 16 : 15) {
		start(m);
		kernels->attend(&a, position, m->queries, m->query_scales, m->out[0], scratch);
		rv_attend_portable(&a, position, m->queries, m->query_scales, m->out[1], scratch);
		if (!same(m))
			return 0;
	}
	return 1;
}

static int32_t larger(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

int32_t rv_kernel_check_scratch_size(void)
{
	int32_t products = larger(rv_matvec_int4_scratch_size(COLUMNS_GROUPED), rv_matvec_ternary_scratch_size(COLUMNS_GROUPED));
	products = larger(products, rv_matvec_binary_scratch_size(COLUMNS_GROUPED));
	return (int32_t)UP(sizeof(memory), 64) + larger(products, rv_attention_scratch_size(CAPACITY));
}

const char *rv_kernel_check(const rv_kernel_set *kernels, void *scratch)
{
	memory *m = scratch;
	void *rest = (uint8_t *)scratch + UP(sizeof(memory), 64);
	m->state = 1;
	fill(m, m, offsetof(memory, out));
	fill(m, m->group_scales, sizeof(m->group_scales));
	for (int r = 0; r < ROWS; r++)
		m->scales[r] = (uint16_t)(next(m) & 32767);
	if (!matvec_agrees(kernels, m))
		return "matvec";
	if (!grouped_agrees(kernels->matvec_int4, rv_matvec_int4_portable, m, rest))
		return "matvec_int4";
	if (!grouped_agrees(kernels->matvec_ternary, rv_matvec_ternary_portable, m, rest))
		return "matvec_ternary";
	if (!grouped_agrees(kernels->matvec_binary, rv_matvec_binary_portable, m, rest))
		return "matvec_binary";
	if (!grouped_agrees(kernels->matvec_binary_xnor, xnor_by_definition, m, rest))
		return "matvec_binary_xnor";
	return attend_agrees(kernels, m, rest) ? 0 : "attend";
}
