/* See snn-gate.h. */
#include <string.h>
#include "snn-gate.h"

/* Built with 0, it keeps nothing for snn-learn.c, where the memory is short. */
#ifndef RV_GATE_LEARNS
#define RV_GATE_LEARNS 1
#endif

/* Of peaks. RATE: a shift. */
enum { FRACTION = RV_GATE_FRACTION, FIRST_DEVIATION = 20 << FRACTION, RATE = 5 };

void rv_gate_set_threshold(rv_gate *g, const rv_snn_table *t)
{
	int32_t threshold = t->threshold + g->learning.nudge + g->raised;
	if (t->flags & RV_SNN_ADAPTIVE)
		threshold += (g->mean >> FRACTION) + ((t->k * (g->deviation >> 4)) >> (FRACTION - 4 + 2));
	else if (threshold < 1)
		threshold = 1;
	g->threshold = threshold;
}

void rv_gate_reset(rv_gate *g, const rv_snn_table *t)
{
	memset(g, 0, sizeof(*g));
	g->settle = t->settle;
	g->peak = INT32_MIN;
	g->deviation = FIRST_DEVIATION;
	g->learning.best = RV_GATE_NONE;
	rv_snn_network_reset(&g->network, t);
	for (int32_t e = 0; e < t->encoders; e++)
		rv_snn_encode_reset(g->encoder + e, rv_snn_encoders(t) + e);
	rv_gate_set_threshold(g, t);
}

/* Mean and deviation of a block's peak, averaged at first, then followed by 1/32. An outlier counts for 3 deviations. */
static void follow_peak(rv_gate *g)
{
	int32_t peak = g->peak > RV_GATE_PEAK ? RV_GATE_PEAK : g->peak < -RV_GATE_PEAK ? -RV_GATE_PEAK : g->peak;
	int32_t most = g->mean + 3 * g->deviation + FIRST_DEVIATION, x = peak * (1 << FRACTION);
	int32_t e = (x > most ? most : x) - g->mean, off = (e < 0 ? -e : e) - g->deviation;
	if (g->blocks < RV_GATE_BLOCKS) {
		g->blocks++;
		e /= g->blocks;
		off /= g->blocks;
	}
	else {
		e >>= RATE;
		off >>= RATE;
	}
	g->mean += e;
	g->deviation += off;
	if (g->deviation < RV_GATE_LEAST)
		g->deviation = RV_GATE_LEAST;
	g->peak = INT32_MIN;
}

static void end_block(rv_gate *g, const rv_snn_table *t)
{
	int32_t over = g->learning.best - (g->mean >> FRACTION);
	g->inBlock = 0;
	if (over > 0)
		g->learning.best -= over >> 3;
	g->raised -= g->raised >> t->fade;
	if (g->peak != INT32_MIN)
		follow_peak(g);
	rv_gate_set_threshold(g, t);
}

/* On all lines, in the last `ticks` ticks: eight counts of 4 bits in a word, added up in its bytes. */
static int32_t spikes_of(const rv_gate *g, uint32_t ticks)
{
	uint32_t spikes = 0;
	while (ticks--) {
		const uint32_t *word = g->lines.ring[(g->tick - ticks) % RV_SNN_RING], *end = word + RV_SNN_LINES / 8;
		for (; word < end; word++)
			spikes += (((*word & 0x0f0f0f0fu) + ((*word >> 4) & 0x0f0f0f0fu)) * 0x01010101u) >> 24;
	}
	return (int32_t)spikes;
}

static void remember(rv_gate_learning *l, uint32_t spikes, int32_t hidden)
{
	for (int32_t h = 0; h < hidden; h++, spikes >>= 1) {
		int32_t trace = l->trace[h];
		l->trace[h] = (uint8_t)(trace - ((trace + 7) >> 3) + (spikes & 1 ? 32 : 0));
	}
}

static void wake(rv_gate *g, const rv_snn_table *t)
{
	rv_gate_event *e = &g->event;
	int32_t over = g->highest - g->threshold;
	e->tick = g->tick;
	memcpy(e->at, g->frames, sizeof(e->at));
	over = over > INT16_MAX ? INT16_MAX : over < 0 ? 0 : over;
	e->strength = (int16_t)over;
	e->confidence = 255 * over / (over + 256);
	e->lines = 0;
	for (int32_t i = 0; i < t->lines; i++)
		if (g->lines.raster[i] & ((1u << RV_GATE_SPAN) - 1))
			e->lines |= 1u << i;
	e->spikes = (uint16_t)spikes_of(g, RV_GATE_SPAN);
	if (RV_GATE_LEARNS && g->learning.on) {
		memcpy(g->learning.credit, g->learning.trace, sizeof(g->learning.credit));
		g->learning.credited = 1;
		g->learning.best = RV_GATE_NONE;
	}
	g->raised += 4 * t->raise;
	rv_gate_set_threshold(g, t);
	/* Events are no background: the threshold doesn't follow them. */
	g->peak = INT32_MIN;
	g->rest = t->refractory;
	g->woke = 1;
}

/* A tick outside the refractory time. */
static void decide(rv_gate *g, const rv_snn_table *t, int32_t u)
{
	int32_t waits = g->waits;
	if (waits <= 0) {
		int32_t over = !g->settle && u >= g->threshold;
		if (!over || waits) {
			g->waits = (int16_t)-over;
			return;
		}
		waits = t->wait;
		g->highest = u;
		g->most = 0;
	}
	int32_t activity = spikes_of(g, RV_GATE_ACTIVE);
	if (u > g->highest)
		g->highest = u;
	if (activity > g->most)
		g->most = activity;
	if (!t->wait || activity * 16 < g->most * t->drop) {
		waits = 0;
		wake(g, t);
	}
	else if (!--waits)
		waits = -1;
	g->waits = (int16_t)waits;
}

/* Counts of the tick become spikes on the lines. Sums and counts are cleared one by one: memset of small libraries goes byte by byte. */
static void encode_sound(rv_gate *g, const rv_snn_table *t)
{
	const rv_snn_encoder *p = rv_snn_encoders(t);
	for (int32_t e = 0; e < t->encoders; e++, p++)
		g->count[e] = (uint8_t)rv_snn_encode_band(&g->encoder[e].band, p, rv_bank_log2(g->bank.sum[p->source]), g->warm);
	rv_snn_lines_add(&g->lines, g->tick, g->count, t->lines);
	for (volatile uint32_t *sum = g->bank.sum, *end = sum + RV_BANK_BANDS; sum < end; sum++)
		*sum = 0;
	g->warm = (uint8_t)(g->warm + (g->warm < RV_SNN_WARM));
}

static void encode_sensor(rv_gate *g, const rv_snn_table *t)
{
	const rv_snn_encoder *p = rv_snn_encoders(t);
	rv_snn_lines_add(&g->lines, g->tick, g->count, t->lines);
	for (int32_t e = 0; e < t->encoders; e++, p++) {
		volatile uint8_t *count = g->count + 2 * e;
		if (p->as.sensor.target)
			rv_snn_encode_adapt(&g->encoder[e].sensor, p, count[0] + count[1]);
		count[0] = count[1] = 0;
	}
}

/* Apart, so that frames which don't end a tick save no registers for it. */
static __attribute__((noinline)) void tick(rv_gate *g, const rv_snn_table *t)
{
	rv_gate_learning *l = &g->learning;
	g->filled = 0;
	g->ticked = 1;
	if (t->kind == RV_SNN_SOUND)
		encode_sound(g, t);
	else
		encode_sensor(g, t);
	rv_snn_network_tick(&g->network, t, &g->lines, g->tick);
	if (RV_GATE_LEARNS && l->on)
		remember(l, g->network.spikes, t->hidden);
	if (g->rest)
		g->rest--;
	if (g->settle)
		g->settle--;
	int32_t u = g->network.u;
	if (!g->rest) {
		g->peak = u > g->peak ? u : g->peak;
		decide(g, t, u);
		if (RV_GATE_LEARNS && l->on && !g->woke && u > l->best) {
			l->best = u;
			memcpy(l->near, l->trace, sizeof(l->near));
		}
	}
	g->tick++;
	if (++g->inBlock == RV_GATE_BLOCK)
		end_block(g, t);
}

/* Samples up to the end of a block of the filterbank; gives how many. */
static int32_t hear(rv_gate *g, const int16_t *samples, int32_t frames)
{
	int32_t part = g->filled % RV_BANK_BLOCK, n = RV_BANK_BLOCK - part;
	if (!part && frames >= n) {
		rv_bank_block(&g->bank, samples);
		return n;
	}
	n = frames < n ? frames : n;
	memcpy(g->block + part, samples, (uint32_t)n * sizeof(*samples));
	if (part + n == RV_BANK_BLOCK)
		rv_bank_block(&g->bank, g->block);
	return n;
}

/* Frames up to the end of the tick; gives how many. */
static int32_t sense(rv_gate *g, const rv_snn_table *t, const int16_t *samples, int32_t frames)
{
	const rv_snn_encoder *p = rv_snn_encoders(t);
	int32_t n = t->hop - g->filled;
	n = frames < n ? frames : n;
	for (int32_t e = 0; e < t->encoders; e++, p++) {
		rv_snn_sensor *s = &g->encoder[e].sensor;
		if (!g->warm)
			rv_snn_encode_start(s, samples[p->source]);
		rv_snn_encode_samples(s, p, samples + p->source, t->channels, n, g->count + 2 * e);
	}
	g->warm = 1;
	return n;
}

int32_t rv_gate_tick(rv_gate *g, const rv_snn_table *t, const int16_t *samples, int32_t frames)
{
	int32_t taken = 0;
	g->woke = g->ticked = 0;
	while (taken < frames && !g->ticked) {
		int32_t n = t->kind == RV_SNN_SOUND ? hear(g, samples + taken, frames - taken) : sense(g, t, samples + taken * t->channels, frames - taken);
		taken += n;
		g->frames[0] += (uint32_t)n;
		g->frames[1] += g->frames[0] < (uint32_t)n;
		g->filled = (uint16_t)(g->filled + n);
		if (g->filled >= t->hop)
			tick(g, t);
	}
	return taken;
}

int32_t rv_gate_push(rv_gate *g, const rv_snn_table *t, const int16_t *samples, int32_t frames)
{
	int32_t taken = 0;
	g->woke = 0;
	while (taken < frames && !g->woke)
		taken += rv_gate_tick(g, t, samples + taken * t->channels, frames - taken);
	return taken;
}
