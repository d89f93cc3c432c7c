/* See fast-grnn.h. */
#include "fast-grnn.h"
#define RV_TABLE_SIGMOID
#include "kernel-tables.h"

/* Sigmoid in Q16, 0 to 65535, of x in Q12: linear between the table's points, 1/32 apart. */
static inline int32_t sigmoid(int32_t x)
{
	uint32_t a = (uint32_t)(x < 0 ? -x : x);
	if (a > (12u << 12) - 1)
		a = (12u << 12) - 1;
	const uint16_t *t = rv_sigmoid_table + (a >> 7);
	int32_t y = t[0] + (int32_t)(((uint32_t)(t[1] - t[0]) * (a & 127) + 64) >> 7);
	return x < 0 ? 65535 - y : y;
}

/* 2 sigmoid(2x) - 1, in Q15 from -32768 to 32767. */
static inline int32_t tanh15(int32_t x)
{
	return sigmoid(2 * x) - 32768;
}

void rv_grnn_step(const rv_grnn *g, int16_t h[RV_GRNN_HIDDEN], const int8_t x[RV_GRNN_INPUTS])
{
	int32_t old[RV_GRNN_HIDDEN];
	for (int i = 0; i < RV_GRNN_HIDDEN; i++)
		old[i] = h[i];
	for (int i = 0; i < RV_GRNN_HIDDEN; i++) {
		int32_t input = 0, state = 0;
		for (int j = 0; j < RV_GRNN_INPUTS; j++)
			input += g->w[i][j] * x[j];
		for (int j = 0; j < RV_GRNN_HIDDEN; j++)
			state += g->u[i][j] * old[j];
		/* Q5 x Q7 is Q12, Q5 x Q12 is Q17. */
		int32_t a = input + (state >> 5), z = sigmoid(a + g->gate[i] * 128), c = tanh15(a + g->candidate[i] * 128);
		/* Q15, at most 65280, so that the product with c stays below 2^31. */
		int32_t weight = ((g->zeta * (65536 - z)) >> 9) + g->nu * 128;
		int32_t next = (((weight * c) >> 3) + (z >> 1) * old[i] + (1 << 14)) >> 15;
		h[i] = (int16_t)(next > INT16_MAX ? INT16_MAX : next < INT16_MIN ? INT16_MIN : next);
	}
}
