/*
 * Kernels under every parameter that native/xs/operator-kinds.c lets through, over buffers of any
 * contents, scales included: nothing outside the buffers, nothing undefined, the same bits from every variant.
 */

#include "kernels.h"

static const struct { const char *name; matvec_kernel *run; } MATVEC[] = { MATVECS };
typedef struct { const char *name; matvec_grouped_kernel *run; } grouped_variant;
static const grouped_variant INT4[] = { MATVECS_INT4 }, TERNARY[] = { MATVECS_TERNARY }, BINARY[] = { MATVECS_BINARY }, XNOR[] = { MATVECS_XNOR };
static const struct { const char *name; attend_kernel *run; } ATTEND[] = { ATTENDS };

static void *any_bytes(size_t bytes)
{
	int8_t *memory = allocate(bytes);
	fill_bytes(memory, (int64_t)bytes, BYTES_ANY);
	return memory;
}

static void *any_words(size_t count)
{
	int32_t *memory = allocate(count * 4);
	fill_words(memory, (int64_t)count, (int)below(WORDS_KINDS));
	return memory;
}

static rv_scale any_scale(void)
{
	int32_t any = (int32_t)random64();
	rv_scale s = { (uint32_t)random64() >> below(32), below(8) ? any >> below(32) : any < 0 ? INT32_MIN : INT32_MAX };
	return s;
}

static int32_t from(int32_t low, int32_t high)
{
	return below(8) == 0 ? low : below(8) == 0 ? high : low + (int32_t)below((uint32_t)(high - low) + 1);
}

/* Mostly small, now and then the largest. */
static int32_t size_to(int32_t most)
{
	return below(100) == 0 ? most : 1 + (int32_t)below(below(4) ? 40 : 200);
}

static void matrix(void)
{
	int32_t columns = size_to(RV_MAX_COLUMNS), rows = columns > 1000 ? 1 + (int32_t)below(20) : size_to(1 << 12);
	rv_matrix m = random_matrix(rows, columns, (int)below(BYTES_KINDS), from(0, 60));
	int8_t *x = any_bytes((size_t)PADDED(columns));
	int32_t *out = any_words((size_t)rows), *expected = any_words((size_t)rows), *embedding = allocate((size_t)columns * 4);
	rv_scale scale = any_scale();
	int add = (int)below(2);
	memcpy(expected, out, (size_t)rows * 4);
	rv_matvec_portable(expected, &m, x, &scale, add);
	for (int v = 1; v < LENGTH(MATVEC); v++) {
		int32_t *again = allocate((size_t)rows * 4);
		memcpy(again, out, (size_t)rows * 4);
		MATVEC[v].run(again, &m, x, &scale, add);
		CHECK(memcmp(again, expected, (size_t)rows * 4) == 0, "%s: %d x %d, shift %d, scale %u %d, add %d", MATVEC[v].name,
			rows, columns, m.shift, scale.mantissa, scale.shift, add);
		free(again);
	}
	rv_embed(embedding, &m, (int32_t)below((uint32_t)rows));
	CHECK(1, "done");
	free(x);
	free(out);
	free(expected);
	free(embedding);
	free_matrix(&m);
}

typedef void embed_grouped(int32_t *out, const rv_matrix_grouped *m, int32_t row);

static void grouped(const char *kind, int32_t tile_bytes, const grouped_variant *variants, int count, int32_t (*scratch_size)(int32_t), embed_grouped *embed)
{
	int32_t columns = size_to(RV_MAX_COLUMNS_GROUPED), rows = columns > 1000 ? 1 + (int32_t)below(20) : size_to(1 << 10);
	size_t groups = (size_t)(columns + RV_GROUP - 1) / RV_GROUP, tiles = (size_t)((rows + 7) / 8) * groups;
	rv_matrix_grouped m = { any_bytes(tiles * (size_t)tile_bytes), any_bytes(tiles * 8), any_bytes((size_t)rows * 2), rows, columns, from(0, 60) };
	int8_t *x = any_bytes(groups * RV_GROUP);
	int32_t *out = any_words((size_t)rows), *expected = allocate((size_t)rows * 4), *embedding = allocate((size_t)columns * 4);
	void *scratch = allocate((size_t)scratch_size(columns));
	rv_scale scale = any_scale();
	int add = (int)below(2);
	for (int32_t r = 0; r < rows; r++)
		((uint16_t *)m.scales)[r] &= 32767;
	for (int v = 0; v < count; v++) {
		int32_t *again = allocate((size_t)rows * 4);
		memcpy(again, out, (size_t)rows * 4);
		variants[v].run(again, &m, x, &scale, add, scratch);
		if (v == 0)
			memcpy(expected, again, (size_t)rows * 4);
		CHECK(memcmp(again, expected, (size_t)rows * 4) == 0, "%s %s: %d x %d, shift %d, scale %u %d, add %d", kind, variants[v].name,
			(int)rows, (int)columns, (int)m.shift, (unsigned)scale.mantissa, (int)scale.shift, add);
		free(again);
	}
	embed(embedding, &m, (int32_t)below((uint32_t)rows));
	free(x);
	free(out);
	free(expected);
	free(embedding);
	free(scratch);
	free((void *)m.tiles);
	free((void *)m.group_scales);
	free((void *)m.scales);
}

static void vectors(void)
{
	int32_t n = size_to(RV_MAX_COLUMNS);
	int32_t *x = any_words((size_t)n), *scratch = allocate((size_t)n * 4), *gate_up = any_words((size_t)n * 2);
	int16_t *gain = any_bytes((size_t)n * 2);
	int8_t *q = allocate((size_t)VECTOR(n));
	rv_norm norm = { gain, n, from(-16, 40), (uint32_t)from(0, INT32_MAX), (uint32_t)from(1, 256 << 16) };
	rv_scale scale;
	rv_norm_quantise(q, &scale, x, &norm, scratch);
	CHECK(scale.mantissa >> 16 == 0 && is_padding_zero(q, n), "norm of %d", n);
	rv_quantise(q, &scale, x, n, from(-31, 62));
	CHECK(scale.mantissa >> 16 == 0 && is_padding_zero(q, n), "%d", n);
	rv_swiglu_quantise(q, &scale, gate_up, n);
	CHECK(scale.mantissa >> 16 == 0 && is_padding_zero(q, n), "SwiGLU of %d", n);
	free(x);
	free(scratch);
	free(gate_up);
	free(gain);
	free(q);
}

static void attention(void)
{
	int32_t kv_heads = 1 + (int32_t)below(4), heads = kv_heads * (1 + (int32_t)below(4));
	int32_t dim = below(3) ? (below(2) ? 8 : 16 * (1 + (int32_t)below(16))) : from(2, 256) & ~1;
	int32_t capacity = below(200) == 0 && dim <= 16 ? RV_MAX_POSITIONS : size_to(1000);
	if (below(2))
		capacity = PADDED(capacity);
	size_t cache = (size_t)kv_heads * (size_t)capacity * (size_t)dim, scales = (size_t)(kv_heads * RV_SCALE_STRIDE(capacity)) * 2;
	int8_t *queries = any_bytes((size_t)(heads * dim));
	rv_scale *query_scales = allocate((size_t)heads * sizeof(rv_scale));
	uint32_t *frequencies = any_bytes((size_t)dim * 2);
	int32_t *qkv = any_words((size_t)((heads + 2 * kv_heads) * dim)), *expected = allocate((size_t)(heads * dim) * 4);
	rv_attention a = { any_bytes(cache), any_bytes(cache), any_bytes(scales), any_bytes(scales), frequencies, heads, kv_heads, dim, capacity,
		(uint32_t)from(1, 32767), from(0, 60) };
	void *scratch;
	if (posix_memalign(&scratch, 64, (size_t)rv_attention_scratch_size(capacity)))
		exit(2);
	int32_t position = from(0, capacity - 1);
	if (below(2))
		for (int32_t t = 0; t <= position && t < 20; t++)
			rv_rope_store(&a, qkv, t, queries, query_scales);
	else
		rv_rope_store(&a, qkv, position, queries, query_scales);
	if (below(2))
		for (int32_t h = 0; h < heads; h++)
			query_scales[h] = any_scale();
	rv_attend_portable(&a, position, queries, query_scales, expected, scratch);
	CHECK(1, "done");
	for (int v = 1; v < LENGTH(ATTEND); v++) {
		int32_t *mixed = allocate((size_t)(heads * dim) * 4);
		ATTEND[v].run(&a, position, queries, query_scales, mixed, scratch);
		CHECK(memcmp(mixed, expected, (size_t)(heads * dim) * 4) == 0, "%s: %d heads of %d, position %d of %d", ATTEND[v].name, heads, dim, position, capacity);
		free(mixed);
	}
	free(a.keys);
	free(a.values);
	free(a.key_scales);
	free(a.value_scales);
	free(queries);
	free(query_scales);
	free(frequencies);
	free(qkv);
	free(expected);
	free(scratch);
}

int main(int argc, char **argv)
{
	start(argc, argv, "kernels-fuzz");
	for (int i = 0; i < PART_OF(4000); i++) {
		matrix();
		grouped("int4", RV_TILE_BYTES, INT4, LENGTH(INT4), rv_matvec_int4_scratch_size, rv_embed_int4);
		grouped("ternary", RV_TILE_BYTES_TERNARY, TERNARY, LENGTH(TERNARY), rv_matvec_ternary_scratch_size, rv_embed_ternary);
		grouped("binary", RV_TILE_BYTES_BINARY, BINARY, LENGTH(BINARY), rv_matvec_binary_scratch_size, rv_embed_binary);
		grouped("xnor", RV_TILE_BYTES_BINARY, XNOR, LENGTH(XNOR), rv_matvec_binary_xnor_scratch_size, rv_embed_binary);
		vectors();
		attention();
	}
	return finish();
}
