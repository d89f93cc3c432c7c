/* Kernels beside their references; sizes that leave rests in every direction of a tile, a group and a vector. */
#include <stddef.h>
#include "kernel-check.h"
#include "fixed-point.h"

#define ROWS 20
#define COLUMNS 40
#define COLUMNS_INT4 70
#define HEADS 4
#define KV_HEADS 2
#define HEAD_DIM 8
#define CAPACITY 48
#define UP(n, to) (((n) + (to) - 1) / (to) * (to))
#define TILES UP(ROWS, RV_TILE_ROWS)

const rv_kernel_set rv_bound_kernels = { rv_matvec, rv_matvec_int4, rv_matvec_ternary, rv_matvec_binary, rv_attend };

/* The largest members first, so that each begins at a multiple of 16. */
typedef struct {
	int8_t tiles[TILES * UP(COLUMNS, RV_TILE_COLUMNS)];
	uint8_t nibbles[TILES * UP(COLUMNS_INT4, RV_GROUP) / 2];
	int8_t keys[KV_HEADS * CAPACITY * HEAD_DIM], values[KV_HEADS * CAPACITY * HEAD_DIM];
	uint16_t key_scales[KV_HEADS * RV_SCALE_STRIDE(CAPACITY)], value_scales[KV_HEADS * RV_SCALE_STRIDE(CAPACITY)];
	int8_t x[UP(COLUMNS_INT4, RV_GROUP)];
	int8_t queries[HEADS * HEAD_DIM];
	int32_t out[2][UP(HEADS * HEAD_DIM, 16)];
	rv_scale query_scales[HEADS];
	uint16_t scales[UP(ROWS, 8)];
	uint8_t group_scales[TILES * UP(COLUMNS_INT4, RV_GROUP) / RV_GROUP];
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

typedef void grouped_kernel(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);

/* The same bytes serve as nibbles, as ternary codes and as bits. */
static int grouped_agrees(grouped_kernel *kernel, grouped_kernel *reference, memory *m, void *scratch)
{
	rv_matrix_grouped matrix = { m->nibbles, m->group_scales, m->scales, ROWS, COLUMNS_INT4, 24 };
	rv_scale scale = { 20000 + next(m) % 10000, 18 };
	fill_activations(m, COLUMNS_INT4);
	for (int add = 0; add < 2; add++) {
		start(m);
		kernel(m->out[0], &matrix, m->x, &scale, add, scratch);
		reference(m->out[1], &matrix, m->x, &scale, add, scratch);
		if (!same(m))
			return 0;
	}
	return 1;
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

int32_t rv_kernel_check_scratch_size(void)
{
	int32_t int4 = rv_matvec_grouped_scratch_size(COLUMNS_INT4), attention = rv_attention_scratch_size(CAPACITY);
	return (int32_t)UP(sizeof(memory), 64) + (int4 > attention ? int4 : attention);
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
	for (uint32_t i = 0; i < sizeof(m->nibbles); i++)
		m->nibbles[i] &= (uint8_t)~(m->nibbles[i] >> 1 & 0x55);
	if (!grouped_agrees(kernels->matvec_ternary, rv_matvec_ternary_portable, m, rest))
		return "matvec_ternary";
	if (!grouped_agrees(kernels->matvec_binary, rv_matvec_binary_portable, m, rest))
		return "matvec_binary";
	return attend_agrees(kernels, m, rest) ? 0 : "attend";
}
