/* RMS norm and quantisation of vectors. */
#include "simd-kernels.h"
#include "fixed-point.h"

static void pad(int8_t *q, int32_t n)
{
	while (n & (RV_GROUP - 1))
		q[n++] = 0;
}

uint32_t rv_max_magnitude(const int32_t *v, int32_t n)
{
	const int32_t *end = v + n;
	int32_t low = 0, high = 0;
#define SEE(x) { int32_t seen = x; high = seen > high ? seen : high; low = seen < low ? seen : low; }
	for (; end - v >= 4; v += 4) {
		SEE(v[0]) SEE(v[1]) SEE(v[2]) SEE(v[3])
	}
	while (v < end)
		SEE(*v++)
#undef SEE
	return rv_furthest(low, high);
}

void rv_quantise_all(int8_t *q, const rv_quantiser *z, const int32_t *v, int32_t n)
{
	const int32_t *end = v + n;
	rv_quantiser local = *z; /* stores to q can't change it */
	for (; end - v >= 4; q += 4, v += 4) {
		q[0] = rv_quantise_one(&local, v[0]);
		q[1] = rv_quantise_one(&local, v[1]);
		q[2] = rv_quantise_one(&local, v[2]);
		q[3] = rv_quantise_one(&local, v[3]);
	}
	while (v < end)
		*q++ = rv_quantise_one(&local, *v++);
}

void rv_quantise_within(int8_t *q, rv_scale *scale, const int32_t *v, int32_t n, int32_t fraction, uint32_t max)
{
	pad(q, n);
	if (max == 0) {
		for (int32_t i = 0; i < n; i++)
			q[i] = 0;
		scale->mantissa = 0;
		scale->shift = 0;
		return;
	}
	rv_quantiser z = rv_quantiser_for(max);
	rv_quantise_all(q, &z, v, n);
	*scale = rv_quantiser_scale(&z, fraction);
}

void rv_quantise(int8_t *q, rv_scale *scale, const int32_t *v, int32_t n, int32_t fraction)
{
	rv_quantise_within(q, scale, v, n, fraction, rv_max_magnitude(v, n));
}

/* scaled[i] = (x[i] >> down) * gain[i]; gives their largest magnitude, and the sum of squares of x >> down. */
RV_LOOP uint64_t gains(int32_t *scaled, const int32_t *x, const int16_t *gain, int32_t n, int32_t down, uint32_t *max)
{
	const int32_t *end = x + n;
	uint64_t squares = 0;
	int32_t low = 0, high = 0;
	do {
		int32_t v = *x++ >> down, product = v * *gain++;
		squares += (uint32_t)(v * v);
		*scaled++ = product;
		high = product > high ? product : high;
		low = product < low ? product : low;
	} while (x < end);
	*max = rv_furthest(low, high);
	return squares;
}

void rv_norm_quantise(int8_t *q, rv_scale *scale, const int32_t *x, const rv_norm *norm, int32_t *scratch)
{
	int32_t n = norm->n;
	uint32_t max = rv_max_magnitude(x, n), largest;
	int32_t down = max >> 15 ? rv_bits(max) - 15 : 0;
	uint64_t squares = gains(scratch, x, norm->gain, n, down, &largest);
	/* scratch holds x * gain with `fraction` fraction bits; still to be divided by the root mean square. */
	int32_t fraction = 16 - down + norm->gain_shift;
	rv_quantise_within(q, scale, scratch, n, fraction, largest);
	if (scale->mantissa == 0)
		return;
	/* sum(x^2) + n epsilon, in units of 2^(2 down - 32). */
	squares += (uint64_t)norm->epsilon_n >> (2 * down);
	if (squares == 0)
		squares = 1;
	int32_t even = 0; /* squares = m * 4^even, m in [2^30, 2^32) */
	while (squares >> 32) {
		squares >>= 2;
		even++;
	}
	while (!(squares >> 30)) {
		squares <<= 2;
		even--;
	}
	uint32_t root = rv_sqrt((uint32_t)squares);        /* [2^15, 2^16): root(sum) = root * 2^(even + down - 16) */
	uint32_t inverse = 0xFFFFFFFFu / root;             /* about 2^32 / root, [2^16, 2^17] */
	uint64_t mantissa = (uint64_t)scale->mantissa * inverse >> 8; /* below 2^25 */
	mantissa *= norm->sqrt_n;                          /* Q16; below 2^50 */
	int32_t shift = scale->shift + 32 - 8 + 16 + even + down - 16;
	while (mantissa >> 16) {
		int32_t step = mantissa >> 24 ? 8 : 1;
		mantissa >>= step;
		shift -= step;
	}
	scale->mantissa = (uint32_t)mantissa;
	scale->shift = shift;
}
