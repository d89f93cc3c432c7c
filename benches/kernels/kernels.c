/*
 * The kernels at the sizes of a small model: 64 dimensions, 5 layers, 8 heads of 8 with 4 for keys, 172 hidden,
 * 512 tokens. Activations are bell-shaped, as in models: a kernel may take shorter ways for small ones.
 */
#include <stdlib.h>
#include <string.h>
#include "hidden-pack.h"
#include "kernels.h"
#include "sampler.h"
#include "simd-kernels.h"

enum { DIM = 64, LAYERS = 5, HIDDEN = 172, VOCAB = 512, HEADS = 8, KV_HEADS = 4, HEAD = 8, CAPACITY = 512, LARGE = 1024 };
#define ALIGNED __attribute__((aligned(64)))

static int8_t tiles[LARGE * LARGE] ALIGNED, x[LARGE] ALIGNED, x_hidden[LARGE] ALIGNED, q[LARGE] ALIGNED;
static uint8_t group_scales[LARGE * LARGE / RV_GROUP] ALIGNED;
static uint16_t scales[LARGE] ALIGNED;
static int32_t words[LARGE] ALIGNED, work[LARGE] ALIGNED, scratch[LARGE] ALIGNED, out[LARGE] ALIGNED, logits[VOCAB] ALIGNED;
static int16_t gain[LARGE] ALIGNED;
static int8_t keys[KV_HEADS * CAPACITY * HEAD] ALIGNED, values[KV_HEADS * CAPACITY * HEAD] ALIGNED;
static uint16_t key_scales[KV_HEADS * CAPACITY] ALIGNED, value_scales[KV_HEADS * CAPACITY] ALIGNED;
static uint32_t frequencies[HEAD / 2];
static uint8_t grouped_scratch[LARGE * 40] ALIGNED;
static int8_t queries[HEADS * HEAD] ALIGNED;
static rv_scale query_scales[HEADS], scale = { 20000, 20 }, made;
static int32_t attention_scratch[CAPACITY * 4] ALIGNED;
static rv_attention attention = { keys, values, key_scales, value_scales, frequencies, HEADS, KV_HEADS, HEAD, CAPACITY, 16831, 22 };
static struct sampler sampler;
static uint8_t packed[RV_PACK_BYTES(DIM, 32)];

static void matvec(int32_t rows, int32_t columns)
{
	rv_matrix m = { tiles, scales, rows, columns, 22 };
	rv_matvec(out, &m, columns == HIDDEN ? x_hidden : x, &scale, 0);
}

static void matvec_int4(int32_t rows, int32_t columns)
{
	rv_matrix_grouped m = { (const uint8_t *)tiles, group_scales, scales, rows, columns, 26 };
	rv_matvec_int4(out, &m, columns == HIDDEN ? x_hidden : x, &scale, 0, grouped_scratch);
}

static void matvec_ternary(int32_t rows, int32_t columns)
{
	rv_matrix_grouped m = { (const uint8_t *)tiles, group_scales, scales, rows, columns, 24 };
	rv_matvec_ternary(out, &m, columns == HIDDEN ? x_hidden : x, &scale, 0, grouped_scratch);
}

static void matvec_binary(int32_t rows, int32_t columns)
{
	rv_matrix_grouped m = { (const uint8_t *)tiles, group_scales, scales, rows, columns, 24 };
	rv_matvec_binary(out, &m, columns == HIDDEN ? x_hidden : x, &scale, 0, grouped_scratch);
}

static void matvec_xnor(int32_t rows, int32_t columns)
{
	rv_matrix_grouped m = { (const uint8_t *)tiles, group_scales, scales, rows, columns, 24 };
	rv_matvec_binary_xnor(out, &m, columns == HIDDEN ? x_hidden : x, &scale, 0, grouped_scratch);
}

static void square(void) { matvec(DIM, DIM); }
static void qkv(void) { matvec(2 * DIM, DIM); }
static void gate_up(void) { matvec(2 * HIDDEN, DIM); }
static void down(void) { matvec(DIM, HIDDEN); }
static void classes(void) { matvec(VOCAB, DIM); }
static void large(void) { matvec(LARGE, LARGE); }
static void square_int4(void) { matvec_int4(DIM, DIM); }
static void gate_up_int4(void) { matvec_int4(2 * HIDDEN, DIM); }
static void down_int4(void) { matvec_int4(DIM, HIDDEN); }
static void classes_int4(void) { matvec_int4(VOCAB, DIM); }
static void large_int4(void) { matvec_int4(LARGE, LARGE); }
static void square_ternary(void) { matvec_ternary(DIM, DIM); }
static void gate_up_ternary(void) { matvec_ternary(2 * HIDDEN, DIM); }
static void down_ternary(void) { matvec_ternary(DIM, HIDDEN); }
static void large_ternary(void) { matvec_ternary(LARGE, LARGE); }
static void square_binary(void) { matvec_binary(DIM, DIM); }
static void gate_up_binary(void) { matvec_binary(2 * HIDDEN, DIM); }
static void down_binary(void) { matvec_binary(DIM, HIDDEN); }
static void large_binary(void) { matvec_binary(LARGE, LARGE); }
static void square_xnor(void) { matvec_xnor(DIM, DIM); }
static void gate_up_xnor(void) { matvec_xnor(2 * HIDDEN, DIM); }
static void down_xnor(void) { matvec_xnor(DIM, HIDDEN); }
static void large_xnor(void) { matvec_xnor(LARGE, LARGE); }

static void embed(void)
{
	rv_matrix m = { tiles, scales, VOCAB, DIM, 30 };
	rv_embed(out, &m, 100);
}

static void norm(void)
{
	rv_norm parameters = { gain, DIM, 14, 2749, 8 << 16 };
	rv_norm_quantise(q, &made, words, &parameters, scratch);
}

static void quantise(void)
{
	rv_quantise(q, &made, words, DIM, 16);
}

static void restore(void)
{
	memcpy(work, words, 2 * HIDDEN * sizeof(int32_t));
}

static void swiglu(void)
{
	rv_swiglu_quantise(q, &made, work, HIDDEN);
}

static void rope(void)
{
	rv_rope_store(&attention, work, 100, queries, query_scales);
}

static void attend(int32_t positions)
{
	rv_attend(&attention, positions - 1, queries, query_scales, out, attention_scratch);
}

static void attend_16(void) { attend(16); }
static void attend_128(void) { attend(128); }
static void attend_512(void) { attend(512); }
static void attend_to_128(void)
{
	for (int32_t n = 1; n <= 128; n++)
		attend(n);
}

static void likeliest(void) { sampler_argmax(logits, VOCAB); }
static void sample(void) { sampler_next(&sampler, logits, scratch, sizeof scratch); }

/* Values of 19 bits, as hidden states have. */
static void pack(void) { rv_pack(packed, sizeof packed, words, DIM); }
static void unpack(void) { rv_unpack(work, DIM, packed, sizeof packed); }

const kernel kernels[] = {
	{ "matvec 64 x 64", DIM * DIM, LAYERS, 1, square, 0 },
	{ "matvec 128 x 64", 2 * DIM * DIM, LAYERS, 1, qkv, 0 },
	{ "matvec 344 x 64", 2 * HIDDEN * DIM, LAYERS, 1, gate_up, 0 },
	{ "matvec 64 x 172", DIM * HIDDEN, LAYERS, 1, down, 0 },
	{ "matvec 512 x 64", VOCAB * DIM, 1, 1, classes, 0 },
	{ "matvec 1024 x 1024", LARGE * LARGE, 0, 1, large, 0 },
	{ "matvec int4 64 x 64", DIM * DIM, 0, 1, square_int4, 0 },
	{ "matvec int4 344 x 64", 2 * HIDDEN * DIM, 0, 1, gate_up_int4, 0 },
	{ "matvec int4 64 x 172", DIM * HIDDEN, 0, 1, down_int4, 0 },
	{ "matvec int4 512 x 64", VOCAB * DIM, 0, 1, classes_int4, 0 },
	{ "matvec int4 1024 x 1024", LARGE * LARGE, 0, 1, large_int4, 0 },
	{ "matvec ternary 64 x 64", DIM * DIM, 0, 1, square_ternary, 0 },
	{ "matvec ternary 344 x 64", 2 * HIDDEN * DIM, 0, 1, gate_up_ternary, 0 },
	{ "matvec ternary 64 x 172", DIM * HIDDEN, 0, 1, down_ternary, 0 },
	{ "matvec ternary 1024 x 1024", LARGE * LARGE, 0, 1, large_ternary, 0 },
	{ "matvec binary 64 x 64", DIM * DIM, 0, 1, square_binary, 0 },
	{ "matvec binary 344 x 64", 2 * HIDDEN * DIM, 0, 1, gate_up_binary, 0 },
	{ "matvec binary 64 x 172", DIM * HIDDEN, 0, 1, down_binary, 0 },
	{ "matvec binary 1024 x 1024", LARGE * LARGE, 0, 1, large_binary, 0 },
	{ "matvec xnor 64 x 64", DIM * DIM, 0, 1, square_xnor, 0 },
	{ "matvec xnor 344 x 64", 2 * HIDDEN * DIM, 0, 1, gate_up_xnor, 0 },
	{ "matvec xnor 64 x 172", DIM * HIDDEN, 0, 1, down_xnor, 0 },
	{ "matvec xnor 1024 x 1024", LARGE * LARGE, 0, 1, large_xnor, 0 },
	{ "attend 16 positions", 2 * HEADS * HEAD * 16, 0, 1, attend_16, 0 },
	{ "attend 128 positions", 2 * HEADS * HEAD * 128, 0, 1, attend_128, 0 },
	{ "attend 512 positions", 2 * HEADS * HEAD * 512, 0, 1, attend_512, 0 },
	{ "attend, mean of positions 0 to 127", 2 * HEADS * HEAD * 64, LAYERS, 128, attend_to_128, 0 },
	{ "rope and store", 0, LAYERS, 1, rope, restore },
	{ "norm 64", 0, 2 * LAYERS + 1, 1, norm, 0 },
	{ "quantise 64", 0, LAYERS, 1, quantise, 0 },
	{ "swiglu 172", 0, LAYERS, 1, swiglu, restore },
	{ "embed 64", 0, 1, 1, embed, 0 },
	{ "sampler, greedy", 0, 0, 1, likeliest, 0 },
	{ "sampler, temperature 0.8, top-p 0.9", 0, 1, 1, sample, 0 },
	{ "pack 64 of a hidden state", 0, 0, 1, pack, 0 },
	{ "unpack 64 of a hidden state", 0, 0, 1, unpack, 0 },
};
const int kernel_count = sizeof kernels / sizeof kernels[0];

static int32_t random_byte(void)
{
	static uint32_t state = 1;
	return (int32_t)(state = state * 1664525 + 1013904223) >> 24;
}

/* About normal, with a standard deviation of 37: the largest of 64 comes near 127. */
static int32_t bell(void)
{
	int32_t sum = random_byte() + random_byte() + random_byte() + random_byte();
	return sum / 4;
}

void prepare(void)
{
	struct sampler_config config = { SAMPLER_LOG2E_Q16 * 5 / 4, 0, SAMPLER_ONE * 9 / 10, 0, SAMPLER_ONE, 1 };
	for (int i = 0; i < LARGE * LARGE; i++)
		tiles[i] = (int8_t)random_byte();
	for (int i = 0; i < LARGE * LARGE / RV_GROUP; i++)
		group_scales[i] = (uint8_t)random_byte();
	for (int i = 0; i < LARGE; i++) {
		scales[i] = (uint16_t)(16384 + random_byte());
		words[i] = i % DIM == 7 ? 115 * 1500 : bell() * 1500; /* one that stands out: the others are a quarter of it, on average */
		gain[i] = (int16_t)(16384 + random_byte());
	}
	for (int i = 0; i < LARGE; i += DIM)
		rv_quantise(x + i, &made, words + i, DIM, 16);
	restore();
	rv_swiglu_quantise(x_hidden, &made, work, HIDDEN);
	for (int i = 0; i < VOCAB; i++)
		logits[i] = bell() * 6000 - (i % 50 ? 0 : -400000);
	for (int i = 0; i < HEAD / 2; i++)
		frequencies[i] = 683565276u >> (3 * i);
	for (int32_t t = 0; t < CAPACITY; t++) {
		/* Queries and keys large enough that three in ten weights vanish, as in stories260K. */
		for (int i = 0; i < (HEADS + 2 * KV_HEADS) * HEAD; i++)
			work[i] = words[t + i] * 9 / 4;
		rv_rope_store(&attention, work, t, queries, query_scales);
	}
	sampler_init(&sampler, &config, VOCAB);
	pack();
}
