/* See snn-network.h. */
#include <string.h>
#include "snn-network.h"

/* With registers to itself, and tested at the end, a loop is short by -Os too. */
#define RV_LOOP static __attribute__((noinline))

/*
 * Rows are added four neurons at a time, in the two 16-bit halves of two words: weights + 128 times a count. ROWS of them stay
 * below 2^16 at 7 spikes each, and what 128 adds is taken off at the end.
 */
enum { ROWS = 32, BIAS = 128 };

typedef struct {
	const uint32_t *row;
	uint32_t count;
} input;

typedef struct {
	input *next;     /* behind the rows that wait to be added */
	uint32_t total;  /* of their counts */
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
	uint32_t even = 0, odd = 0;
	do {
		uint32_t weights = one->row[w] ^ 0x80808080u, count = one->count;
		even += (weights & 0x00ff00ffu) * count;
		odd += ((weights >> 8) & 0x00ff00ffu) * count;
	} while (++one < end);
	four[0] += (int32_t)(even & 0xffff) - bias;
	four[1] += (int32_t)(odd & 0xffff) - bias;
	four[2] += (int32_t)(even >> 16) - bias;
	four[3] += (int32_t)(odd >> 16) - bias;
}

static void add_rows(inputs *in)
{
	if (!in->total)
		return;
	for (int32_t w = 0; w < in->words; w++)
		add_four(in->waiting, in->next, w, (int32_t)in->total * BIAS, in->current + 4 * w);
	in->next = in->waiting;
	in->total = 0;
}

static void add_row(inputs *in, const uint32_t *row, uint32_t count)
{
	if (in->next == in->waiting + ROWS)
		add_rows(in);
	in->next->row = row;
	in->next++->count = count;
	in->total += count;
}

/* A row of weights for each spiking line among `counts` of 4 bits, of which each word has 8. */
RV_LOOP void gather(inputs *in, const uint32_t *row, const uint32_t *counts, int32_t lines)
{
	int32_t words = in->words;
	do {
		const uint32_t *one = row;
		for (uint32_t word = *counts++; word; word >>= 4, one += words)
			if (word & RV_SNN_MOST)
				add_row(in, one, word & RV_SNN_MOST);
		row += 8 * words;
	} while ((lines -= 8) > 0);
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
		else if (v < -8 * most)
			v = -8 * most;
		*potential++ = (int16_t)v;
		bit <<= 1;
	} while (potential < end);
	return spikes;
}

void rv_snn_network_tick(rv_snn_network *n, const rv_snn_table *t, const rv_snn_lines *l, uint32_t tick)
{
	inputs in;
	const uint32_t *weights = rv_snn_weights(t);
	int32_t out = 0;
	in.words = (int32_t)rv_snn_row(t) >> 2;
	in.next = in.waiting;
	in.total = 0;
	/* volatile: memset, which compilers make of it, goes byte by byte in small libraries. */
	volatile int32_t *current = in.current;
	for (int32_t left = 4 * in.words; left; left--)
		*current++ = 0;
	for (int32_t d = 0; d < t->delays; d++) {
		gather(&in, weights, l->ring[(tick - t->delay[d]) % RV_SNN_RING], t->lines);
		weights += t->lines * in.words;
	}
	if (t->flags & RV_SNN_RECURRENT)
		for (uint32_t z = n->spikes; z; z >>= 1, weights += in.words)
			if (z & 1)
				add_row(&in, weights, 1);
	add_rows(&in);
	n->spikes = integrate(n->v, rv_snn_decays(t), rv_snn_thetas(t), in.current, t->hidden);
	const int16_t *weight = n->out;
	for (uint32_t z = n->spikes; z; z >>= 1, weight++)
		if (z & 1)
			out += *weight;
	n->u = ((n->u * t->outDecay) >> 8) + (out >> RV_SNN_OUT_FRACTION) + t->bias;
}
