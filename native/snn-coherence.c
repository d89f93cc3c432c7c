/* See snn-coherence.h. */
#include "snn-coherence.h"

static int32_t ones(uint32_t x)
{
	x -= (x >> 1) & 0x55555555;
	x = (x & 0x33333333) + ((x >> 2) & 0x33333333);
	return (int32_t)((((x + (x >> 4)) & 0x0F0F0F0F) * 0x01010101u) >> 24);
}

/* Ticks with a spike, or next to one. */
static uint32_t near(uint32_t x)
{
	return x | x << 1 | x >> 1;
}

/* 32 times the covariance of `a` with what is near `b`. */
static int32_t covariance(uint32_t a, uint32_t b)
{
	return RV_COHERENCE_TICKS * ones(a & near(b)) - ones(a) * ones(near(b));
}

uint32_t rv_coherence_cut(rv_coherence_scratch *s, uint32_t set, uint32_t *side)
{
	uint32_t group[RV_COHERENCE_LINES], reach[RV_COHERENCE_LINES], best = UINT32_MAX;
	uint8_t node[RV_COHERENCE_LINES];
	int32_t n = 0;
	for (int32_t i = 0; i < RV_COHERENCE_LINES; i++)
		if (set >> i & 1) {
			group[i] = 1u << i;
			node[n++] = (uint8_t)i;
			for (int32_t j = 0; j < n; j++)
				s->merged[i][node[j]] = s->merged[node[j]][i] = s->weight[i][node[j]];
		}
	for (; n > 1; n--) {
		for (int32_t k = 0; k < n; k++)
			reach[node[k]] = 0;
		/* Each next node is the one that those before it reach best. */
		for (int32_t k = 0; k < n; k++) {
			int32_t next = k;
			for (int32_t j = k + 1; j < n; j++)
				if (reach[node[j]] > reach[node[next]])
					next = j;
			uint8_t z = node[next];
			node[next] = node[k];
			node[k] = z;
			for (int32_t j = k + 1; j < n; j++)
				reach[node[j]] += s->merged[z][node[j]];
		}
		int32_t last = node[n - 1], before = node[n - 2];
		if (reach[last] < best) {
			best = reach[last];
			*side = group[last];
		}
		group[before] |= group[last];
		for (int32_t k = 0; k < n - 2; k++)
			s->merged[node[k]][before] = s->merged[before][node[k]] += s->merged[last][node[k]];
	}
	return best;
}

void rv_coherence_of(rv_coherence *c, const uint32_t *raster, int32_t lines, int32_t least, rv_coherence_scratch *s)
{
	uint32_t sets[RV_COHERENCE_LINES], bounds[RV_COHERENCE_LINES], side = 0;
	int32_t waiting = 0, total = 0;
	c->cut = c->nodes = c->spikes = c->share = 0;
	sets[0] = bounds[0] = 0;
	for (int32_t i = 0; i < lines; i++) {
		if (raster[i])
			sets[0] |= 1u << i;
		total += ones(raster[i]);
		for (int32_t j = 0; j <= i; j++) {
			int32_t both = covariance(raster[i], raster[j]) + covariance(raster[j], raster[i]);
			s->weight[i][j] = s->weight[j][i] = (uint16_t)(i != j && both > 0 ? both >> 1 : 0);
		}
	}
	if (least < 2)
		least = 2;
	/* Cuts what waits in two, until too little is left. A set held together no better than one that it was cut from does not count. */
	for (waiting = 1; waiting--;) {
		uint32_t set = sets[waiting], bound = bounds[waiting];
		int32_t nodes = ones(set);
		if (nodes < least)
			continue;
		uint32_t cut = rv_coherence_cut(s, set, &side);
		if (cut > bound) {
			int32_t mean = (int32_t)cut / (nodes - 1), spikes = 0;
			bound = cut;
			for (int32_t i = 0; i < lines; i++)
				if (set >> i & 1)
					spikes += ones(raster[i]);
			if (mean > c->cut || (mean == c->cut && (nodes > c->nodes || (nodes == c->nodes && spikes > c->spikes)))) {
				c->cut = mean;
				c->nodes = nodes;
				c->spikes = spikes;
			}
		}
		sets[waiting] = side;
		bounds[waiting++] = bound;
		sets[waiting] = set & ~side;
		bounds[waiting++] = bound;
	}
	if (total)
		c->share = 255 * c->spikes / total;
}
