/* See snn-filterbank.h. */
#include "snn-filterbank.h"

/* All-pass coefficients of a half-band elliptic filter of order 5, 11 fraction bits: some 40 dB between its halves. */
enum { EVEN = 289, ODD = 1208, COEFFICIENT_BITS = 11, EXTRA_BITS = 2 };

/* Splits `pairs` pairs of samples into a lower and an upper half, each at half the rate. `low` may be `in`. */
static void split(rv_bank_node *n, const int32_t *in, int32_t pairs, int32_t *low, int32_t *high)
{
	int32_t x0 = n->x[0], x1 = n->x[1], y0 = n->y[0], y1 = n->y[1];
	for (int32_t i = 0; i < pairs; i++) {
		int32_t a = in[2 * i], b = in[2 * i + 1];
		/* Unsigned products: what no samples make but a damaged state can has to stay defined. */
		y0 = x0 + ((int32_t)(EVEN * (uint32_t)(b - y0)) >> COEFFICIENT_BITS);
		y1 = x1 + ((int32_t)(ODD * (uint32_t)(a - y1)) >> COEFFICIENT_BITS);
		x0 = b;
		x1 = a;
		low[i] = (y0 + y1) >> 1;
		high[i] = (y0 - y1) >> 1;
	}
	n->x[0] = x0;
	n->x[1] = x1;
	n->y[0] = y0;
	n->y[1] = y1;
}

static uint32_t magnitude(int32_t x)
{
	int32_t sign = x >> 31;
	return (uint32_t)((x ^ sign) - sign);
}

/* As split(), of what goes no further: the halves' magnitudes are added to `lower` and `upper`. */
static void measure(rv_bank_node *n, const int32_t *in, int32_t pairs, uint32_t *lower, uint32_t *upper)
{
	int32_t x0 = n->x[0], x1 = n->x[1], y0 = n->y[0], y1 = n->y[1];
	uint32_t low = *lower, high = *upper;
	do {
		int32_t a = *in++, b = *in++;
		y0 = x0 + ((int32_t)(EVEN * (uint32_t)(b - y0)) >> COEFFICIENT_BITS);
		y1 = x1 + ((int32_t)(ODD * (uint32_t)(a - y1)) >> COEFFICIENT_BITS);
		x0 = b;
		x1 = a;
		low += magnitude((y0 + y1) >> 1);
		high += magnitude((y0 - y1) >> 1);
	} while (--pairs);
	n->x[0] = x0;
	n->x[1] = x1;
	n->y[0] = y0;
	n->y[1] = y1;
	*lower = low;
	*upper = high;
}

void rv_bank_block(rv_bank *b, const int16_t *samples)
{
	int32_t low[RV_BANK_BLOCK], high[RV_BANK_BLOCK / 2];
	for (int32_t i = 0; i < RV_BANK_BLOCK; i++)
		low[i] = samples[i] * (1 << EXTRA_BITS);
	rv_bank_node *n = b->node;
	uint32_t *sum = b->sum + RV_BANK_BANDS;
	/* Each octave, from the highest: off the rest, and cut in two. What comes from an upper half runs backwards in frequency. */
	for (int32_t pairs = RV_BANK_BLOCK / 2; pairs >= 2; pairs /= 2) {
		split(n++, low, pairs, low, high);
		sum -= 2;
		measure(n++, high, pairs / 2, sum + 1, sum);
	}
	measure(n, low, 1, sum - 2, sum - 1);
}

int32_t rv_bank_log2(uint32_t x)
{
	int32_t whole = 0;
	x++;
	/* By halves: some chips have no instruction that counts zeros. */
	uint32_t left = x;
	if (left >= 1u << 16) {
		left >>= 16;
		whole = 16;
	}
	if (left >= 1 << 8) {
		left >>= 8;
		whole += 8;
	}
	if (left >= 1 << 4) {
		left >>= 4;
		whole += 4;
	}
	/* 0, 1, 2 or 3 for what is below 16. */
	whole += (int32_t)(0xffffaa50u >> (2 * left) & 3);
	uint32_t rest = whole >= 5 ? x >> (whole - 5) : x << (5 - whole);
	return (whole << 5) + (int32_t)(rest & 31);
}
