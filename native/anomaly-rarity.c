/* See anomaly-rarity.h. */
#include "anomaly-rarity.h"

/* Bin of a ratio of 1. */
#define MIDDLE 19
/* Of one count, so that halving rounds little; all are halved at 2048 values. */
#define COUNT 16
#define MOST (2048 * COUNT)

static int32_t log2_of(uint32_t x)
{
	int32_t top = 31;
	/* By hand: chips without such an instruction call a function for it. */
	if (!(x >> 16))
		x <<= 16, top -= 16;
	if (!(x >> 24))
		x <<= 8, top -= 8;
	if (!(x >> 28))
		x <<= 4, top -= 4;
	if (!(x >> 30))
		x <<= 2, top -= 2;
	if (!(x >> 31))
		x <<= 1, top -= 1;
	int32_t f = (int32_t)(x >> 23 & 255);
	/* log2(1 + f) = f + 0.344 f (1 - f), nearly */
	return top * 256 + f + (f * (256 - f) * 88 >> 16);
}

int32_t rv_anomaly_log2(uint64_t x)
{
	uint32_t high = (uint32_t)(x >> 32);
	if (!high)
		return log2_of((uint32_t)x);
	/* The upper word decides, with the next eight bits in front of it. */
	return high >> 24 ? log2_of(high) + 256 * 32 : log2_of(high << 8 | (uint32_t)x >> 24) + 256 * 24;
}

static int32_t bin_of(int32_t ratio)
{
	int32_t bin = MIDDLE + (ratio >> 7);
	return bin < 0 ? 0 : bin >= RV_RARITY_BINS ? RV_RARITY_BINS - 1 : bin;
}

int32_t rv_rarity_excess(const rv_rarity *rarity, int32_t ratio)
{
	int32_t excess = bin_of(ratio) - rarity->top;
	return excess > 0 ? excess : 0;
}

int32_t rv_rarity_add(rv_rarity *rarity, int32_t ratio)
{
	uint16_t *counts = rarity->counts;
	int32_t bin = bin_of(ratio);
	uint32_t above = 0, total = rarity->total;
	const uint16_t *end = counts + (rarity->top < RV_RARITY_BINS ? rarity->top : RV_RARITY_BINS - 1);
	for (const uint16_t *count = counts + bin + 1; count <= end; count++)
		above += *count;
	above = 2 * above + counts[bin];
	int32_t bits = total < above / 2 ? 0 : log2_of(2 * total + 2) - log2_of(above + 2);
	if (bin > rarity->top)
		rarity->top = (uint16_t)bin;
	counts[bin] = (uint16_t)(counts[bin] + COUNT);
	rarity->total = (uint16_t)(total + COUNT);
	if (rarity->total >= MOST) {
		rarity->total = 0;
		for (int32_t i = 0; i < RV_RARITY_BINS; i++)
			rarity->total = (uint16_t)(rarity->total + (counts[i] >>= 1));
	}
	return bits > 0 ? bits : 0;
}
