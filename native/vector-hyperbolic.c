/*
 * Hyperbolic keys: cosh(distance) - 1 as the bits of a single, by integers.
 *
 * Poincare ball (Nickel & Kiela 2017, eq. 1): cosh d - 1 = 2 |x - y|^2 / ((1 - |x|^2)(1 - |y|^2)).
 *
 * Lorentz model (Nickel & Kiela 2018, eq. 3): cosh d = x0 y0 - x.y, which loses all digits of near points far from the origin.
 * The same number as a sum of squares, by the map to the ball p = x / (1 + x0):
 * cosh d - 1 = |(1 + y0) x - (1 + x0) y|^2 / (2 (1 + x0)(1 + y0)).
 */
#include "fixed-point.h"
#include "vector-space.h"

/* The square of the ball's radius. */
#define RADIUS2 (32767u * 32767u)

static int32_t bits64(uint64_t x)
{
	uint32_t high = (uint32_t)(x >> 32);
	return high ? 32 + rv_bits(high) : rv_bits((uint32_t)x);
}

/* numerator / denominator * 2^exponent as the bits of a single, rounded down; the largest when the denominator is 0, as of a free place. */
static uint32_t ratio_bits(uint64_t numerator, uint64_t denominator, int32_t exponent)
{
	if (!numerator || !denominator)
		return numerator ? 0x7F7FFFFF : 0;
	int32_t up = 63 - bits64(numerator);
	int32_t down = bits64(denominator) - 32;
	numerator <<= up;
	denominator = down > 0 ? denominator >> down : denominator << -down;
	/* 63 bits by 32: a quotient of 31 or 32 bits. */
	uint32_t quotient = (uint32_t)(numerator / denominator);
	exponent += -up - (down > 0 ? down : 0) + (down < 0 ? -down : 0);
	int32_t bits = rv_bits(quotient), power = exponent + bits - 1 + 127;
	if (power < 1)
		return 0;
	if (power > 254)
		return 0x7F7FFFFF;
	return (uint32_t)power << 23 | ((quotient << (32 - bits)) >> 8 & 0x7FFFFF);
}

/* 32767^2 (1 - |x|^2); 0 for what lies outside. */
uint32_t rv_poincare_aux(const rv_space *space, const int16_t *x)
{
	uint32_t square = 0;
	for (int32_t i = 0; i < space->dims; i++) {
		uint32_t term = (uint32_t)((int32_t)x[i] * x[i]);
		if (term >= RADIUS2 - square)
			return 0;
		square += term;
	}
	return RADIUS2 - square;
}

uint32_t rv_poincare_key(const rv_space *space, const int16_t *x, uint32_t x_aux, const int16_t *y, uint32_t y_aux)
{
	uint64_t square = 0;
	for (int32_t i = 0; i < space->dims; i++) {
		int32_t difference = x[i] - y[i];
		square += (uint64_t)((int64_t)difference * difference);
	}
	/* Below 4 * 2^30, times 2^30; the factor 2 is the exponent. */
	return ratio_bits(square * RADIUS2, (uint64_t)x_aux * y_aux, 1);
}

/* 1 + x0 as a mantissa of 26 bits and an exponent: mantissa * 2^(exponent - 30), the exponent in the upper six bits. */
uint32_t rv_lorentz_aux(const rv_space *space, const int16_t *x)
{
	int32_t fraction = x[0], up = 0;
	uint64_t square = 0;
	for (int32_t i = 1; i < space->dims; i++)
		square += (uint64_t)((int64_t)x[i] * x[i]);
	/* Without fraction bits the 1 is less than the square's own error. */
	uint64_t wide = square + (fraction >= 0 ? UINT64_C(1) << (2 * fraction) : 0);
	if (!wide) {
		wide = 1;
		fraction = 0;
	}
	while (bits64(wide) <= 60) {
		wide <<= 2;
		up++;
	}
	uint64_t root = 0;
	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
		if ((root | bit) * (root | bit) <= wide)
			root |= bit;
	/* root = x0 * 2^(fraction + up); one is added in the same units. */
	int32_t point = fraction + up;
	root += point >= 0 ? UINT64_C(1) << point : 0;
	while (bits64(root) > 26) {
		root = (root + 1) >> 1;
		point--;
	}
	while (bits64(root) < 26) {
		root <<= 1;
		point++;
	}
	int32_t exponent = 30 - point;
	return (uint32_t)root | (uint32_t)(exponent < 0 ? 0 : exponent > 63 ? 63 : exponent) << 26;
}

#define MANTISSA ((1u << 26) - 1)

/* x * 2^shift, to the right towards 0: the same both ways. */
static int64_t shifted(int64_t x, int32_t shift)
{
	if (shift >= 0)
		return (int64_t)((uint64_t)x << shift);
	return shift < -62 ? 0 : x < 0 ? -(-x >> -shift) : x >> -shift;
}

uint32_t rv_lorentz_key(const rv_space *space, const int16_t *x, uint32_t x_aux, const int16_t *y, uint32_t y_aux)
{
	int64_t a = y_aux & MANTISSA, b = x_aux & MANTISSA;
	/* Terms are a x_i * 2^(ya - x[0]) and b y_i * 2^(xa - y[0]), 41 bits each: the larger goes up by 20, the other follows it. */
	int32_t p = (int32_t)(y_aux >> 26) - x[0], q = (int32_t)(x_aux >> 26) - y[0];
	int32_t top = p > q ? p : q;
	int32_t first = p - top + 20, second = q - top + 20;
	int64_t most = 0;
	for (int32_t i = 1; i < space->dims; i++) {
		int64_t difference = shifted(a * x[i], first) - shifted(b * y[i], second);
		most |= difference < 0 ? -difference : difference;
	}
	/* Squares of 26 bits: 4096 of them have 64. */
	int32_t down = bits64((uint64_t)most) - 26;
	if (down < 0)
		down = 0;
	uint64_t square = 0;
	for (int32_t i = 1; i < space->dims; i++) {
		int64_t difference = shifted(shifted(a * x[i], first) - shifted(b * y[i], second), -down);
		square += (uint64_t)(difference * difference);
	}
	/* 2^(2 (top - 20 - 30 + down)) over twice the product of both, which are mantissa * 2^(exponent - 30). */
	int32_t exponent = 2 * (top - 20 - 30 + down) - ((int32_t)(x_aux >> 26) - 30) - ((int32_t)(y_aux >> 26) - 30) - 1;
	return ratio_bits(square, (uint64_t)(a * b), exponent);
}
