/* The adapter: application and gradient against double, steps against their definition's properties. */

#include <math.h>
#include "kernels.h"
#include "micro-lora.h"

#define GROUPS(columns) (((columns) + RV_GROUP - 1) / RV_GROUP)

typedef struct {
	rv_lora lora;
	int8_t *q;
	rv_scale scale;
	int32_t *scratch;
	uint32_t state;
} setting;

static setting make(int32_t n, int32_t rank)
{
	setting s = { { allocate((size_t)(rank * n) * 2), allocate((size_t)(rank * n) * 2), NULL, allocate((size_t)n * 4), n, rank }, allocate((size_t)GROUPS(n) * RV_GROUP), { 16384 + below(16384), 14 + (int32_t)below(4) },
		allocate((size_t)n * 4), 1 + (uint32_t)below(1000000) };
	fill_bytes(s.q, n, BYTES_ANY);
	for (int32_t i = 0; i < rank * n; i++) {
		s.lora.a[i] = (int16_t)((int32_t)below(4096) - 2048);
		s.lora.b[i] = (int16_t)((int32_t)below(2048) - 1024);
	}
	return s;
}

static void drop(setting *s)
{
	free(s->lora.a);
	free(s->lora.b);
	free(s->lora.hidden);
	free(s->q);
	free(s->scratch);
}

static void check_apply(int32_t n, int32_t rank)
{
	setting s = make(n, rank);
	s.lora.random = &s.state;
	double *h = allocate((size_t)n * sizeof(double)), *expected = allocate((size_t)n * sizeof(double)), most = 0, worst = 0;
	for (int32_t i = 0; i < n; i++)
		expected[i] = h[i] = s.q[i] * value_of(&s.scale);
	for (int32_t r = 0; r < rank; r++) {
		double u = 0;
		for (int32_t i = 0; i < n; i++)
			u += s.lora.a[r * n + i] / 4096.0 * h[i];
		for (int32_t i = 0; i < n; i++)
			expected[i] += s.lora.b[r * n + i] / 4096.0 * u;
	}
	rv_lora_apply(&s.lora, s.q, &s.scale, s.scratch);
	for (int32_t i = 0; i < n; i++) {
		most = fabs(expected[i]) > most ? fabs(expected[i]) : most;
		double off = fabs(s.q[i] * value_of(&s.scale) - expected[i]);
		worst = off > worst ? off : worst;
	}
	/* Half a step of the 8 bits, and the roundings before. */
	CHECK(worst <= most / 127 * 0.51 + 0.01, "apply %d x %d: off by %g of %g", (int)n, (int)rank, worst, most);
	CHECK(is_padding_zero(s.q, n), "apply %d: padding", (int)n);
	free(h);
	free(expected);
	drop(&s);
}

/* W^T (softmax - onehot) in double. */
static void check_gradient(int32_t rows, int32_t columns, int kind)
{
	int32_t *logits = allocate((size_t)rows * 4), *gradient = allocate((size_t)columns * 4), target = (int32_t)below((uint32_t)rows);
	int64_t *sums = allocate((size_t)columns * 8);
	double *expected = allocate((size_t)columns * sizeof(double)), greatest = -1e9, sum = 0, worst = 0, size = 0;
	rv_matrix m = random_matrix(rows, columns, BYTES_SMALL, 22);
	int64_t tiles = (int64_t)((rows + 7) / 8) * GROUPS(columns);
	uint8_t *codes = allocate((size_t)tiles * 128), *scales = allocate((size_t)tiles * 8);
	for (int64_t i = 0; i < tiles * 128; i++)
		codes[i] = (uint8_t)random64(), codes[i] &= kind == 5 ? (uint8_t)~(codes[i] >> 1 & 0x55) : 255;
	for (int64_t i = 0; i < tiles * 8; i++)
		scales[i] = (uint8_t)random64();
	rv_matrix_grouped g = { codes, scales, m.scales, rows, columns, 26 };
	for (int32_t r = 0; r < rows; r++) {
		logits[r] = (int32_t)below(20 << 16) - (10 << 16);
		greatest = logits[r] > greatest ? logits[r] : greatest;
	}
	for (int32_t r = 0; r < rows; r++)
		sum += exp((logits[r] - greatest) / 65536);
	for (int32_t c = 0; c < columns; c++) {
		expected[c] = 0;
		for (int32_t r = 0; r < rows; r++) {
			double e = exp((logits[r] - greatest) / 65536) / sum - (r == target), w;
			if (kind == 1)
				w = weight_at(&m, r, c) * m.scales[r] * exp2(-22);
			else {
				int64_t at = ((int64_t)(r / 8) * GROUPS(columns) + c / 32) * 8 + r % 8;
				int32_t i = c % 32;
				const uint8_t *row = codes + at * (kind == 4 ? 16 : kind == 5 ? 8 : 4);
				int32_t code = kind == 4 ? (i < 16 ? row[i] & 15 : row[i - 16] >> 4) - 8 : kind == 5 ? (row[i / 16 * 4 + i % 4] >> i % 16 / 4 * 2 & 3) - 1 : 2 * (row[i % 4] >> i / 4 & 1) - 1;
				w = code * scales[at] * m.scales[r] * exp2(-26);
			}
			expected[c] += e * w;
			size += e * e * w * w;
		}
	}
	if (kind == 1)
		rv_lora_gradient(gradient, sums, logits, target, &m);
	else
		rv_lora_gradient_grouped(gradient, sums, logits, target, &g, kind);
	for (int32_t c = 0; c < columns; c++) {
		double off = fabs(gradient[c] / 65536.0 - expected[c]);
		worst = off > worst ? off : worst;
	}
	CHECK(worst <= 1e-3 * sqrt(size) + 2e-4 * sqrt(rows), "gradient %d x %d, kind %d: off by %g of %g", (int)rows, (int)columns, kind, worst, sqrt(size));
	free(logits);
	free(gradient);
	free(sums);
	free(expected);
	free(codes);
	free(scales);
	free_matrix(&m);
}

/* Steps go down: the product with the gradient falls by about their length; weights stay within their bound. */
static void check_steps(int32_t n, int32_t rank)
{
	setting s = make(n, rank);
	s.lora.random = &s.state;
	int32_t *gradient = allocate((size_t)n * 4), *h = allocate((size_t)n * 4);
	rv_lora_apply(&s.lora, s.q, &s.scale, s.scratch);
	memcpy(h, s.lora.hidden, (size_t)n * 4);
	for (int32_t i = 0; i < n; i++)
		gradient[i] = (int32_t)below(65536) - 32768;
	double before = 0, after = 0;
	for (int round = 0; round < 2; round++) {
		double loss = 0;
		for (int32_t r = 0; r < rank; r++) {
			double u = 0, v = 0;
			for (int32_t i = 0; i < n; i++) {
				u += s.lora.a[r * n + i] / 4096.0 * h[i] / 4096;
				v += s.lora.b[r * n + i] / 4096.0 * gradient[i] / 65536;
			}
			loss += u * v;
		}
		*(round ? &after : &before) = loss;
		rv_lora_step(&s.lora, gradient, 400);
	}
	CHECK(after < before || n < 3, "step %d x %d: %g to %g", (int)n, (int)rank, before, after);
	for (int i = 0; i < 400; i++)
		rv_lora_step(&s.lora, gradient, 65536);
	for (int32_t i = 0; i < rank * n; i++)
		CHECK(s.lora.a[i] <= RV_LORA_BOUND && s.lora.a[i] >= -RV_LORA_BOUND && s.lora.b[i] <= RV_LORA_BOUND && s.lora.b[i] >= -RV_LORA_BOUND, "weight %d leaves its bound", (int)i);
	/* No step, no change but by rounding's luck: a rate of 0 leaves all as it is. */
	int16_t *copy = allocate((size_t)(rank * n) * 2);
	memcpy(copy, s.lora.a, (size_t)(rank * n) * 2);
	rv_lora_step(&s.lora, gradient, 0);
	CHECK(memcmp(copy, s.lora.a, (size_t)(rank * n) * 2) == 0, "a step of no length");
	free(copy);
	free(gradient);
	free(h);
	drop(&s);
}

int main(int argc, char **argv)
{
	start(argc, argv, "micro-lora");
	static const int32_t widths[] = { 1, 3, 8, 16, 17, 33, 64, 172 };
	for (int i = 0; i < LENGTH(widths); i++)
		for (int32_t rank = 1; rank <= RV_LORA_MAX_RANK; rank = rank * 2)
			for (int n = 0; n < PART_OF(10); n++) {
				check_apply(widths[i], rank);
				check_steps(widths[i], rank);
			}
	for (int kind = 1; kind <= 6; kind = kind == 1 ? 4 : kind + 1)
		for (int n = 0; n < PART_OF(60); n++)
			check_gradient(1 + (int32_t)below(300), 1 + (int32_t)below(130), kind);
	return finish();
}
