/* Poincare embeddings (Nickel and Kiela 2017, arXiv:1705.08039) by Riemannian SGD: one core, a fixed seed, the same result.
 *
 *     poincare COUNT DIMS EPOCHS RATE NEGATIVES BURN SEED LIMIT < pairs > vectors
 *
 * pairs: "child ancestor" a line, numbers of points below COUNT. vectors: COUNT lines of DIMS coordinates, norm at most
 * LIMIT. BURN epochs come first with a tenth of RATE, so that the angles are found before points move outwards; RATE then
 * falls linearly to a tenth. Cost of an epoch: pairs * NEGATIVES distances. Doubles; nothing of this runs on a device. */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count, dims, negatives;
static double *points, limit;
static uint8_t *related;		/* count x count: is the second an ancestor of the first? */
static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int below(int n) { return (int)((next() >> 32) * (uint64_t)n >> 32); }

static double dot(const double *a, const double *b)
{
	double sum = 0;
	for (int i = 0; i < dims; i++)
		sum += a[i] * b[i];
	return sum;
}

/* A step against the Riemannian gradient, whose length the metric ((1 - |p|^2) / 2)^2 scales, and back into the ball. */
static void step(double *p, const double *gradient, double rate)
{
	double room = 1 - dot(p, p), norm;
	for (int i = 0; i < dims; i++)
		p[i] -= rate * room * room / 4 * gradient[i];
	norm = sqrt(dot(p, p));
	if (norm > limit)
		for (int i = 0; i < dims; i++)
			p[i] *= limit / norm;
}

/* One pair: softmax over the distances from u to v and to points that are no ancestors of u; v is to be the nearest. */
static void learn(int u, int v, double rate, int *others, double *weights, double *gradients)
{
	double *pu = points + (size_t)u * dims, sum = 0, nearest = INFINITY;
	double *own = gradients + (size_t)(negatives + 1) * dims, uu = dot(pu, pu);
	int n = 1;
	others[0] = v;
	for (int tries = 0; n <= negatives && tries < 20 * negatives; tries++) {
		int other = below(count);
		if (other != u && !related[(size_t)u * count + other])
			others[n++] = other;
	}
	for (int k = 0; k < n; k++) {
		const double *pv = points + (size_t)others[k] * dims;
		double vv = dot(pv, pv), apart = uu + vv - 2 * dot(pu, pv);
		weights[k] = acosh(1 + 2 * fmax(apart, 0) / ((1 - uu) * (1 - vv)));
		nearest = fmin(nearest, weights[k]);
	}
	for (int k = 0; k < n; k++)
		sum += weights[k] = exp(nearest - weights[k]);
	memset(own, 0, (size_t)dims * sizeof *own);
	for (int k = 0; k < n; k++) {
		const double *pv = points + (size_t)others[k] * dims;
		double *g = gradients + (size_t)k * dims, slope = (k == 0) - weights[k] / sum;
		double vv = dot(pv, pv), uv = dot(pu, pv), alpha = 1 - uu, beta = 1 - vv, gamma = 1 + 2 * fmax(uu + vv - 2 * uv, 0) / (alpha * beta);
		double scale = 4 * slope / sqrt(fmax(gamma * gamma - 1, 1e-12));
		for (int i = 0; i < dims; i++) {		/* equation 4 */
			own[i] += scale / beta * ((vv - 2 * uv + 1) / (alpha * alpha) * pu[i] - pv[i] / alpha);
			g[i] = scale / alpha * ((uu - 2 * uv + 1) / (beta * beta) * pv[i] - pu[i] / beta);
		}
	}
	for (int k = 0; k < n; k++)
		step(points + (size_t)others[k] * dims, gradients + (size_t)k * dims, rate);
	step(pu, own, rate);
}

static void *room(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);
	if (p == NULL)
		exit(3);
	return p;
}

int main(int argc, char **argv)
{
	int (*pairs)[2] = NULL, n = 0, capacity = 0, a, b;
	if (argc != 9)
		return 2;
	count = atoi(argv[1]), dims = atoi(argv[2]), negatives = atoi(argv[5]), limit = atof(argv[8]);
	const int epochs = atoi(argv[3]), burn = atoi(argv[6]);
	const double rate = atof(argv[4]);
	state = strtoull(argv[7], NULL, 10);
	points = room((size_t)count * dims, sizeof *points);
	related = room((size_t)count * count, 1);
	while (scanf("%d %d", &a, &b) == 2) {
		if (a < 0 || b < 0 || a >= count || b >= count)
			return 2;
		if (n == capacity && (pairs = realloc(pairs, (size_t)(capacity = 2 * capacity + 64) * sizeof *pairs)) == NULL)
			return 3;
		pairs[n][0] = a, pairs[n++][1] = b;
		related[(size_t)a * count + b] = 1;
	}
	for (int i = 0; i < count * dims; i++)
		points[i] = ((double)(next() >> 11) / 9007199254740992.0 - 0.5) * 2e-3;
	int *others = room((size_t)negatives + 1, sizeof *others);
	double *weights = room((size_t)negatives + 1, sizeof *weights), *gradients = room((size_t)(negatives + 2) * dims, sizeof *gradients);
	for (int epoch = 0; epoch < epochs; epoch++) {
		const double now = epoch < burn ? rate / 10 : rate * (1 - 0.9 * (epoch - burn) / (epochs - burn));
		for (int i = n - 1; i > 0; i--) {
			const int j = below(i + 1), c = pairs[i][0], p = pairs[i][1];
			pairs[i][0] = pairs[j][0], pairs[i][1] = pairs[j][1], pairs[j][0] = c, pairs[j][1] = p;
		}
		for (int i = 0; i < n; i++)
			learn(pairs[i][0], pairs[i][1], now, others, weights, gradients);
	}
	for (int i = 0; i < count * dims; i++)
		printf("%.17g%c", points[i], (i + 1) % dims ? ' ' : '\n');
	return 0;
}
