/* Rotary position embedding, and the store into the INT8 cache of keys and values. */
#include "simd-kernels.h"
#include "fixed-point.h"
#define RV_TABLE_SINE
#include "kernel-tables.h"

/* Sine of a phase in turns (Q32), in Q15. */
static int32_t sine(uint32_t phase)
{
	uint32_t quarter = phase >> 30, inside = phase & 0x3FFFFFFF;
	if (quarter & 1)
		inside = 0x40000000 - inside;
	const int16_t *t = rv_sine_table + (inside >> 21);
	int32_t fraction = (int32_t)((inside >> 6) & 0x7FFF);
	int32_t y = t[0] + (((t[1] - t[0]) * fraction + 0x4000) >> 15);
	return quarter & 2 ? -y : y;
}

static void rotate(int32_t *v, int32_t count, int32_t stride, int32_t c, int32_t s)
{
	for (; count > 0; count--, v += stride) {
		int64_t a = v[0], b = v[1];
		v[0] = rv_saturate((a * c - b * s + 0x4000) >> 15);
		v[1] = rv_saturate((a * s + b * c + 0x4000) >> 15);
	}
}

/*
 * Quantises one head's keys or values by a scale that fits 16 bits: the largest magnitude, rounded up
 * to 12 bits, so that quantising by the rounded scale loses nothing but a little of the range.
 */
static uint16_t store(int8_t *out, const int32_t *v, int32_t n)
{
	uint32_t max = rv_max_magnitude(v, n);
	if (max == 0) {
		for (int32_t i = 0; i < n; i++)
			out[i] = 0;
		return 0;
	}
	int32_t exponent = rv_bits(max) > 12 ? rv_bits(max) - 12 : 0;
	uint32_t mantissa = (max + (1u << exponent) - 1) >> exponent;
	if (mantissa > 4095) {
		mantissa = 2048;
		exponent++;
	}
	if (exponent > 15) { /* beyond 2048: clipped */
		mantissa = 4095;
		exponent = 15;
	}
	uint32_t top = mantissa << exponent;
	rv_quantiser z = rv_quantiser_for(top);
	if (max <= top)
		rv_quantise_all(out, &z, v, n);
	else
		for (int32_t i = 0; i < n; i++)
			out[i] = rv_quantise_one(&z, v[i] > (int32_t)top ? (int32_t)top : v[i] < -(int32_t)top ? -(int32_t)top : v[i]);
	return (uint16_t)(mantissa | (uint32_t)exponent << 12);
}

void rv_rope_store(const rv_attention *a, int32_t *qkv, int32_t position, int8_t *queries, rv_scale *query_scales)
{
	int32_t dim = a->head_dim, rotated = a->heads + a->kv_heads;
	for (int32_t i = 0; i < dim; i += 2) {
		uint32_t phase = (uint32_t)position * a->frequencies[i / 2];
		rotate(qkv + i, rotated, dim, sine(phase + 0x40000000), sine(phase));
	}
	for (int32_t h = 0; h < a->heads; h++) {
		/* Heads follow each other without padding, so the rounding up of rv_quantise is not wanted. */
		const int32_t *v = qkv + h * dim;
		uint32_t max = rv_max_magnitude(v, dim);
		if (max == 0)
			max = 1;
		rv_quantiser z = rv_quantiser_for(max);
		rv_quantise_all(queries + h * dim, &z, v, dim);
		query_scales[h] = rv_quantiser_scale(&z, 16);
	}
	const int32_t *keys = qkv + a->heads * dim, *values = keys + a->kv_heads * dim;
	int32_t stride = RV_SCALE_STRIDE(a->capacity);
	for (int32_t h = 0; h < a->kv_heads; h++) {
		int32_t at = (h * a->capacity + position) * dim;
		a->key_scales[h * stride + position] = store(a->keys + at, keys + h * dim, dim);
		a->value_scales[h * stride + position] = store(a->values + at, values + h * dim, dim);
	}
}
