/* Keys of all metrics against double; kernels against plain loops; stored forms and back. */

#include <math.h>
#include "check.h"
#include "vector-space.h"

static double single(uint32_t key)
{
	float value;
	memcpy(&value, &key, 4);
	return value;
}

static double uniform(void)
{
	return (double)(random64() >> 11) / 9007199254740992.0;
}

/* A stored vector in an allocation of its own. */
static void *stored(const rv_space *space, const void *given)
{
	void *to = allocate(space->stride);
	CHECK(rv_space_store(space, to, given), "metric %d takes it", space->metric);
	uint8_t *back = allocate((size_t)rv_space_bytes(space));
	rv_space_load(space, back, to);
	CHECK(!memcmp(back, given, (size_t)rv_space_bytes(space)), "stored and back");
	free(back);
	return to;
}

static uint32_t key_of(const rv_space *space, const void *x, const void *y)
{
	void *a = stored(space, x), *b = stored(space, y);
	uint32_t aux = rv_space_aux(space, b), key, back, self = rv_space_aux(space, a);
	rv_space_keys(space, &key, a, self, b, &aux, 1);
	rv_space_keys(space, &back, b, aux, a, &self, 1);
	CHECK(key == back, "metric %d: both ways, %u and %u", space->metric, key, back);
	free(a);
	free(b);
	return key;
}

static void flat(int metric, int element, int dims)
{
	rv_space space;
	uint8_t *x = allocate((size_t)dims), *y = allocate((size_t)dims);
	rv_space_init(&space, metric, element, dims);
	int range = 1 << (1 + below(8)), alike = below(3) == 0;
	double dot = 0, xx = 0, yy = 0, l1 = 0, l2 = 0;
	for (int i = 0; i < dims; i++) {
		x[i] = (uint8_t)(below((uint32_t)range) - (uint32_t)range / 2);
		y[i] = alike ? (uint8_t)(x[i] + (x[i] < 100)) : (uint8_t)(below((uint32_t)range) - (uint32_t)range / 2);
		double a = element == RV_INT8 ? (int8_t)x[i] : x[i], b = element == RV_INT8 ? (int8_t)y[i] : y[i];
		dot += a * b, xx += a * a, yy += b * b, l1 += fabs(a - b), l2 += (a - b) * (a - b);
	}
	uint32_t key = key_of(&space, x, y);
	if (metric == RV_EUCLIDEAN)
		CHECK(key == l2, "euclidean %u, not %g, %d dimensions", key, l2, dims);
	else if (metric == RV_MANHATTAN)
		CHECK(key == l1, "manhattan %u, not %g", key, l1);
	else if (metric == RV_DOT)
		CHECK(key == 2147483647.0 - dot, "dot %u, not %g", key, dot);
	else {
		double cosine = xx > 0 && yy > 0 ? dot / sqrt(xx * yy) : 0;
		CHECK(fabs((1 - cosine) * 1073741824.0 - key) < 40, "cosine %u, not %g", key, (1 - cosine) * 1073741824.0);
	}
	free(x);
	free(y);
}

static void hamming(int dims)
{
	rv_space space;
	uint8_t *x = allocate((size_t)dims / 8), *y = allocate((size_t)dims / 8);
	uint32_t bits = 0;
	rv_space_init(&space, RV_HAMMING, RV_BITS, dims);
	for (int i = 0; i < dims / 8; i++) {
		x[i] = (uint8_t)random64(), y[i] = (uint8_t)random64();
		bits += (uint32_t)__builtin_popcount((unsigned)(x[i] ^ y[i]));
	}
	CHECK(key_of(&space, x, y) == bits, "hamming of %d", dims);
	free(x);
	free(y);
}

static void poincare(int dims)
{
	rv_space space;
	int16_t x[16], y[16];
	double a[16], b[16], na = 0, nb = 0, difference = 0, nx = 0, ny = 0;
	double r = 0.9998 * uniform(), s = below(2) ? r : 0.9998 * uniform();
	int alike = below(2);
	rv_space_init(&space, RV_POINCARE, RV_INT16, dims);
	for (int i = 0; i < dims; i++) {
		a[i] = uniform() - 0.5;
		b[i] = alike ? a[i] + 0.01 * (uniform() - 0.5) : uniform() - 0.5;
		na += a[i] * a[i], nb += b[i] * b[i];
	}
	for (int i = 0; i < dims; i++) {
		x[i] = (int16_t)lrint(a[i] / sqrt(na) * r * 32767);
		y[i] = (int16_t)lrint(b[i] / sqrt(nb) * s * 32767);
		double u = x[i] / 32767.0, v = y[i] / 32767.0;
		difference += (u - v) * (u - v), nx += u * u, ny += v * v;
	}
	double expected = 2 * difference / ((1 - nx) * (1 - ny)), got = single(key_of(&space, x, y));
	CHECK(fabs(got - expected) <= 3e-7 * expected, "poincare %g, not %g, %d dimensions", got, expected, dims);
}

static void lorentz(int dims)
{
	rv_space space;
	int16_t x[16], y[16];
	double a[16], b[16], largest[2] = { 0, 0 }, u[16], v[16], x0 = 1, y0 = 1, square = 0;
	double r = exp((uniform() - 0.5) * 18), s = below(2) ? r : exp((uniform() - 0.5) * 18);
	int alike = below(2);
	rv_space_init(&space, RV_LORENTZ, RV_INT16, dims);
	for (int i = 1; i < dims; i++) {
		a[i] = r * (uniform() - 0.5);
		b[i] = alike ? a[i] * (1 + 0.01 * (uniform() - 0.5)) : s * (uniform() - 0.5);
		largest[0] = fmax(largest[0], fabs(a[i])), largest[1] = fmax(largest[1], fabs(b[i]));
	}
	for (x[0] = 15; ldexp(largest[0], x[0]) > 32767; x[0]--)
		;
	for (y[0] = 15; ldexp(largest[1], y[0]) > 32767; y[0]--)
		;
	for (int i = 1; i < dims; i++) {
		x[i] = (int16_t)lrint(ldexp(a[i], x[0])), y[i] = (int16_t)lrint(ldexp(b[i], y[0]));
		u[i] = ldexp(x[i], -x[0]), v[i] = ldexp(y[i], -y[0]);
		x0 += u[i] * u[i], y0 += v[i] * v[i];
	}
	x0 = sqrt(x0), y0 = sqrt(y0);
	for (int i = 1; i < dims; i++)
		square += ((1 + y0) * u[i] - (1 + x0) * v[i]) * ((1 + y0) * u[i] - (1 + x0) * v[i]);
	double expected = square / (2 * (1 + x0) * (1 + y0)), got = single(key_of(&space, x, y));
	/* As distances: what 16 bits can tell far from the origin is coarser than that. */
	CHECK(fabs(acosh(1 + got) - acosh(1 + expected)) <= 1e-4, "lorentz %g, not %g, %d dimensions", got, expected, dims);
}

static void refused(void)
{
	static const int allowed[RV_METRICS] = { 3, 3, 3, 4, 3, 8, 8 };
	rv_space space;
	for (int metric = -1; metric <= RV_METRICS; metric++)
		for (int element = -1; element <= RV_ELEMENTS; element++) {
			int fits = metric >= 0 && metric < RV_METRICS && element >= 0 && element < RV_ELEMENTS && allowed[metric] >> element & 1;
			CHECK(rv_space_init(&space, metric, element, 8) == fits, "metric %d of element %d", metric, element);
		}
	CHECK(!rv_space_init(&space, RV_HAMMING, RV_BITS, 12), "bits are whole bytes");
	CHECK(!rv_space_init(&space, RV_DOT, RV_INT8, 0) && !rv_space_init(&space, RV_DOT, RV_INT8, 4097), "dimensions");
	int16_t edge[2] = { 32767, 0 }, inside[2] = { 32766, 0 }, to[2], fraction[2] = { 16, 3 };
	rv_space_init(&space, RV_POINCARE, RV_INT16, 2);
	CHECK(!rv_space_store(&space, to, edge) && rv_space_store(&space, to, inside), "the border of the ball");
	rv_space_init(&space, RV_LORENTZ, RV_INT16, 2);
	CHECK(!rv_space_store(&space, to, fraction), "fraction bits");
	/* The origin has every number of fraction bits. */
	int16_t origin[2] = { -14, 0 }, other[2] = { 15, 0 };
	CHECK(key_of(&space, origin, other) == 0, "one origin");
}

int main(int argc, char **argv)
{
	start(argc, argv, "vector-space");
	refused();
	static const int metrics[] = { RV_EUCLIDEAN, RV_COSINE, RV_MANHATTAN, RV_DOT };
	static const int sizes[] = { 1, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 128, 172, 4096 };
	for (int m = 0; m < 4; m++)
		for (int element = RV_INT8; element <= RV_UINT8; element++)
			for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
				for (int round = 0; round < PART_OF(sizes[i] > 200 ? 5 : 40); round++)
					flat(metrics[m], element, sizes[i]);
	for (int dims = 8; dims <= 520; dims += 8)
		hamming(dims);
	for (int round = 0; round < PART_OF(40000); round++) {
		poincare(1 + (int)below(16));
		lorentz(2 + (int)below(15));
	}
	return finish();
}
