/* The gated activation of the feed-forward layer. */
#include "simd-kernels.h"
#include "fixed-point.h"
#define RV_TABLE_SIGMOID
#include "kernel-tables.h"

/* x * sigmoid(x), both Q16. The sigmoid is linear between the table's points: error below 2^-16 + 1.3e-5. */
static inline int32_t silu(int32_t x)
{
	uint32_t a = rv_abs(x);
	if (a >= 12u << 16)
		return x < 0 ? 0 : x;
	const uint16_t *t = rv_sigmoid_table + (a >> 11);
	uint32_t y = t[0] + (((uint32_t)(t[1] - t[0]) * (a & 2047) + 1024) >> 11);
	/* Below 2^16 either way, so that the product with x in Q32 takes one high half. */
	if (x < 0)
		y = 0u - y;
	return (int32_t)(((int64_t)x * (uint32_t)(y << 16)) >> 32);
}

/* products[i] = silu(gate[i]) * up[i] in place of gate[i], saturated; gives their largest magnitude. */
RV_LOOP uint32_t multiply(int32_t *gate, const int32_t *up, int32_t n)
{
	const int32_t *end = gate + n;
	int32_t low = 0, high = 0;
	do {
		int64_t wide = (int64_t)silu(*gate) * *up++;
		/* Q20: four more bits for small products, at the price of saturation at 2048. */
		int32_t top = (int32_t)(wide >> 32), product = (int32_t)((uint32_t)top << 20 | (uint32_t)wide >> 12);
		if (top >> 11 != product >> 31)
			product = top < 0 ? INT32_MIN : INT32_MAX;
		*gate++ = product;
		high = product > high ? product : high;
		low = product < low ? product : low;
	} while (gate < end);
	return rv_furthest(low, high);
}

void rv_swiglu_products(int32_t *gate, const int32_t *up, int32_t n)
{
	multiply(gate, up, n);
}

void rv_swiglu_quantise(int8_t *q, rv_scale *scale, int32_t *gate_up, int32_t n)
{
	uint32_t max = multiply(gate_up, gate_up + n, n);
	rv_quantise_within(q, scale, gate_up, n, 20, max);
}
