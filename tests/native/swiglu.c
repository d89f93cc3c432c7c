/* SiLU and the gated product against doubles. */

#include "kernels.h"

static double silu(double x)
{
	return x / (1 + exp(-x));
}

/*
 * SiLU alone: gate times 1.0, seen in Q20 before it is quantised. Every gate of [-13, 13], then others.
 * A sigmoid is off by less than 2^-16 + 1.3e-5, and the product is rounded down to Q16.
 */
static void activation(void)
{
	enum { N = 8192 };
	int32_t *gate_up = allocate(2 * N * 4);
	int8_t *q = allocate(N);
	rv_scale scale;
	double inside = 0, excess = 0;
	for (int32_t first = -13 * 65536; first < 14 * 65536; first += N * PART) {
		int others = first >= 13 * 65536;
		int32_t gates[N];
		for (int32_t i = 0; i < N; i++) {
			gates[i] = others ? (int32_t)random64() / 16 : first + i;
			gate_up[i] = gates[i];
			gate_up[N + i] = 65536;
		}
		rv_swiglu_quantise(q, &scale, gate_up, N);
		for (int32_t i = 0; i < N; i++) {
			double x = ldexp(gates[i], -16), error = fabs(ldexp(gate_up[i], -20) - silu(x));
			excess = fmax(excess, error / (fabs(x) * (ldexp(1, -16) + 1.3e-5) + ldexp(1, -16)));
			if (fabs(x) <= 1)
				inside = fmax(inside, error);
		}
	}
	CHECK(excess < 1, "%g of the bound", excess);
	CHECK(inside < ldexp(1, -14), "error %g for gates within 1", inside);
	printf("swiglu: error of SiLU 2^%.2f for gates within 1, %.2f of the bound beyond\n", log2(inside), excess);
	free(gate_up);
	free(q);
}

static void product(int32_t n, int gates, int ups)
{
	int32_t *gate_up = allocate((size_t)n * 8), *before = allocate((size_t)n * 8);
	int8_t *q = allocate((size_t)VECTOR(n));
	double excess = 0;
	rv_scale scale;
	fill_words(gate_up, n, gates);
	fill_words(gate_up + n, n, ups);
	memcpy(before, gate_up, (size_t)n * 8);
	rv_swiglu_quantise(q, &scale, gate_up, n);
	for (int32_t i = 0; i < n; i++) {
		double x = ldexp(before[i], -16), up = ldexp(before[n + i], -16);
		/* Saturated at 2048. */
		double real = fmax(-2048, fmin(2048, silu(x) * up));
		double bound = fabs(up) * (fabs(x) * (ldexp(1, -16) + 1.3e-5) + ldexp(1, -16)) + ldexp(1, -20) + 0.51 * value_of(&scale);
		excess = fmax(excess, fabs(q[i] * value_of(&scale) - real) / bound);
	}
	CHECK(excess <= 1, "n %d, gates %d, ups %d: %g of the bound", n, gates, ups, excess);
	CHECK(is_padding_zero(q, n), "padding of %d", n);
	free(gate_up);
	free(before);
	free(q);
}

/* Columns in any shares, then all quantised: the bits of the whole. */
static void shares(int32_t n, int gates, int ups)
{
	int32_t *gate_up = allocate((size_t)n * 8), *products = allocate((size_t)n * 4);
	int8_t *q = allocate((size_t)VECTOR(n)), *whole = allocate((size_t)VECTOR(n));
	rv_scale scale, whole_scale;
	fill_words(gate_up, n, gates);
	fill_words(gate_up + n, n, ups);
	memcpy(products, gate_up, (size_t)n * 4);
	for (int32_t from = 0, count; from < n; from += count) {
		count = 1 + (int32_t)below((uint32_t)(n - from));
		rv_swiglu_products(products + from, gate_up + n + from, count);
	}
	rv_quantise(q, &scale, products, n, 20);
	rv_swiglu_quantise(whole, &whole_scale, gate_up, n);
	CHECK(!memcmp(q, whole, (size_t)VECTOR(n)) && !memcmp(&scale, &whole_scale, sizeof scale), "shares of %d columns", n);
	free(gate_up);
	free(products);
	free(q);
	free(whole);
}

int main(int argc, char **argv)
{
	start(argc, argv, "swiglu");
	activation();
	for (int i = 0; i < LENGTH(SIZES); i++)
		for (int gates = 0; gates < WORDS_KINDS; gates++)
			for (int ups = 0; ups < WORDS_KINDS; ups++) {
				product(SIZES[i], gates, ups);
				shares(SIZES[i], gates, ups);
			}
	return finish();
}
