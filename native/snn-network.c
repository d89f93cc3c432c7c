/* See snn-network.h. */
#include <string.h>
#include "snn-network.h"

/* With registers to itself, and tested at the end, a loop is short by -Os too. */
#define RV_LOOP static __attribute__((noinline))

/*
 * Rows are added four neurons at a time, in the two 16-bit halves of two words: weights + 128 times a count. ROWS of them stay
 * below 2^16 at 7 spikes each (so would 36, which take more of a small stack), and what 128 adds is taken off at the end.
 */
enum { ROWS = 16, BIAS = 128 };

typedef struct {
	const uint32_t *row;
	uint32_t count;
} input;

typedef struct {
	int32_t words;   /* of a row */
	input waiting[ROWS];
	int32_t current[RV_SNN_HIDDEN];
} inputs;

void rv_snn_network_reset(rv_snn_network *n, const rv_snn_table *t)
{
	const int8_t *out = rv_snn_outputs(t);
	memset(n, 0, sizeof(*n));
	for (int32_t h = 0; h < t->hidden; h++)
		n->out[h] = (int16_t)(out[h] * (1 << RV_SNN_OUT_FRACTION));
}

/* Word w of all the rows that wait, times their counts: four currents are added to `four`. */
RV_LOOP void add_four(const input *one, const input *end, int32_t w, int32_t bias, int32_t *four)
{
	uint32_t all = 0, odd = 0;
	do {
		uint32_t weights = one->row[w] ^ 0x80808080u, count = one->count;
		all += weights * count;
		odd += ((weights >> 8) & 0x00ff00ffu) * count;
	} while (++one < end);
	uint32_t even = all - (odd << 8);
	four[0] += (int32_t)(even & 0xffff) - bias;
	four[1] += (int32_t)(odd & 0xffff) - bias;
	four[2] += (int32_t)(even >> 16) - bias;
	four[3] += (int32_t)(odd >> 16) - bias;
}

/* All that wait, `total` spikes on them. */
RV_LOOP void add_rows(inputs *in, const input *end, uint32_t total)
{
	for (int32_t w = 0; w < in->words; w++)
		add_four(in->waiting, end, w, (int32_t)total * BIAS, in->current + 4 * w);
}

/* The rows of weights of the lines that spiked, at each delay, and of the neurons that did. In one loop, for the sake of its registers. */
RV_LOOP void gather(inputs *in, const rv_snn_table *t, const rv_snn_lines *l, uint32_t tick, uint32_t neurons)
{
	const uint32_t *weights = rv_snn_weights(t), *row;
	const uint8_t *delay = t->delay, *last = delay + t->delays;
	input *next = in->waiting;
	uint32_t total = 0;
	do {
		const uint32_t *counts = l->ring[(tick - *delay) % RV_SNN_RING];
		for (int32_t line = 0; line < t->lines; line += 8) {
			row = weights + line * in->words;
			for (uint32_t word = *counts++; word; word >>= 4, row += in->words) {
				uint32_t count = word & RV_SNN_MOST;
				if (!count)
					continue;
				if (next == in->waiting + ROWS) {
					add_rows(in, next, total);
					next = in->waiting;
					total = 0;
				}
				next->row = row;
				next++->count = count;
				total += count;
			}
		}
		weights += t->lines * in->words;
	} while (++delay < last);
	for (; neurons; neurons >>= 1, weights += in->words)
		if (neurons & 1) {
			if (next == in->waiting + ROWS) {
				add_rows(in, next, total);
				next = in->waiting;
				total = 0;
			}
			next->row = weights;
			next++->count = 1;
			total++;
		}
	if (total)
		add_rows(in, next, total);
}

/* Potentials of `hidden` neurons; gives who spikes, bit 0 the first. */
RV_LOOP uint32_t integrate(int16_t *potential, const uint8_t *decay, const int16_t *theta, const int32_t *current, int32_t hidden)
{
	uint32_t spikes = 0, bit = 1;
	int16_t *end = potential + hidden;
	do {
		int32_t most = *theta++, v = ((*potential * *decay++) >> 8) + *current++;
		if (v >= most) {
			/* Beyond 8 thresholds it is clamped; then a spike takes one off. */
			v = (v > 8 * most ? 8 * most : v) - most;
			spikes |= bit;
		}
		else if (v < 0 && v < -8 * most)
			v = -8 * most;
		*potential++ = (int16_t)v;
		bit <<= 1;
	} while (potential < end);
	return spikes;
}

void rv_snn_network_tick(rv_snn_network *n, const rv_snn_table *t, const rv_snn_lines *l, uint32_t tick)
{
	inputs in;
	int32_t out = 0;
	in.words = (int32_t)rv_snn_row(t) >> 2;
	/* volatile: memset, which compilers make of it, goes byte by byte in small libraries. */
	volatile int32_t *current = in.current;
	for (int32_t left = 4 * in.words; left; left--)
		*current++ = 0;
	gather(&in, t, l, tick, t->feeding < 32 ? n->spikes & ((1u << t->feeding) - 1) : n->spikes);
	n->spikes = integrate(n->v, rv_snn_decays(t), rv_snn_thetas(t), in.current, t->hidden);
	const int16_t *weight = n->out;
	for (uint32_t z = n->spikes; z; z >>= 1, weight++)
		if (z & 1)
			out += *weight;
	n->u = ((n->u * t->outDecay) >> 8) + (out >> RV_SNN_OUT_FRACTION) + t->bias;
}
