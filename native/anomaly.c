/* See anomaly.h. */
#include "anomaly.h"

enum { WARM = 32, FOLLOW = 4096, FOLLOW_SHIFT = 12,
	THRESHOLD = 29000, /* 28 bits: level, step, brief mean and window together */
	REST = 107 /* samples for which an alarm's echo counts less */
};

static uint64_t magnitude(int64_t x)
{
	return x < 0 ? 0u - (uint64_t)x : (uint64_t)x;
}

/* 16 log2(x), linear between powers; x > 0. */
static int32_t log16(uint64_t x)
{
	int32_t top = 63 - __builtin_clzll(x);
	return top * 16 + (int32_t)(top >= 4 ? (x >> (top - 4)) & 15 : (x << (4 - top)) & 15);
}

/* The same of 32 bits, cheaper where registers have no more. */
static int32_t log16_short(uint32_t x)
{
	int32_t top = 31 - __builtin_clz(x);
	return top * 16 + (int32_t)((top >= 4 ? x >> (top - 4) : x << (4 - top)) & 15);
}

/* 16 log2(a / b), 0 where a <= b. */
static int32_t ratio16(uint64_t a, uint64_t b)
{
	return a <= b ? 0 : log16(a) - log16(b ? b : 1);
}

/* mean += (x - mean) / 2^shift: divisions of 64 bits would be most of a step's cost on chips of 32. */
static void follow(int64_t *mean, int64_t x, int32_t shift)
{
	*mean += (x - *mean) >> shift;
}

/* Deviation that no channel falls below: half a unit, so that constants don't divide by nothing. */
static uint64_t deviation_of(const rv_anomaly_channel *c)
{
	return c->deviation > 32768 ? (uint64_t)c->deviation : 32768;
}

static uint64_t step_of(const rv_anomaly_channel *c)
{
	return c->step > 32768 ? (uint64_t)c->step : 32768;
}

/* Rows of the ring, then patterns in words of four values, then how often each was used, rarities, logarithms of uses. */
static uint8_t *ring_of(rv_anomaly *a)
{
	return (uint8_t *)(a + 1);
}

static int32_t ring_bytes(const rv_anomaly *a)
{
	return (a->channels * a->taps * a->stride + 3) & ~3;
}

static int32_t words_of(const rv_anomaly *a)
{
	return (a->channels * a->taps + 7) / 8 * 2;
}

static uint32_t *patterns_of(rv_anomaly *a)
{
	return (uint32_t *)(ring_of(a) + ring_bytes(a));
}

static uint16_t *uses_of(rv_anomaly *a)
{
	return (uint16_t *)(patterns_of(a) + words_of(a) * a->patterns);
}

static rv_anomaly_rarities *rarities_of(rv_anomaly *a)
{
	return (rv_anomaly_rarities *)(uses_of(a) + a->patterns);
}

/* 8 log2(uses + 1), kept so that it needn't be computed for each pattern in each step. */
static uint8_t *logs_of(rv_anomaly *a)
{
	return (uint8_t *)(rarities_of(a) + a->channels);
}

uint32_t rv_anomaly_size(int32_t channels, int32_t taps, int32_t stride, int32_t patterns)
{
	if (channels < 1 || channels > RV_ANOMALY_CHANNELS || taps < 1 || taps > RV_ANOMALY_DIMS / channels || stride < 1
		|| stride > RV_ANOMALY_RING / (channels * taps) || patterns < 2 || patterns > RV_ANOMALY_PATTERNS)
		return 0;
	uint32_t ring = (uint32_t)(channels * taps * stride + 3) & ~3u, words = (uint32_t)(channels * taps + 7) / 8 * 2;
	return (uint32_t)sizeof(rv_anomaly) + ring + 4 * words * (uint32_t)patterns + 3 * (uint32_t)patterns
		+ (uint32_t)channels * (uint32_t)sizeof(rv_anomaly_rarities);
}

void rv_anomaly_init(rv_anomaly *a, int32_t channels, int32_t taps, int32_t stride, int32_t patterns)
{
	a->channels = channels;
	a->taps = taps;
	a->stride = stride;
	a->patterns = patterns;
	a->threshold = THRESHOLD;
	a->channel = -1;
}

static int32_t within(int32_t x, int32_t low, int32_t high)
{
	return x >= low && x <= high;
}

/* Bits that are set when |x| is 2^48 or more, by its upper word: the check is part of every step. */
static inline uint32_t is_far(int64_t x)
{
	return ((uint32_t)((uint64_t)x >> 32) + 0x10000u) >> 17;
}

/* The same when x is negative. */
static inline uint32_t is_far_or_negative(int64_t x)
{
	return (uint32_t)((uint64_t)x >> 32) >> 16;
}

int32_t rv_anomaly_valid(const rv_anomaly *a, int32_t channels, int32_t taps, int32_t stride, int32_t patterns)
{
	const int32_t count = 0x3fffffff;
	uint32_t wrong = 0;
	if (a->channels != channels || a->taps != taps || a->stride != stride || a->patterns != patterns
		|| !within(a->samples, 0, count) || !within(a->used, 0, patterns) || !within(a->total, 0, count)
		|| !within(a->at, 0, taps * stride - 1) || !within(a->rest, 0, REST) || !within(a->threshold, 0, 65535))
		return 0;
	for (const rv_anomaly_channel *c = a->channel_, *end = c + channels; c < end; c++) {
		wrong |= is_far(c->mean) | is_far(c->fast) | is_far(c->slow) | is_far(c->brief);
		wrong |= is_far_or_negative(c->deviation) | is_far_or_negative(c->step) | is_far_or_negative(c->activity);
		wrong |= (uint32_t)(c->run | c->longestRun) >> 31 | (uint32_t)c->seen >> 30;
	}
	return !wrong;
}

/* (x - mean) / deviation in steps of 1/4 up to 8 deviations, coarser beyond: 1 to 127, 64 is the mean. */
static uint8_t quantise(const rv_anomaly_channel *c, int64_t x)
{
	int64_t off = x - c->mean;
	uint64_t d = deviation_of(c), far = magnitude(off);
	/* Both to 27 bits at most, which a division of 32 bits takes. */
	int32_t shift = 64 - 24 - __builtin_clzll(d);
	if (shift > 0) {
		d >>= shift;
		far >>= shift;
	}
	uint32_t q = far >= ((uint64_t)1 << 28) ? 127 * 16 : (uint32_t)far * 4 / (uint32_t)d;
	if (q > 32)
		q = 32 + (q - 32) / 4;
	if (q > 63)
		q = 63;
	return (uint8_t)(off < 0 ? 64 - q : 64 + q);
}

/* Channel's statistics take in x; gives how surprising its level and step are, Q4 bits. */
static int32_t observe(rv_anomaly_channel *c, rv_anomaly_rarities *r, int32_t x, int32_t learning, int32_t *most)
{
	int64_t wide = (int64_t)x * 65536, before = c->seen ? (int64_t)c->last * 65536 : wide;
	uint64_t off = magnitude(wide - c->mean), step = magnitude(wide - before);
	int32_t surprise = 0;
	if (c->seen == 0)
		c->mean = c->brief = wide;
	/* A unit, and a millionth of the level: what is flat must not make every ripple rare. */
	uint64_t base = (uint64_t)c->deviation + 65536 + (magnitude(c->mean) >> 20), least = base >> 6;
	int32_t usual = rv_anomaly_log2(base), level = rv_anomaly_log2(off + least) - usual, jump = rv_anomaly_log2(step + least);
	int32_t bits = 7 * rv_rarity_add(&r->level, level) + 2 * rv_rarity_add(&r->step, jump - usual);
	bits += 6 * rv_rarity_add(&r->brief, rv_anomaly_log2(magnitude(c->brief - c->mean) + least) - usual);
	*most = bits / 4 > *most ? bits / 4 : *most;
	c->brief += (wide - c->brief) >> 2;
	if (c->seen >= WARM) {
		jump -= rv_anomaly_log2(step_of(c));
		surprise = (level > 0 ? level / 16 : 0) + (jump > 0 ? jump / 16 : 0);
	}
	int32_t n = c->seen < FOLLOW ? 31 - __builtin_clz((uint32_t)c->seen + 1) : FOLLOW_SHIFT;
	if (!learning && c->seen >= 4 * WARM && n < FOLLOW_SHIFT - 4)
		n = FOLLOW_SHIFT - 4;
	/* An outlier counts for sixteen deviations at most. */
	int64_t bound = c->seen >= WARM ? (int64_t)(16 * deviation_of(c)) : INT64_MAX / 2, d = wide - c->mean;
	int64_t held = c->seen == 0 ? wide : c->mean + (d > bound ? bound : d < -bound ? -bound : d);
	follow(&c->mean, held, n);
	follow(&c->deviation, (int64_t)magnitude(held - c->mean), n);
	follow(&c->step, (int64_t)(c->seen >= WARM && step > 8 * step_of(c) ? 8 * step_of(c) : step), n);
	if (c->seen == 0)
		c->fast = c->slow = wide;
	c->fast += (wide - c->fast) / 8;
	c->slow += (wide - c->slow) / 128;
	c->activity += ((int64_t)step - c->activity) / 16;
	c->run = c->seen && x == c->last ? c->run + (c->run < 0x7fffffff) : 0;
	if ((learning || c->seen < WARM * 4) && c->run > c->longestRun)
		c->longestRun = c->run;
	c->last = x;
	c->seen += c->seen < 0x3fffffff;
	return surprise;
}

/* |a - b| of four values of 7 bits, in a byte each: 128 + difference, and those that are negative turned around. */
static inline uint32_t differences(uint32_t a, uint32_t b)
{
	uint32_t x = (a | 0x80808080u) - b, negative = (~x >> 7) & 0x01010101u;
	return ((x & 0x7f7f7f7fu) ^ ((negative << 7) - negative)) + negative;
}

/* Manhattan distance, or anything from `limit` on; `words` is even. */
static inline int32_t distance_of(const uint32_t *v, const uint32_t *w, int32_t words, int32_t limit)
{
	int32_t d = 0;
	const uint32_t *end = w + words;
	do {
		uint32_t sizes = differences(v[0], w[0]) + differences(v[1], w[1]);
		sizes = (sizes & 0x00ff00ffu) + ((sizes >> 8) & 0x00ff00ffu);
		d += (int32_t)((sizes + (sizes >> 16)) & 0xffff);
		v += 2;
		w += 2;
	} while (w < end && d < limit);
	return d;
}

/* Surprise of the window: min over patterns of distance + log2(total / uses), Q4 bits. The winner, or the rarest, learns. */
static int32_t match(rv_anomaly *a, const uint32_t *v, int32_t *distance)
{
	int32_t dims = a->channels * a->taps, best = 0x3fffffff, winner = -1, p;
	uint32_t *patterns = patterns_of(a);
	int32_t words = words_of(a);
	uint16_t *uses = uses_of(a);
	uint8_t *logs = logs_of(a);
	const uint8_t *log = logs;
	int32_t whole = log16_short((uint32_t)a->total + 1) / 2, nearest = 0;
	const uint32_t *end = patterns + a->used * words;
	for (const uint32_t *w = patterns; w < end; w += words, log++) {
		/* What loses by its rarity alone needs no distance. */
		int32_t cost = ((whole - *log) * dims) >> 2;
		if (cost >= best)
			continue;
		int32_t d = distance_of(v, w, words, best - cost);
		cost += d;
		if (cost < best) {
			best = cost;
			winner = (int32_t)(log - logs);
			nearest = d;
		}
	}
	*distance = nearest;
	if (winner < 0 || nearest > 2 * dims) {
		if (a->used < a->patterns)
			p = a->used++;
		else {
			p = 0;
			for (int32_t i = 1; i < a->used; i++)
				if (uses[i] < uses[p])
					p = i;
			a->total -= uses[p];
		}
		for (int32_t i = 0; i < words; i++)
			patterns[p * words + i] = v[i];
		uses[p] = 1;
	}
	else {
		uint8_t *w = (uint8_t *)(patterns + winner * words);
		const uint8_t *u = (const uint8_t *)v;
		for (int32_t i = 0; i < dims; i++)
			w[i] = (uint8_t)((w[i] + (u[i] - w[i]) / 4) & 127);
		p = winner;
		uses[p]++;
		if (uses[p] == 0xffff) {
			a->total = 0;
			for (int32_t i = 0; i < a->used; i++) {
				a->total += uses[i] = (uint16_t)((uses[i] + 1) / 2);
				logs[i] = (uint8_t)(log16_short((uint32_t)uses[i] + 1) / 2);
			}
		}
	}
	logs[p] = (uint8_t)(log16_short((uint32_t)uses[p] + 1) / 2);
	a->total = a->total < 0 ? 0 : a->total < 0x3fffffff ? a->total + 1 : a->total;
	/* Negative only where something else wrote the state. */
	return winner < 0 || best < 0 ? 0 : 2 * best / dims;
}

/* What happened to channel c, the strongest sign first. */
static int32_t kind_of(const rv_anomaly_channel *c, int32_t surprising)
{
	uint64_t d = deviation_of(c);
	if (c->seen < WARM)
		return RV_NORMAL;
	if (c->longestRun < 16 && c->run >= 4 * c->longestRun + 16)
		return RV_FROZEN;
	/* The first sample of a step may be a spike: a shift is one that stays for some samples. */
	if (surprising > 5 * 16 && magnitude((int64_t)c->last * 65536 - c->fast) > 4 * magnitude(c->fast - c->mean))
		return RV_SPIKE;
	if (magnitude(c->fast - c->mean) > 5 * d)
		return magnitude(c->slow - c->mean) > 2 * d && magnitude(c->fast - c->slow) < 2 * d ? RV_DRIFT : RV_LEVEL_SHIFT;
	if (2 * magnitude(c->slow - c->mean) > 3 * d)
		return RV_DRIFT;
	return surprising > 5 * 16 ? RV_SPIKE : RV_NORMAL;
}

void rv_anomaly_step(rv_anomaly *a, const int32_t *sample, int32_t learning)
{
	uint32_t window[RV_ANOMALY_DIMS / 4] = { 0 };
	uint8_t *v = (uint8_t *)window, *ring = ring_of(a);
	int32_t rows = a->taps * a->stride, n = 0, own = 0, kind = RV_NORMAL, which = 0, bits = 0, distance = 0;
	int64_t furthest = -1;
	for (int32_t k = 0; k < a->channels; k++) {
		rv_anomaly_channel *c = a->channel_ + k;
		int32_t surprise = 0;
		int64_t expected = c->mean;
		if (sample[k] != RV_ANOMALY_MISSING)
			surprise = observe(c, rarities_of(a) + k, sample[k], learning, &bits);
		int64_t x = (int64_t)c->last * 65536;
		ring[a->at * a->channels + k] = c->seen ? quantise(c, x) : 64;
		int32_t one = sample[k] == RV_ANOMALY_MISSING ? RV_NORMAL : kind_of(c, surprise);
		int64_t weight = surprise + (one ? 1024 : 0);
		own = surprise > own ? surprise : own;
		if (weight > furthest) {
			furthest = weight;
			which = k;
			kind = one;
			a->expected = (int32_t)(expected >> 16);
			int64_t off = (int64_t)c->last - a->expected;
			a->deviation = off > INT32_MAX ? INT32_MAX : off < -INT32_MAX ? -INT32_MAX : (int32_t)off;
		}
	}
	for (int32_t t = 0, row = a->at; t < a->taps; t++) {
		for (int32_t k = 0; k < a->channels; k++)
			v[n++] = ring[row * a->channels + k];
		row = row >= a->stride ? row - a->stride : row - a->stride + rows;
	}
	a->at = a->at + 1 == rows ? 0 : a->at + 1;
	a->samples += a->samples < 0x3fffffff;
	int32_t surprise = a->samples < WARM || a->samples < rows ? 0 : match(a, window, &distance) + own;
	a->surprise = surprise;
	int32_t strange = 0;
	if (a->samples >= 4 * WARM && a->samples >= rows) {
		/* Distances are in quarters of a deviation. */
		int32_t ratio = rv_anomaly_log2((uint64_t)distance + 1) - 768;
		/* Twice as far from all patterns as any window before: strange, however usual its values are. */
		strange = rv_rarity_excess(&a->distance, ratio) >= 2;
		bits += 3 * rv_rarity_add(&a->distance, ratio) / 4;
	}
	a->score = bits > 65535 / 4 ? 65535 : 4 * bits;
	/* An alarm has an echo, in the means and on the way back. */
	if (a->rest > 0) {
		a->rest--;
		a->score = a->score * 2 / 5;
	}
	else if (!learning && a->score > THRESHOLD)
		a->rest = REST;
	a->anomalous = !learning && a->samples > 4 * WARM && (a->score >= a->threshold || strange || (kind != RV_NORMAL && kind != RV_SPIKE));
	a->kind = !a->anomalous ? RV_NORMAL : kind ? kind : RV_COLLECTIVE;
	a->channel = a->anomalous ? which : -1;
	/* Each alarm by score raises the bar for a while. */
	a->threshold += a->anomalous && a->score >= a->threshold ? (65535 - a->threshold) / 16 : -((a->threshold - THRESHOLD) / 512);
}

void rv_anomaly_signature(const rv_anomaly *a, int8_t *out)
{
	for (int32_t k = 0; k < a->channels; k++) {
		const rv_anomaly_channel *c = a->channel_ + k;
		int32_t level = ratio16(2 * magnitude(c->fast - c->mean), deviation_of(c));
		int32_t activity = ratio16((uint64_t)c->activity, step_of(c));
		level = level > 127 ? 127 : level;
		out[2 * k] = (int8_t)(c->fast < c->mean ? -level : level);
		out[2 * k + 1] = (int8_t)(activity > 127 ? 127 : activity);
	}
}
