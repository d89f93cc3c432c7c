/* Whether a restored state of the gate can be stepped: a file of its own, which a low-power core needs not have. */
#include "snn-gate.h"

static int32_t within(int32_t x, int32_t low, int32_t high)
{
	return x >= low && x <= high;
}

static int32_t encoder_valid(const rv_snn_encoding_state *s, const rv_snn_encoder *p)
{
	if (p->kind == RV_SNN_BAND)
		return within(s->band.level, 0, RV_SNN_DEVIATION) && within(s->band.deviation, 1, RV_SNN_DEVIATION)
			&& within(s->band.run, -RV_SNN_RUN, RV_SNN_RUN);
	const rv_snn_sensor *o = &s->sensor;
	const int32_t far = 1 << (15 + RV_SNN_FRACTION), most = 1 << (16 + RV_SNN_FRACTION - 4);
	return within(o->base, -far, far) && within(o->smooth, -2 * far, 2 * far) && within(o->step, p->as.sensor.least << (RV_SNN_FRACTION - 4), most)
		&& within(o->membrane[0], 0, most) && within(o->membrane[1], 0, most)
		&& (p->kind == RV_SNN_LATENCY ? o->at < p->as.sensor.window && o->fired <= 1 : 1);
}

static int32_t network_valid(const rv_snn_network *n, const rv_snn_table *t)
{
	uint32_t wrong = n->spikes >> (t->hidden - 1) >> 1;
	wrong |= !within(n->u, -RV_SNN_OUTPUT, RV_SNN_OUTPUT);
	for (int32_t h = 0; h < t->hidden; h++)
		wrong |= !within(n->out[h], -RV_SNN_WEIGHT, RV_SNN_WEIGHT);
	return !wrong;
}

static int32_t bank_valid(const rv_bank *b)
{
	const int32_t far = 1 << 24;
	uint32_t wrong = 0;
	for (const rv_bank_node *n = b->node, *end = n + RV_BANK_NODES; n < end; n++)
		for (int32_t i = 0; i < 2; i++)
			wrong |= !within(n->x[i], -far, far) | !within(n->y[i], -far, far);
	return !wrong;
}

int32_t rv_gate_valid(const rv_gate *g, const rv_snn_table *t)
{
	const int32_t far = RV_GATE_PEAK << RV_GATE_FRACTION, whole = t->lines >> 3;
	if (g->filled >= t->hop || g->warm > RV_SNN_WARM || g->blocks > RV_GATE_BLOCKS || g->inBlock >= RV_GATE_BLOCK || !within(g->mean, -far, far)
		|| !within(g->deviation, RV_GATE_LEAST, 2 * far) || !within(g->threshold, RV_GATE_NONE, -RV_GATE_NONE)
		|| !within(g->raised, 0, g->waits > 0 ? RV_GATE_RAISED : RV_GATE_RAISED + 4 * UINT8_MAX) || !within(g->highest, -RV_SNN_OUTPUT, RV_SNN_OUTPUT)
		|| !within(g->most, 0, RV_GATE_ACTIVE * RV_SNN_LINES * RV_SNN_MOST)
		|| !within(g->learning.nudge, -RV_GATE_NUDGE, RV_GATE_NUDGE) || !within(g->learning.best, RV_GATE_NONE, RV_SNN_OUTPUT)
		|| !network_valid(&g->network, t) || (t->kind == RV_SNN_SOUND && !bank_valid(&g->bank)))
		return 0;
	/* Counts below 8, and none beyond the lines. */
	uint32_t wrong = 0;
	for (int32_t i = 0; i < RV_SNN_RING; i++)
		for (int32_t w = 0; w < RV_SNN_LINES / 8; w++)
			wrong |= g->lines.ring[i][w] & (w < whole ? 0x88888888u : w > whole ? 0xffffffffu : 0x88888888u | 0xffffffffu << (4 * (t->lines & 7)));
	for (int32_t i = 0; i < t->lines; i++)
		wrong |= g->count[i] > RV_SNN_MOST;
	for (int32_t e = 0; e < t->encoders; e++)
		wrong |= !encoder_valid(g->encoder + e, rv_snn_encoders(t) + e);
	return !wrong;
}
