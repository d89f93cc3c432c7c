/* See anomaly-rarity.h. */
#include "anomaly-rarity.h"

/* Bin of a ratio of 1. */
#define MIDDLE 19
/* Of one count, so that halving rounds little; all are halved at 2048 values. */
#define COUNT 16
#define MOST (2048 * COUNT)

static int32_t log2_of(uint32_t x)
{
	int32_t top = 31 - __builtin_clz(x);
	int32_t f = (int32_t)((top >= 8 ? x >> (top - 8) : x << (8 - top)) & 255);
	/* log2(1 + f) = f + 0.344 f (1 - f), nearly */
	return top * 256 + f + (f * (256 - f) * 88 >> 16);
}

int32_t rv_anomaly_log2(uint64_t x)
{
	uint32_t high = (uint32_t)(x >> 32);
	if (!high)
		return log2_of((uint32_t)x);
	int32_t shift = 32 - __builtin_clz(high);
	return log2_of((uint32_t)(x >> shift)) + 256 * shift;
}

int32_t rv_rarity_add(rv_rarity *rarity, int32_t ratio)
{
	int32_t bin = MIDDLE + (ratio >> 7);
	if (bin < 0)
		bin = 0;
	if (bin >= RV_RARITY_BINS)
		bin = RV_RARITY_BINS - 1;
	uint32_t above = 0;
	for (int32_t i = RV_RARITY_BINS - 1; i > bin; i--)
		above += rarity->counts[i];
	above = 2 * above + rarity->counts[bin];
	int32_t bits = log2_of(2u * rarity->total + 2) - log2_of(above + 2);
	rarity->counts[bin] = (uint16_t)(rarity->counts[bin] + COUNT);
	rarity->total = (uint16_t)(rarity->total + COUNT);
	if (rarity->total >= MOST) {
		rarity->total = 0;
		for (int32_t i = 0; i < RV_RARITY_BINS; i++)
			rarity->total = (uint16_t)(rarity->total + (rarity->counts[i] >>= 1));
	}
	return bits > 0 ? bits : 0;
}
