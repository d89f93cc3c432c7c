/*
 * Times the kernels at the sizes of a small model: 64 dimensions, 8 heads of 8 with 4 for keys, 172 hidden, 512 tokens.
 *
 *   kernels        prints for each kernel: name, MACs (0 where they are not its work), nanoseconds a call
 *   kernels I N    runs kernel I N times, for counting instructions
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "simd-kernels.h"

enum { DIM = 64, HIDDEN = 172, VOCAB = 512, HEADS = 8, KV_HEADS = 4, HEAD = 8, CAPACITY = 512, LARGE = 1024 };
#define ALIGNED __attribute__((aligned(64)))

static int8_t tiles[LARGE * LARGE] ALIGNED, x[LARGE] ALIGNED, q[LARGE] ALIGNED;
static uint16_t scales[LARGE] ALIGNED;
static int32_t words[LARGE] ALIGNED, work[LARGE] ALIGNED, scratch[LARGE] ALIGNED, out[LARGE] ALIGNED;
static int16_t gain[LARGE] ALIGNED;
static int8_t keys[KV_HEADS * CAPACITY * HEAD] ALIGNED, values[KV_HEADS * CAPACITY * HEAD] ALIGNED;
static uint16_t key_scales[KV_HEADS * CAPACITY] ALIGNED, value_scales[KV_HEADS * CAPACITY] ALIGNED;
static uint32_t frequencies[HEAD / 2];
static int8_t queries[HEADS * HEAD] ALIGNED;
static rv_scale query_scales[HEADS], scale = { 20000, 20 }, made;
static int32_t attention_scratch[CAPACITY * 2] ALIGNED;
static rv_attention attention = { keys, values, key_scales, value_scales, frequencies, HEADS, KV_HEADS, HEAD, CAPACITY, 16831, 22 };

static void matvec(int32_t rows, int32_t columns)
{
	rv_matrix m = { tiles, scales, rows, columns, 22 };
	rv_matvec(out, &m, x, &scale, 0);
}

static void square(void) { matvec(DIM, DIM); }
static void gate_up(void) { matvec(2 * HIDDEN, DIM); }
static void down(void) { matvec(DIM, HIDDEN); }
static void logits(void) { matvec(VOCAB, DIM); }
static void large(void) { matvec(LARGE, LARGE); }

static void norm(void)
{
	rv_norm parameters = { gain, DIM, 14, 2749, 8 << 16 };
	rv_norm_quantise(q, &made, words, &parameters, scratch);
}

/* These two overwrite their input, which a copy restores: a small part of the time. */
static void swiglu(void)
{
	memcpy(work, words, 2 * HIDDEN * sizeof(int32_t));
	rv_swiglu_quantise(q, &made, work, HIDDEN);
}

static void rope(void)
{
	memcpy(work, words, (HEADS + 2 * KV_HEADS) * HEAD * sizeof(int32_t));
	rv_rope_store(&attention, work, 100, queries, query_scales);
}

static void attend(int32_t positions)
{
	rv_attend(&attention, positions - 1, queries, query_scales, out, attention_scratch);
}

static void attend_16(void) { attend(16); }
static void attend_128(void) { attend(128); }
static void attend_512(void) { attend(512); }

static const struct { const char *name; int64_t macs; void (*run)(void); } KERNELS[] = {
	{ "matvec 64 x 64", DIM * DIM, square },
	{ "matvec 344 x 64", 2 * HIDDEN * DIM, gate_up },
	{ "matvec 64 x 172", DIM * HIDDEN, down },
	{ "matvec 512 x 64", VOCAB * DIM, logits },
	{ "matvec 1024 x 1024", LARGE * LARGE, large },
	{ "attend 16 positions", 2 * HEADS * HEAD * 16, attend_16 },
	{ "attend 128 positions", 2 * HEADS * HEAD * 128, attend_128 },
	{ "attend 512 positions", 2 * HEADS * HEAD * 512, attend_512 },
	{ "norm 64", 0, norm },
	{ "swiglu 172", 0, swiglu },
	{ "rope and store", 0, rope },
};
#define COUNT ((int)(sizeof(KERNELS) / sizeof(KERNELS[0])))

static void prepare(void)
{
	uint32_t state = 1;
	for (int i = 0; i < LARGE * LARGE; i++)
		tiles[i] = (int8_t)((state = state * 1664525 + 1013904223) >> 24);
	for (int i = 0; i < LARGE; i++) {
		x[i] = tiles[i + 5000];
		scales[i] = (uint16_t)(16384 + tiles[i + 6000]);
		words[i] = tiles[i] * 1000;
		gain[i] = (int16_t)(16384 + tiles[i]);
	}
	for (int i = 0; i < HEAD / 2; i++)
		frequencies[i] = 683565276u >> (3 * i);
	for (int32_t t = 0; t < CAPACITY; t++) {
		memcpy(work, words + t, (HEADS + 2 * KV_HEADS) * HEAD * sizeof(int32_t));
		rv_rope_store(&attention, work, t, queries, query_scales);
	}
}

/* Nanoseconds of one call, from `repeat` calls. */
static double sample(void (*run)(void), int64_t repeat)
{
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int64_t i = 0; i < repeat; i++)
		run();
	clock_gettime(CLOCK_MONOTONIC, &b);
	return ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / (double)repeat;
}

int main(int argc, char **argv)
{
	prepare();
	if (argc > 2) {
		for (long n = atol(argv[2]); n > 0; n--)
			KERNELS[atoi(argv[1]) % COUNT].run();
		return 0;
	}
	printf("%s\n", RV_VARIANT);
	for (int k = 0; k < COUNT; k++) {
		/* The shortest of 25 samples of about 4 ms: others were disturbed. */
		int64_t repeat = 1 + (int64_t)(4e6 / (sample(KERNELS[k].run, 20) + 1));
		double best = 1e300;
		for (int i = 0; i < 25; i++) {
			double ns = sample(KERNELS[k].run, repeat);
			best = ns < best ? ns : best;
		}
		printf("%s\t%lld\t%.1f\n", KERNELS[k].name, (long long)KERNELS[k].macs, best);
	}
	return 0;
}
