/* See snn-encode.h. */
#include <string.h>
#include "snn-encode.h"

enum { FIRST_DEVIATION = 8 << 8, QUIET_TICKS = 4, EARLY_CLIP = 24 << 8, EARLY_SHIFT = 4 };

void rv_snn_encode_reset(rv_snn_encoding_state *s, const rv_snn_encoder *p)
{
	memset(s, 0, sizeof(*s));
	if (p->kind == RV_SNN_BAND)
		s->band.deviation = FIRST_DEVIATION;
	else
		s->sensor.step = p->as.sensor.step << (RV_SNN_FRACTION - 4);
}

static int32_t at_most(int32_t x, int32_t limit)
{
	return x < limit ? x : limit;
}

/* Divisions are arithmetic shifts: they round towards minus infinity. */
int32_t rv_snn_encode_band(rv_snn_band *s, const rv_snn_encoder *p, int32_t level, int32_t warm)
{
	int32_t x = (level < p->as.band.floor ? p->as.band.floor : level) << 8, least = p->as.band.least << 8;
	int32_t d = s->deviation, e = x - s->level, a = e < 0 ? -e : e, count = 0;
	if (warm < RV_SNN_WARM) {
		s->level = warm ? s->level + e / (warm + 1) : x;
		if (warm > QUIET_TICKS) {
			d += (at_most(a, EARLY_CLIP) - d) >> EARLY_SHIFT;
			s->deviation = d < least ? least : d;
		}
		return 0;
	}
	while (count < RV_SNN_MOST && e >= (p->as.band.level[count] * d) >> 4)
		count++;
	int32_t limit = (p->as.band.clip * d) >> 4, run = s->run, shift = p->as.band.fast;
	if (e > d)
		run = run < 0 ? 1 : at_most(run + 1, RV_SNN_RUN);
	else if (e < -d)
		run = run > 0 ? -1 : run > -RV_SNN_RUN ? run - 1 : -RV_SNN_RUN;
	else
		run -= run / 4 + (run > 0) - (run < 0);
	s->run = run;
	/* Off for long: the level has changed, and is followed fast. Else outliers count for `clip` at most. */
	if (run <= p->as.band.runUp && run >= -p->as.band.runDown) {
		shift = e > 0 ? p->as.band.up : p->as.band.down;
		e = e > limit ? limit : e < -limit ? -limit : e;
	}
	s->level += e >> shift;
	d += (at_most(a, limit) - d) >> p->as.band.follow;
	s->deviation = d < least ? least : d;
	return count;
}

/* One more spike on a line, or none where it can't carry more. */
static void spike(uint8_t *count)
{
	if (*count < RV_SNN_MOST)
		++*count;
}

/* Spikes by steps from the reference, which comes after; what 7 steps can't reach it takes over. */
static int32_t delta(int32_t base, int32_t step, int32_t x, uint8_t *count)
{
	int32_t left = x - base, n = 0;
	if (left >= step) {
		do
			spike(count);
		while ((left -= step) >= step && ++n < RV_SNN_MOST);
		return n == RV_SNN_MOST ? x : x - left;
	}
	if (left <= -step) {
		do
			spike(count + 1);
		while ((left += step) <= -step && ++n < RV_SNN_MOST);
		return n == RV_SNN_MOST ? x : x - left;
	}
	return base;
}

/* Spikes while the membrane is at its threshold. What a line can't carry is dropped. */
static int32_t fire(int32_t membrane, int32_t threshold, uint8_t *count)
{
	while (membrane >= threshold) {
		if (*count >= RV_SNN_MOST)
			return 0;
		++*count;
		membrane -= threshold;
	}
	return membrane;
}

/* The threshold falls from `step` to its window's share: size >= step * left / window. */
static void first_spike(rv_snn_sensor *s, int32_t window, int32_t size, uint8_t *count)
{
	if (!s->fired && (size >> 8) * window >= (s->step >> 8) * (window - s->at)) {
		s->fired = 1;
		spike(count);
	}
	if (++s->at >= window)
		s->at = s->fired = 0;
}

void rv_snn_encode_start(rv_snn_sensor *s, int32_t x)
{
	s->base = x * (1 << RV_SNN_FRACTION);
}

void rv_snn_encode_samples(rv_snn_sensor *s, const rv_snn_encoder *p, const int16_t *samples, int32_t stride, int32_t n, uint8_t *count)
{
	int32_t base = s->base, smooth = s->smooth, kind = p->kind, slow_shift = p->as.sensor.slow, smooth_shift = p->as.sensor.smooth;
	do {
		int32_t x = *samples * (1 << RV_SNN_FRACTION);
		samples += stride;
		if (kind == RV_SNN_DELTA) {
			base = delta(base, s->step, x, count);
			continue;
		}
		smooth += (x - base - smooth) >> smooth_shift;
		base += (x - base) >> slow_shift;
		int32_t down = smooth < 0, size = down ? -smooth : smooth;
		if (kind == RV_SNN_LATENCY)
			first_spike(s, p->as.sensor.window, size, count + down);
		else if ((s->membrane[down] += size) >= s->step)
			s->membrane[down] = fire(s->membrane[down], s->step, count + down);
	} while (--n);
	s->base = base;
	s->smooth = smooth;
}

void rv_snn_encode_adapt(rv_snn_sensor *s, const rv_snn_encoder *p, int32_t spikes)
{
	if (!p->as.sensor.target)
		return;
	int32_t least = p->as.sensor.least << (RV_SNN_FRACTION - 4), most = p->as.sensor.most << (RV_SNN_FRACTION - 4);
	int32_t step = spikes > p->as.sensor.target ? s->step + (s->step >> 5) : s->step - (s->step >> 8);
	s->step = step < least ? least : at_most(step, most);
}

void rv_snn_lines_add(rv_snn_lines *l, uint32_t tick, const uint8_t *count, int32_t lines)
{
	uint32_t *words = l->ring[tick % RV_SNN_RING];
	for (int32_t i = 0; i < RV_SNN_LINES; i += 8) {
		uint32_t word = 0;
		for (int32_t j = i; j < i + 8 && j < lines; j++) {
			word |= (uint32_t)count[j] << (4 * (j - i));
			l->raster[j] = l->raster[j] << 1 | (count[j] > 0);
			l->strong[j] = l->strong[j] << 1 | (count[j] >= RV_SNN_STRONG);
		}
		*words++ = word;
	}
}
