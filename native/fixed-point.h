/* Integer helpers shared by the kernels. All exact; all the same on every target. */
#ifndef RV_FIXED_POINT_H
#define RV_FIXED_POINT_H

#include <stdint.h>
#include "simd-kernels.h"

/* For inner loops: with registers to itself, and tested at the end, a loop stays in registers by -Os too. */
#define RV_LOOP static __attribute__((noinline))

/* Zero bits above the highest set one; x > 0. */
static inline int32_t rv_clz(uint32_t x)
{
	return __builtin_clz(x);
}

static inline int32_t rv_bits(uint32_t x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

/* |x| without overflow: 2^31 for the most negative. */
static inline uint32_t rv_abs(int32_t x)
{
	return x < 0 ? 0u - (uint32_t)x : (uint32_t)x;
}

static inline int32_t rv_saturate(int64_t x)
{
	return x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : (int32_t)x;
}

/* x * 2^-shift, rounded half up; shift may be negative (then saturated) or beyond 62 (then 0). |x| < 2^62. */
static inline int32_t rv_scale_down(int64_t x, int32_t shift)
{
	if (shift > 62)
		return 0;
	if (shift > 0)
		return rv_saturate((x + ((int64_t)1 << (shift - 1))) >> shift);
	if (shift < -31)
		shift = -31;
	if (x > (INT32_MAX >> -shift))
		return INT32_MAX;
	if (x < (INT32_MIN >> -shift))
		return INT32_MIN;
	return (int32_t)(x * ((int64_t)1 << -shift));
}

/* The shift of a scale. Those that kernels make lie well inside the limits; a script can write any. */
static inline int32_t rv_shift_of(const rv_scale *scale)
{
	return scale->shift > 1024 ? 1024 : scale->shift < -1024 ? -1024 : scale->shift;
}

/*
 * sum * multiplier * 2^-shift as rv_scale_down gives it, for sums of a bounded size: moved to the left as far as
 * they can go, most shifts lie above 32, and then one high product does, without its low half.
 */
typedef struct {
	int32_t shift;
	int32_t left, right, round; /* right is 0 where the long way is needed */
} rv_requantiser;

/* Sums of at most 2^bits in magnitude. */
static inline rv_requantiser rv_requantiser_for(int32_t shift, int32_t bits)
{
	rv_requantiser z = { shift, 30 - bits, 0, 0 };
	int32_t right = shift + z.left - 32;
	if (z.left >= 0 && right >= 1 && right <= 30) {
		z.right = right;
		z.round = 1 << (right - 1);
	}
	return z;
}

static inline int32_t rv_mulh(int32_t a, int32_t b)
{
	return (int32_t)(((int64_t)a * b) >> 32);
}

static inline int32_t rv_requantise(const rv_requantiser *z, int32_t sum, int32_t multiplier)
{
	if (z->right)
		return (rv_mulh((int32_t)((uint32_t)sum << z->left), multiplier) + z->round) >> z->right;
	return rv_scale_down((int64_t)sum * multiplier, z->shift);
}

/* For the sums of rv_matvec: at most 2^14 for each column, those of the padding included. */
static inline rv_requantiser rv_int8_requantiser(const rv_matrix *m, const rv_scale *scale)
{
	int32_t padded = (m->columns + RV_TILE_COLUMNS - 1) & ~(RV_TILE_COLUMNS - 1);
	return rv_requantiser_for(m->shift + rv_shift_of(scale) - 16, 14 + rv_bits((uint32_t)padded - 1));
}

/* What a column adds to the sums of INT4, ternary (a code of 3 is a weight of 2) and binary weights: below 2^these. */
enum { RV_INT4_BITS = 18, RV_TERNARY_BITS = 16, RV_BINARY_BITS = 15 };

/* For the sums of weights with group scales. */
static inline rv_requantiser rv_grouped_requantiser(const rv_matrix_grouped *m, const rv_scale *scale, int32_t bits)
{
	int32_t padded = (m->columns + RV_GROUP - 1) & ~(RV_GROUP - 1);
	return rv_requantiser_for(m->shift + rv_shift_of(scale) - 16, bits + rv_bits((uint32_t)padded - 1));
}

/* a + b, saturated. */
static inline int32_t rv_add(int32_t a, int32_t b)
{
	int32_t y;
	return __builtin_add_overflow(a, b, &y) ? (a < 0 ? INT32_MIN : INT32_MAX) : y;
}

/* The magnitude of the furthest of numbers between low and high, at most 2^31 - 1; low <= 0 <= high. */
static inline uint32_t rv_furthest(int32_t low, int32_t high)
{
	uint32_t below = rv_abs(low);
	if (below <= (uint32_t)high)
		return (uint32_t)high;
	return below > INT32_MAX ? INT32_MAX : below;
}

/* Largest magnitude of v[0..n), at most 2^31 - 1; n at least 1. (norm.c) */
uint32_t rv_max_magnitude(const int32_t *v, int32_t n);

/* Floor of the square root of x; the result has 16 bits. Digit by digit (abacus) method. */
static inline uint32_t rv_sqrt(uint32_t x)
{
	uint32_t root = 0, bit = 1u << 30;
	while (bit > x)
		bit >>= 2;
	while (bit) {
		if (x >= root + bit) {
			x -= root + bit;
			root = (root >> 1) + bit;
		}
		else
			root >>= 1;
		bit >>= 2;
	}
	return root;
}

/*
 * How to quantise values of magnitude up to `max` (1 to 2^31 - 1) to [-127, 127]:
 * q = ((v << shift) * multiplier / 2^32 + 2^21) >> 22.
 */
typedef struct {
	int32_t shift;
	int32_t multiplier;
	uint32_t divisor; /* the 16 leading bits of max, rounded up: 2^15 + 1 to 2^16 */
} rv_quantiser;

static inline rv_quantiser rv_quantiser_for(uint32_t max)
{
	rv_quantiser z;
	z.shift = rv_clz(max) - 1;
	z.divisor = ((max << z.shift) >> 15) + 1;
	uint32_t multiplier = (127u << 24) / z.divisor << 15;
	z.multiplier = multiplier > INT32_MAX ? INT32_MAX : (int32_t)multiplier;
	return z;
}

static inline int8_t rv_quantise_one(const rv_quantiser *z, int32_t v)
{
	int32_t scaled = (int32_t)((uint32_t)v << z->shift);
	return (int8_t)(((int32_t)(((int64_t)scaled * z->multiplier) >> 32) + (1 << 21)) >> 22);
}

/* rv_quantise_one of v[0..n); n at least 1. (norm.c) */
void rv_quantise_all(int8_t *q, const rv_quantiser *z, const int32_t *v, int32_t n);

/* rv_quantise of numbers whose largest magnitude is known. (norm.c) */
void rv_quantise_within(int8_t *q, rv_scale *scale, const int32_t *v, int32_t n, int32_t fraction, uint32_t max);

/* The scale of what the quantiser makes of values with `fraction` fraction bits. */
static inline rv_scale rv_quantiser_scale(const rv_quantiser *z, int32_t fraction)
{
	rv_scale s;
	/* One step is divisor * 2^(15 - shift - fraction) / 127; six more bits keep 15 significant ones. */
	s.mantissa = (z->divisor * 64 + 63) / 127;
	s.shift = z->shift + fraction - 15 + 6;
	return s;
}

#endif
