/* See snn-network.h. */
#include <string.h>
#include "snn-network.h"

/*
 * Rows are added four neurons at a time, in the two 16-bit halves of two words: weights + 128 times a count. ROWS of them stay
 * below 2^16 at 7 spikes each, and what 128 adds is taken off at the end.
 */
enum { ROWS = 32, BIAS = 128 };

typedef struct {
	int32_t current[RV_SNN_HIDDEN];
	const uint32_t *row[ROWS];
	uint32_t count[ROWS];
	int32_t used, words;
} inputs;

void rv_snn_network_reset(rv_snn_network *n, const rv_snn_table *t)
{
	const int8_t *out = rv_snn_outputs(t);
	memset(n, 0, sizeof(*n));
	for (int32_t h = 0; h < t->hidden; h++)
		n->out[h] = (int16_t)(out[h] * (1 << RV_SNN_OUT_FRACTION));
}

static void add_rows(inputs *in)
{
	int32_t *current = in->current, used = in->used;
	uint32_t total = 0;
	for (int32_t i = 0; i < used; i++)
		total += in->count[i];
	total *= BIAS;
	for (int32_t w = 0; w < in->words; w++, current += 4) {
		const uint32_t *const *row = in->row;
		uint32_t even = 0, odd = 0;
		for (int32_t i = 0; i < used; i++) {
			uint32_t four = row[i][w] ^ 0x80808080u, count = in->count[i];
			even += (four & 0x00ff00ffu) * count;
			odd += ((four >> 8) & 0x00ff00ffu) * count;
		}
		current[0] += (int32_t)((even & 0xffff) - total);
		current[1] += (int32_t)((odd & 0xffff) - total);
		current[2] += (int32_t)((even >> 16) - total);
		current[3] += (int32_t)((odd >> 16) - total);
	}
	in->used = 0;
}

/* A row of weights for each spiking line among `counts` of 4 bits, of which each word has 8; they are below 2^3. */
static void gather(inputs *in, const uint32_t *row, const uint32_t *counts, int32_t lines)
{
	for (; lines > 0; lines -= 8, row += 8 * in->words) {
		const uint32_t *one = row;
		for (uint32_t word = *counts++; word; word >>= 4, one += in->words) {
			if (!(word & 15))
				continue;
			if (in->used == ROWS)
				add_rows(in);
			in->row[in->used] = one;
			in->count[in->used++] = word & RV_SNN_MOST;
		}
	}
}

static void integrate(rv_snn_network *n, const rv_snn_table *t, const int32_t *current)
{
	const uint8_t *decay = rv_snn_decays(t);
	const int16_t *theta = rv_snn_thetas(t);
	int32_t out = 0;
	uint32_t spikes = 0, bit = 1;
	for (int32_t h = 0; h < t->hidden; h++, bit <<= 1) {
		int32_t most = theta[h], v = ((n->v[h] * decay[h]) >> 8) + current[h];
		if (v >= most) {
			/* Beyond 8 thresholds it is clamped; then a spike takes one off. */
			v = (v > 8 * most ? 8 * most : v) - most;
			spikes |= bit;
			out += n->out[h];
		}
		else if (v < -8 * most)
			v = -8 * most;
		n->v[h] = (int16_t)v;
	}
	n->spikes = spikes;
	n->u = ((n->u * t->outDecay) >> 8) + (out >> RV_SNN_OUT_FRACTION);
}

void rv_snn_network_tick(rv_snn_network *n, const rv_snn_table *t, const rv_snn_lines *l, uint32_t tick)
{
	inputs in;
	const uint32_t *weights = rv_snn_weights(t);
	in.words = (int32_t)rv_snn_row(t) >> 2;
	in.used = 0;
	memset(in.current, 0, sizeof(in.current));
	for (int32_t d = 0; d < t->delays; d++) {
		gather(&in, weights, l->ring[(tick - t->delay[d]) % RV_SNN_RING], t->lines);
		weights += t->lines * in.words;
	}
	if (t->flags & RV_SNN_RECURRENT)
		for (uint32_t z = n->spikes; z; z >>= 1, weights += in.words)
			if (z & 1) {
				if (in.used == ROWS)
					add_rows(&in);
				in.row[in.used] = weights;
				in.count[in.used++] = 1;
			}
	if (in.used)
		add_rows(&in);
	integrate(n, t, in.current);
}
