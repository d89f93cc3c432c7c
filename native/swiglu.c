/* The gated activation of the feed-forward layer. */
#include "simd-kernels.h"
#include "fixed-point.h"
#define RV_TABLE_SIGMOID
#include "kernel-tables.h"

/* Sigmoid of a Q16 number, in Q16. Linear between the table's points: error below 2^-16 + 1.3e-5. */
static inline int32_t sigmoid(int32_t x)
{
	uint32_t a = rv_abs(x);
	int32_t y = 65536;
	if (a < 12u << 16) {
		const uint16_t *t = rv_sigmoid_table + (a >> 11);
		y = t[0] + (int32_t)(((uint32_t)(t[1] - t[0]) * (a & 2047) + 1024) >> 11);
	}
	return x < 0 ? 65536 - y : y;
}

void rv_swiglu_quantise(int8_t *q, rv_scale *scale, int32_t *gate_up, int32_t n)
{
	for (int32_t i = 0; i < n; i++) {
		int32_t gate = gate_up[i];
		int32_t silu = (int32_t)(((int64_t)gate * sigmoid(gate)) >> 16);
		/* Q20: four more bits for small products, at the price of saturation at 2048. */
		gate_up[i] = rv_saturate(((int64_t)silu * gate_up[n + i]) >> 12);
	}
	rv_quantise(q, scale, gate_up, n, 20);
}
