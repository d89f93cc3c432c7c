/* Rotary embedding and the store into the cache against doubles. */

#include "kernels.h"
#include "fixed-point.h"

#define PI 3.14159265358979323846

static double worst_rotation;

static double scale_of(uint16_t s)
{
	return ldexp(s & 4095, s >> 12);
}

static void rotate_and_store(int32_t heads, int32_t kv_heads, int32_t dim, int32_t capacity, int32_t position, int kind)
{
	size_t total = (size_t)(heads + 2 * kv_heads) * (size_t)dim, cache = (size_t)kv_heads * (size_t)capacity * (size_t)dim;
	size_t stride = (size_t)RV_SCALE_STRIDE(capacity), scales = (size_t)kv_heads * stride;
	int32_t *qkv = allocate(total * 4), *before = allocate(total * 4);
	int8_t *keys = allocate(cache), *values = allocate(cache), *queries = allocate((size_t)(heads * dim));
	uint16_t *key_scales = allocate(scales * 2), *value_scales = allocate(scales * 2);
	uint32_t *frequencies = allocate((size_t)dim * 2);
	rv_scale *query_scales = allocate((size_t)heads * sizeof(rv_scale));
	rv_attention a = { keys, values, key_scales, value_scales, frequencies, heads, kv_heads, dim, capacity, 16384, 20 };
	double rotation = 0, query_error = 0, cache_error = 0;
	memset(keys, 0x55, cache);
	memset(values, 0x55, cache);
	memset(key_scales, 0x55, scales * 2);
	memset(value_scales, 0x55, scales * 2);
	for (int32_t i = 0; i < dim / 2; i++)
		frequencies[i] = below(4) ? (uint32_t)(4294967296.0 * pow(10000, -2.0 * i / dim) / (2 * PI)) : (uint32_t)random64();
	fill_words(qkv, (int64_t)total, kind);
	memcpy(before, qkv, total * 4);
	rv_rope_store(&a, qkv, position, queries, query_scales);

	for (int32_t h = 0; h < heads + kv_heads; h++)
		for (int32_t i = 0; i < dim; i += 2) {
			const int32_t *in = before + h * dim + i, *out = qkv + h * dim + i;
			double angle = 2 * PI * ldexp((uint32_t)position * frequencies[i / 2], -32), size = hypot(in[0], in[1]);
			double first = in[0] * cos(angle) - in[1] * sin(angle), second = in[0] * sin(angle) + in[1] * cos(angle);
			first = fmax(INT32_MIN, fmin(INT32_MAX, first));
			second = fmax(INT32_MIN, fmin(INT32_MAX, second));
			rotation = fmax(rotation, fmax(fabs(out[0] - first), fabs(out[1] - second)) / (size * ldexp(1, -13) + 0.501));
			if (size > 1 << 24)
				worst_rotation = fmax(worst_rotation, fmax(fabs(out[0] - first), fabs(out[1] - second)) / size);
		}
	CHECK(rotation <= 1, "heads of %d, position %d, kind %d: %g of the bound", dim, position, kind, rotation);
	CHECK(memcmp(qkv + (heads + kv_heads) * dim, before + (heads + kv_heads) * dim, (size_t)(kv_heads * dim) * 4) == 0, "values are not rotated");

	for (int32_t h = 0; h < heads; h++)
		for (int32_t i = 0; i < dim; i++)
			query_error = fmax(query_error, fabs(queries[h * dim + i] * value_of(query_scales + h) - ldexp(qkv[h * dim + i], -16)) / value_of(query_scales + h));
	CHECK(query_error < 0.51, "queries are %g steps off", query_error);

	int sizes_fit = 1, others = 1;
	for (int32_t h = 0; h < 2 * kv_heads; h++) {
		const int32_t *real = qkv + (heads + h) * dim;
		int32_t group = h % kv_heads;
		const int8_t *stored = (h < kv_heads ? keys : values) + ((int64_t)group * capacity + position) * dim;
		double scale = scale_of((h < kv_heads ? key_scales : value_scales)[(size_t)group * stride + (size_t)position]);
		uint32_t max = rv_max_magnitude(real, dim);
		for (int32_t i = 0; i < dim; i++) {
			/* Beyond 2048 clipped. */
			double clipped = fmax(-scale_of(0xFFFF), fmin(scale_of(0xFFFF), real[i]));
			cache_error = fmax(cache_error, fabs(stored[i] * scale / 127 - clipped) / fmax(scale / 127, 1e-9));
			sizes_fit &= stored[i] != -128;
		}
		/* The largest magnitude, rounded up to 12 bits. */
		sizes_fit &= max > scale_of(0xFFFF) ? scale == scale_of(0xFFFF) : scale >= max && scale <= max * (1 + ldexp(1, -11));
	}
	CHECK(cache_error < 0.51, "the cache is %g steps off", cache_error);
	CHECK(sizes_fit, "scales of the cache");
	for (size_t i = 0; i < cache; i++)
		if (i / (size_t)dim % (size_t)capacity != (size_t)position)
			others &= keys[i] == 0x55 && values[i] == 0x55;
	for (size_t i = 0; i < scales; i++)
		if (i % stride != (size_t)position)
			others &= key_scales[i] == 0x5555 && value_scales[i] == 0x5555;
	CHECK(others, "other positions were written");
	free(qkv);
	free(before);
	free(keys);
	free(values);
	free(queries);
	free(key_scales);
	free(value_scales);
	free(frequencies);
	free(query_scales);
}

int main(int argc, char **argv)
{
	static const int32_t DIMS[] = { 2, 4, 8, 12, 16, 30, 32, 48, 64, 128, 256 };
	start(argc, argv, "rope");
	for (int i = 0; i < LENGTH(DIMS); i++)
		for (int j = 0; j < LENGTH(SIZES); j++)
			for (int kind = 0; kind < WORDS_KINDS; kind++) {
				int32_t kv_heads = 1 + (int32_t)below(3);
				rotate_and_store(kv_heads * (1 + (int32_t)below(3)), kv_heads, DIMS[i], SIZES[j], (int32_t)below((uint32_t)SIZES[j]), kind);
			}
	for (int kind = 0; kind < WORDS_KINDS; kind++)
		rotate_and_store(2, 1, 8, RV_MAX_POSITIONS, RV_MAX_POSITIONS - 1, kind);
	printf("rope: error of a rotation 2^%.2f of its size\n", log2(worst_rotation));
	return finish();
}
