/* Quantisation and RMS norm against doubles. */

#include "kernels.h"
#include "fixed-point.h"

/* A step of the quantiser is off by less than this part of itself, besides half a step of rounding. */
#define SLACK 0.01

static void quantise(int32_t n, int kind, int32_t fraction)
{
	int32_t *v = allocate((size_t)n * 4);
	int8_t *q = allocate((size_t)VECTOR(n));
	rv_scale scale;
	double worst = 0, largest = 0;
	int32_t top = 0;
	fill_words(v, n, kind);
	rv_quantise(q, &scale, v, n, fraction);
	for (int32_t i = 0; i < n; i++) {
		double real = ldexp(v[i], -fraction);
		worst = fmax(worst, fabs(q[i] * value_of(&scale) - real));
		largest = fmax(largest, fabs(real));
		top = abs(q[i]) > top ? abs(q[i]) : top;
	}
	CHECK(worst <= (0.5 + SLACK) * value_of(&scale), "n %d, kind %d, fraction %d: %g steps off", n, kind, fraction, worst / value_of(&scale));
	CHECK(top == (largest > 0 ? 127 : 0), "the largest is %d", top);
	CHECK(scale.mantissa >> 16 == 0 && (largest == 0) == (scale.mantissa == 0), "mantissa %u", scale.mantissa);
	CHECK(is_padding_zero(q, n), "padding of %d", n);
	free(v);
	free(q);
}

static void norm(int32_t n, int kind, int gains, uint32_t epsilon_n, int32_t gain_shift)
{
	int32_t *x = allocate((size_t)n * 4), *scratch = allocate((size_t)n * 4);
	int16_t *gain = allocate((size_t)n * 2);
	int8_t *q = allocate((size_t)VECTOR(n));
	double squares = ldexp(epsilon_n, -32), limit = 0;
	rv_scale scale;
	fill_words(x, n, kind);
	for (int32_t i = 0; i < n; i++) {
		gain[i] = (int16_t)(gains == 0 ? 16384 : gains == 1 ? (int)(random64() & 65535) - 32768 : gains == 2 ? -32768 : below(4) == 0 ? 1 : 0);
		squares += ldexp(x[i], -16) * ldexp(x[i], -16);
		limit = fmax(limit, fabs((double)x[i]));
	}
	rv_norm parameters = { gain, n, gain_shift, epsilon_n, (uint32_t)lround(sqrt(n) * 65536) };
	rv_norm_quantise(q, &scale, x, &parameters, scratch);
	double rms = sqrt(squares / n);
	/* Inputs beyond 15 bits are cut to 15, down to a multiple of `unit`. */
	double unit = limit < 32768 ? 0 : ldexp(1, ilogb(fmin(limit, INT32_MAX)) - 14 - 16);
	double relative = rms > 0 ? unit / rms + ldexp(1, -13) : 0, excess = 0;
	for (int32_t i = 0; i < n && rms > 0; i++) {
		double weight = ldexp(gain[i], -gain_shift), real = ldexp(x[i], -16) / rms * weight;
		double bound = (0.5 + SLACK) * value_of(&scale) + fabs(weight) * unit / rms * (1 + relative) + fabs(real) * relative;
		excess = fmax(excess, fabs(q[i] * value_of(&scale) - real) / fmax(bound, 1e-300));
	}
	CHECK(excess <= 1, "n %d, kind %d, gains %d, epsilon %u: %g of the bound", n, kind, gains, epsilon_n, excess);
	CHECK(scale.mantissa >> 16 == 0, "mantissa %u", scale.mantissa);
	CHECK(is_padding_zero(q, n), "padding of %d", n);
	free(x);
	free(scratch);
	free(gain);
	free(q);
}

static void helpers(void)
{
	for (uint32_t i = 0; i < 65536; i++) {
		CHECK(rv_sqrt(i * i) == i && rv_sqrt(i * i + 2 * i) == i, "root of %u", i * i);
		CHECK(rv_bits(i) == (i ? ilogb(i) + 1 : 0), "bits of %u", i);
	}
	for (int i = 0; i < 20000; i++) {
		int64_t x = (int64_t)random64() >> (2 + below(62));
		int32_t shift = (int32_t)below(140) - 50;
		CHECK(rv_scale_down(x, shift) == exact(x, shift), "%lld by %d", (long long)x, (int)shift);
	}
}

int main(int argc, char **argv)
{
	start(argc, argv, "norm");
	helpers();
	for (int i = 0; i < LENGTH(SIZES); i++)
		for (int kind = 0; kind < WORDS_KINDS; kind++)
			for (int n = 0; n < 20; n++) {
				quantise(SIZES[i], kind, (int32_t)below(94) - 31);
				norm(SIZES[i], kind, n & 3, n < 4 ? 0 : n < 8 ? INT32_MAX : below(1u << below(31)), (int32_t)below(57) - 16);
			}
	quantise(RV_MAX_COLUMNS, WORDS_EXTREME, 16);
	norm(RV_MAX_COLUMNS, WORDS_EXTREME, 2, INT32_MAX, 0);
	norm(RV_MAX_COLUMNS, WORDS_MIXED, 1, 0, 14);
	return finish();
}
