/* See snn-learn.h. Weights have 4 fraction bits. */
#include "snn-learn.h"

enum {
	LEAST_BOUND = 8 << RV_SNN_OUT_FRACTION, BOUND_SHIFT = 2, FEEDBACK_SHIFT = 4, CONFIRM_SHIFT = 6, NUDGE = 16, BELOW = 100,
	GROW_SHIFT = 6, SHRINK = 17, SHRINK_SHIFT = 10, POST = 128
};

/* Weight h by `change`, within its bound. */
static void move(rv_gate *g, const rv_snn_table *t, int32_t h, int32_t change)
{
	int32_t trained = rv_snn_outputs(t)[h] * (1 << RV_SNN_OUT_FRACTION), size = trained < 0 ? -trained : trained;
	int32_t bound = size >> BOUND_SHIFT, off = g->network.out[h] + change - trained;
	bound = bound < LEAST_BOUND ? LEAST_BOUND : bound;
	g->network.out[h] = (int16_t)(trained + (off > bound ? bound : off < -bound ? -bound : off));
}

static void nudge(rv_gate *g, const rv_snn_table *t, int32_t sign)
{
	rv_gate_learning *l = &g->learning;
	int32_t nudged = l->nudge + sign * NUDGE;
	l->nudge = (int16_t)(nudged > RV_GATE_NUDGE ? RV_GATE_NUDGE : nudged < -RV_GATE_NUDGE ? -RV_GATE_NUDGE : nudged);
	rv_gate_set_threshold(g, t);
}

void rv_snn_learn_mode(rv_gate *g, int32_t mode)
{
	g->learning.on = (uint8_t)(mode & (RV_SNN_TRACES | RV_SNN_ADAPTS));
}

int32_t rv_snn_reward(rv_gate *g, const rv_snn_table *t, int32_t feedback)
{
	rv_gate_learning *l = &g->learning;
	int32_t missed = feedback == RV_SNN_MISSED, shift = feedback == RV_SNN_RIGHT ? CONFIRM_SHIFT : FEEDBACK_SHIFT;
	if (!l->on || (missed ? l->best == RV_GATE_NONE : !l->credited))
		return 0;
	const uint8_t *trace = missed ? l->near : l->credit;
	for (int32_t h = 0; h < t->hidden; h++) {
		int32_t change = (trace[h] + (1 << (shift - 1))) >> shift;
		move(g, t, h, feedback == RV_SNN_WRONG ? -change : change);
	}
	if (feedback != RV_SNN_RIGHT)
		nudge(g, t, missed ? -1 : 1);
	if (missed)
		l->best = RV_GATE_NONE;
	else
		l->credited = 0;
	return 1;
}

void rv_snn_stdp(rv_gate *g, const rv_snn_table *t)
{
	rv_gate_learning *l = &g->learning;
	/* A wake may have raised the threshold far above what crossed it. */
	int32_t above = g->network.u >= g->threshold - BELOW || (g->woke && !t->wait), spiked = above && !l->above;
	int32_t shrink = (l->post * SHRINK) >> SHRINK_SHIFT;
	uint32_t spikes = g->network.spikes;
	for (int32_t h = 0; h < t->hidden; h++, spikes >>= 1) {
		int32_t change = (spiked ? l->trace[h] >> GROW_SHIFT : 0) - (spikes & 1 ? shrink : 0);
		if (change)
			move(g, t, h, change);
	}
	int32_t post = l->post - ((l->post + 7) >> 3) + (spiked ? POST : 0);
	l->post = (uint8_t)(post > 255 ? 255 : post);
	l->above = (uint8_t)above;
	if (!g->inBlock) {
		uint32_t h = g->tick / RV_GATE_BLOCK % t->hidden;
		int32_t off = g->network.out[h] - rv_snn_outputs(t)[h] * (1 << RV_SNN_OUT_FRACTION);
		g->network.out[h] = (int16_t)(g->network.out[h] - (off > 0) + (off < 0));
	}
}

int32_t rv_snn_learn_push(rv_gate *g, const rv_snn_table *t, const int16_t *samples, int32_t frames)
{
	if (!(g->learning.on & RV_SNN_ADAPTS))
		return rv_gate_push(g, t, samples, frames);
	int32_t taken = 0;
	g->woke = 0;
	while (taken < frames && !g->woke) {
		taken += rv_gate_tick(g, t, samples + taken * t->channels, frames - taken);
		if (g->ticked)
			rv_snn_stdp(g, t);
	}
	return taken;
}

void rv_snn_forget(rv_gate *g, const rv_snn_table *t)
{
	const int8_t *out = rv_snn_outputs(t);
	for (int32_t h = 0; h < t->hidden; h++)
		g->network.out[h] = (int16_t)(out[h] * (1 << RV_SNN_OUT_FRACTION));
	g->learning.nudge = 0;
	rv_gate_set_threshold(g, t);
}
