/* Sparse attention: over chosen positions it is dense attention over a cache of just these. */

#include "kernels.h"

enum { MOST = 96 };

typedef struct {
	rv_attention a;
	size_t cache, scales;
} layer;

static layer make(int32_t heads, int32_t kv_heads, int32_t dim, int32_t capacity)
{
	layer l = { { 0 }, (size_t)(kv_heads * capacity * dim), (size_t)(kv_heads * RV_SCALE_STRIDE(capacity)) };
	l.a = (rv_attention){ allocate(l.cache), allocate(l.cache), allocate(l.scales * 2), allocate(l.scales * 2), NULL, heads, kv_heads, dim, capacity, 16384 + below(16384), 20 + (int32_t)below(6) };
	fill_bytes(l.a.keys, (int64_t)l.cache, BYTES_ANY);
	fill_bytes(l.a.values, (int64_t)l.cache, BYTES_ANY);
	for (size_t i = 0; i < l.scales; i++) {
		l.a.key_scales[i] = (uint16_t)(below(8) << 12 | below(4096));
		l.a.value_scales[i] = (uint16_t)(below(8) << 12 | below(4096));
	}
	return l;
}

static void drop(layer *l)
{
	free(l->a.keys);
	free(l->a.values);
	free(l->a.key_scales);
	free(l->a.value_scales);
}

/* The chosen positions of `from`, side by side. */
static layer only(const layer *from, const uint8_t *chosen, int32_t count)
{
	const rv_attention *f = &from->a;
	layer l = make(f->heads, f->kv_heads, f->head_dim, count);
	l.a.score_mantissa = f->score_mantissa;
	l.a.score_shift = f->score_shift;
	for (int32_t g = 0; g < f->kv_heads; g++)
		for (int32_t p = 0, at = 0; p < f->capacity; p++)
			if (chosen[p]) {
				memcpy(l.a.keys + (g * count + at) * f->head_dim, f->keys + (g * f->capacity + p) * f->head_dim, (size_t)f->head_dim);
				memcpy(l.a.values + (g * count + at) * f->head_dim, f->values + (g * f->capacity + p) * f->head_dim, (size_t)f->head_dim);
				l.a.key_scales[g * RV_SCALE_STRIDE(count) + at] = f->key_scales[g * RV_SCALE_STRIDE(f->capacity) + p];
				l.a.value_scales[g * RV_SCALE_STRIDE(count) + at] = f->value_scales[g * RV_SCALE_STRIDE(f->capacity) + p];
				at++;
			}
	return l;
}

static void compare(int32_t heads, int32_t kv_heads, int32_t dim, int32_t capacity, uint32_t density, int split)
{
	layer all = make(heads, kv_heads, dim, capacity);
	int32_t position = (int32_t)below((uint32_t)capacity), count = 0;
	uint8_t chosen[MOST] = { 0 };
	uint16_t *runs = allocate((size_t)(2 * capacity + 2) * 2);
	runs[0] = 0;
	for (int32_t p = 0; p <= position; p++)
		if (p == position || below(8) < density) {
			/* Neighbours may also stand as runs of their own. */
			if (!runs[0] || !chosen[p - 1] || (split && below(3) == 0)) {
				runs[1 + 2 * runs[0]] = (uint16_t)p;
				runs[2 + 2 * runs[0]] = 0;
				runs[0]++;
			}
			runs[2 * runs[0]]++;
			chosen[p] = 1;
			count++;
		}
	layer some = only(&all, chosen, count);
	int32_t n = heads * dim;
	int8_t *queries = allocate((size_t)n);
	rv_scale *scales = allocate((size_t)heads * sizeof(rv_scale));
	int32_t *mixed = allocate((size_t)n * 4), *expected = allocate((size_t)n * 4);
	void *scratch = allocate((size_t)rv_attention_scratch_size(capacity));
	fill_bytes(queries, n, BYTES_ANY);
	for (int32_t h = 0; h < heads; h++)
		scales[h] = (rv_scale){ 16384 + below(16384), 16 + (int32_t)below(8) };
	CHECK(rv_runs_valid(runs, position), "runs of %d positions", (int)count);
	rv_attend_runs(&all.a, runs, queries, scales, mixed, scratch);
	rv_attend_portable(&some.a, count - 1, queries, scales, expected, scratch);
	CHECK(memcmp(mixed, expected, (size_t)n * 4) == 0, "%d heads, %d of them for keys, of %d; %d of %d positions in %d runs", (int)heads, (int)kv_heads, (int)dim, (int)count, (int)position + 1, (int)runs[0]);
	free(queries);
	free(scales);
	free(mixed);
	free(expected);
	free(scratch);
	free(runs);
	drop(&all);
	drop(&some);
}

static void refusals(void)
{
	static const struct { uint16_t runs[5]; int32_t position, good; } cases[] = {
		{ { 1, 0, 8 }, 7, 1 }, { { 0 }, 7, 0 }, { { 1, 0, 9 }, 7, 0 }, { { 1, 8, 1 }, 7, 0 }, { { 1, 3, 0 }, 7, 0 }, { { 2, 0, 4, 3, 1 }, 7, 0 }, { { 2, 4, 1, 0, 1 }, 7, 0 }, { { 2, 0, 4, 4, 4 }, 7, 1 },
		{ { 65535, 0, 1 }, 7, 0 }, { { 1, 65535, 65535 }, 7, 0 },
	};
	for (int i = 0; i < LENGTH(cases); i++)
		CHECK(rv_runs_valid(cases[i].runs, cases[i].position) == cases[i].good, "case %d", i);
}

int main(int argc, char **argv)
{
	start(argc, argv, "attention-runs");
	refusals();
	static const int32_t dims[] = { 2, 6, 8, 10, 16, 32 };
	for (int i = 0; i < LENGTH(dims); i++)
		for (int n = 0; n < PART_OF(60); n++) {
			int32_t kv_heads = 1 + (int32_t)below(3), heads = kv_heads * (1 + (int32_t)below(3));
			compare(heads, kv_heads, dims[i], 1 + (int32_t)below(MOST), below(9), (int)below(2));
		}
	return finish();
}
