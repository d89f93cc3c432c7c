/* The gate once more, slowly and plainly: no rings, no packed counts, sums in 64 bits, divisions where the kernel shifts. */
#ifndef SNN_REFERENCE_H
#define SNN_REFERENCE_H

#include "snn-tables.h"

enum { HISTORY = 40 };

typedef struct {
	int64_t level, deviation, run;               /* bands */
	int64_t base, smooth, step, membrane[2], at, fired; /* sensors */
} plain_encoder;

typedef struct {
	int64_t ticks, frames, filled, rest;
	int64_t v[RV_SNN_HIDDEN], z[RV_SNN_HIDDEN], u;
	int64_t mean, deviation, peak, havePeak, blocks, threshold;
	int64_t count[HISTORY][RV_SNN_LINES], now[RV_SNN_LINES]; /* [0]: the newest tick */
	plain_encoder e[RV_SNN_ENCODERS];
	rv_bank bank;
	int16_t block[RV_BANK_BLOCK];
	int64_t raised, candidate, held, highest, activity[256]; /* activity: at each tick since the crossing */
	int64_t woke, strength, spikes, lines;
} plain;

static int64_t floor_div(int64_t a, int64_t b)
{
	return a >= 0 ? a / b : -((-a + b - 1) / b);
}

static int64_t lower(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t upper(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void plain_threshold(plain *p, const rv_snn_table *t)
{
	int64_t adaptive = floor_div(p->mean, 256) + floor_div(t->k * floor_div(p->deviation, 16), 64);
	p->threshold = t->flags & RV_SNN_ADAPTIVE ? t->threshold + adaptive + p->raised : upper(1, t->threshold + p->raised);
}

static void plain_reset(plain *p, const rv_snn_table *t)
{
	memset(p, 0, sizeof(*p));
	p->deviation = 20 * 256;
	for (int32_t i = 0; i < t->encoders; i++) {
		p->e[i].deviation = 8 * 256;
		p->e[i].step = t->kind == RV_SNN_SENSOR ? rv_snn_encoders(t)[i].as.sensor.step * 256 : 0;
	}
	plain_threshold(p, t);
}

static int64_t plain_band(plain_encoder *s, const rv_snn_encoder *e, int64_t level, int64_t tick)
{
	int64_t x = 256 * upper(level, e->as.band.floor), off = x - s->level, size = off < 0 ? -off : off, count = 0, least = 256 * e->as.band.least;
	if (tick < 32) {
		s->level = tick == 0 ? x : s->level + off / (tick + 1);
		if (tick >= 5)
			s->deviation = upper(least, s->deviation + floor_div(lower(size, 24 * 256) - s->deviation, 16));
		return 0;
	}
	while (count < 7 && off >= floor_div(e->as.band.level[count] * s->deviation, 16))
		count++;
	int64_t limit = floor_div(e->as.band.clip * s->deviation, 16);
	if (off > s->deviation)
		s->run = s->run < 0 ? 1 : lower(s->run + 1, 255);
	else if (off < -s->deviation)
		s->run = s->run > 0 ? -1 : upper(s->run - 1, -255);
	else
		s->run -= s->run / 4 + (s->run > 0 ? 1 : s->run < 0 ? -1 : 0);
	if (s->run > e->as.band.runUp || s->run < -e->as.band.runDown)
		s->level += floor_div(off, 1 << e->as.band.fast);
	else
		s->level += floor_div(upper(-limit, lower(limit, off)), 1 << (off > 0 ? e->as.band.up : e->as.band.down));
	s->deviation = upper(least, s->deviation + floor_div(lower(size, limit) - s->deviation, 1 << e->as.band.follow));
	return count;
}

static void plain_sample(plain_encoder *s, const rv_snn_encoder *e, int64_t sample, int64_t *up, int64_t *down)
{
	int64_t x = 4096 * sample, step = s->step;
	if (e->kind == RV_SNN_DELTA) {
		int64_t times = (x > s->base ? x - s->base : s->base - x) / step, *line = x > s->base ? up : down;
		s->base = times > 7 ? x : x > s->base ? s->base + times * step : s->base - times * step;
		*line = lower(7, *line + lower(times, 7));
		return;
	}
	s->smooth += floor_div(x - s->base - s->smooth, 1 << e->as.sensor.smooth);
	s->base += floor_div(x - s->base, 1 << e->as.sensor.slow);
	int64_t side = s->smooth < 0, size = side ? -s->smooth : s->smooth, *line = side ? down : up;
	if (e->kind == RV_SNN_RATE) {
		int64_t charge = s->membrane[side] + size, times = charge / step, left = 7 - *line;
		s->membrane[side] = times > left ? 0 : charge - times * step;
		*line += lower(times, left);
		return;
	}
	if (!s->fired && size / 256 * e->as.sensor.window >= step / 256 * (e->as.sensor.window - s->at)) {
		s->fired = 1;
		*line = lower(7, *line + 1);
	}
	s->at = (s->at + 1) % e->as.sensor.window;
	if (!s->at)
		s->fired = 0;
}

static void plain_adapt(plain_encoder *s, const rv_snn_encoder *e, int64_t spikes)
{
	if (e->as.sensor.target) {
		int64_t step = spikes > e->as.sensor.target ? s->step + s->step / 32 : s->step - s->step / 256;
		s->step = upper(256 * e->as.sensor.least, lower(256 * e->as.sensor.most, step));
	}
}

static void plain_network(plain *p, const rv_snn_table *t)
{
	int64_t row = (t->hidden + 3) / 4 * 4, spiked[RV_SNN_HIDDEN], out = 0;
	const int8_t *win = (const int8_t *)rv_snn_weights(t), *wrec = win + t->delays * t->lines * row;
	for (int64_t h = 0; h < t->hidden; h++) {
		int64_t v = floor_div(p->v[h] * rv_snn_decays(t)[h], 256), theta = rv_snn_thetas(t)[h];
		for (int64_t d = 0; d < t->delays; d++)
			for (int64_t i = 0; i < t->lines; i++)
				v += win[(d * t->lines + i) * row + h] * p->count[t->delay[d]][i];
		for (int64_t j = 0; j < t->feeding; j++)
			v += wrec[j * row + h] * p->z[j];
		v = upper(-8 * theta, lower(8 * theta, v));
		spiked[h] = v >= theta;
		p->v[h] = v - (spiked[h] ? theta : 0);
		out += spiked[h] ? rv_snn_outputs(t)[h] : 0;
	}
	memcpy(p->z, spiked, sizeof(spiked));
	p->u = floor_div(p->u * t->outDecay, 256) + out + t->bias;
}

static void plain_block(plain *p, const rv_snn_table *t)
{
	if (p->havePeak) {
		int64_t x = 256 * upper(-131072, lower(131072, p->peak)), most = p->mean + 3 * p->deviation + 20 * 256;
		int64_t off = lower(x, most) - p->mean, spread = (off < 0 ? -off : off) - p->deviation;
		p->blocks++;
		p->mean += p->blocks <= 32 ? off / p->blocks : floor_div(off, 32);
		p->deviation = upper(5 * 256, p->deviation + (p->blocks <= 32 ? spread / p->blocks : floor_div(spread, 32)));
	}
	p->raised -= floor_div(p->raised, 1 << t->fade);
	plain_threshold(p, t);
	p->havePeak = 0;
}

static void plain_wake(plain *p, const rv_snn_table *t)
{
	p->woke = 1;
	p->strength = upper(0, lower(32767, p->highest - p->threshold));
	p->spikes = p->lines = 0;
	for (int32_t i = 0; i < 16; i++)
		for (int32_t j = 0; j < t->lines; j++) {
			p->spikes += p->count[i][j];
			p->lines |= p->count[i][j] ? (int64_t)1 << j : 0;
		}
	p->havePeak = 0;
	p->rest = t->refractory;
	p->raised += 4 * t->raise;
	p->candidate = 0;
	plain_threshold(p, t);
}

/* candidate: ticks since the crossing, this one too. */
static void plain_decide(plain *p, const rv_snn_table *t, int32_t over)
{
	int64_t most = 0, now = 0;
	if (p->held) {
		p->held = over;
		return;
	}
	if (!p->candidate && !over)
		return;
	p->highest = p->candidate ? upper(p->highest, p->u) : p->u;
	for (int32_t i = 0; i < 4; i++)
		for (int32_t j = 0; j < t->lines; j++)
			now += p->count[i][j];
	p->activity[p->candidate++] = now;
	for (int64_t i = 0; i < p->candidate; i++)
		most = upper(most, p->activity[i]);
	if (!t->wait || 16 * now < t->drop * most)
		plain_wake(p, t);
	else if (p->candidate == t->wait) {
		p->candidate = 0;
		p->held = 1;
	}
}

static void plain_tick(plain *p, const rv_snn_table *t)
{
	for (int32_t e = 0; e < t->encoders; e++)
		if (t->kind == RV_SNN_SOUND)
			p->now[e] = plain_band(p->e + e, rv_snn_encoders(t) + e, rv_bank_log2(p->bank.sum[rv_snn_encoders(t)[e].source]), p->ticks);
		else
			plain_adapt(p->e + e, rv_snn_encoders(t) + e, p->now[2 * e] + p->now[2 * e + 1]);
	memmove(p->count[1], p->count[0], (HISTORY - 1) * sizeof(p->count[0]));
	memcpy(p->count[0], p->now, sizeof(p->now));
	memset(p->now, 0, sizeof(p->now));
	memset(p->bank.sum, 0, sizeof(p->bank.sum));
	plain_network(p, t);
	if (p->rest > 0)
		p->rest--;
	if (!p->rest) {
		p->peak = p->havePeak ? upper(p->peak, p->u) : p->u;
		p->havePeak = 1;
		plain_decide(p, t, p->ticks + 1 >= t->settle && p->u >= p->threshold);
	}
	p->filled = 0;
	if (++p->ticks % 64 == 0)
		plain_block(p, t);
}

/* One frame; p->woke says whether it woke. */
static void plain_frame(plain *p, const rv_snn_table *t, const int16_t *frame)
{
	p->woke = 0;
	if (t->kind == RV_SNN_SOUND) {
		p->block[p->filled % 32] = *frame;
		if (p->filled % 32 == 31)
			rv_bank_block(&p->bank, p->block);
	}
	else
		for (int32_t e = 0; e < t->encoders; e++) {
			const rv_snn_encoder *one = rv_snn_encoders(t) + e;
			if (!p->frames)
				p->e[e].base = 4096 * frame[one->source];
			plain_sample(p->e + e, one, frame[one->source], p->now + 2 * e, p->now + 2 * e + 1);
		}
	p->frames++;
	if (++p->filled == t->hop)
		plain_tick(p, t);
}

#endif
