/*
 * How rare something is among all that came before: the share of earlier values that were as far out (a conformal p-value: Shafer
 * & Vovk 2008), in bits. Plain C99.
 */
#ifndef RV_ANOMALY_RARITY_H
#define RV_ANOMALY_RARITY_H

#include <stdint.h>

#define RV_RARITY_BINS 32

/* How often each ratio came, half an octave a bin; older ones count less and less. */
typedef struct {
	uint16_t counts[RV_RARITY_BINS], total;
	/* No bin above it has a count. */
	uint16_t top;
} rv_rarity;

/* log2(x) with 8 fraction bits, within 0.02; x > 0. */
int32_t rv_anomaly_log2(uint64_t x);

/* By how many bins a ratio is above all that came before; 0 when it is not. */
int32_t rv_rarity_excess(const rv_rarity *rarity, int32_t ratio);

/* Bits, with 8 fraction bits, by which a ratio (log2, 8 fraction bits) is rare; then it is counted. Cost: 5 instructions for each bin. */
int32_t rv_rarity_add(rv_rarity *rarity, int32_t ratio);

#endif
