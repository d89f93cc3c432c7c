/*
 * 2^-x in fixed point, for softmax weights: exp(-d) is 2^(-d * log2(e)). The 16 fraction bits of x
 * select one entry of each of two tables, 2^-(a/256) and 2^-(b/65536); their product is the mantissa.
 * Both tables take 2 KB of read-only memory. Cost on rv32: 11 instructions.
 */
#ifndef EXP2_H
#define EXP2_H

#include <stdint.h>

#define EXP2_ONE (1u << 30)

extern const uint32_t exp2_high[256];
extern const uint32_t exp2_low[256];

/* 2^-(fraction of x) in Q30, from 2^29 to 2^30; x in Q16. Error below 2^-29.4 (tested on all 65536). */
static inline uint32_t exp2_mantissa(uint32_t x)
{
	return (uint32_t)(((uint64_t)exp2_high[(x >> 8) & 255u] * exp2_low[x & 255u]) >> 32);
}

/*
 * 2^-x in Q30, rounded down; x in Q16, any value: 1.0 (2^30) at 0, zero from 31.0 on. Never increases
 * with x. Error below 2^-29.4 absolute (tested on all x below 32.0).
 */
static inline uint32_t exp2_q(uint32_t x)
{
	uint32_t whole = x >> 16;
	return whole > 30u ? 0u : exp2_mantissa(x) >> whole;
}

#endif
