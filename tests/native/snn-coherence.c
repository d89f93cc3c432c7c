/* Minimum cuts against every way to cut in two; the coherent set against every set; rasters that differ in how their lines go together. */

#include "check.h"
#include "snn-coherence.h"

static int32_t ones(uint32_t x)
{
	int32_t n = 0;
	for (; x; x &= x - 1)
		n++;
	return n;
}

static uint32_t across(const rv_coherence_scratch *s, uint32_t a, uint32_t b)
{
	uint32_t sum = 0;
	for (int i = 0; i < RV_COHERENCE_LINES; i++)
		for (int j = 0; j < RV_COHERENCE_LINES; j++)
			if ((a >> i & 1) && (b >> j & 1))
				sum += s->weight[i][j];
	return sum;
}

static uint32_t slow_cut(const rv_coherence_scratch *s, uint32_t set)
{
	uint32_t best = UINT32_MAX;
	for (uint32_t part = (set - 1) & set; part; part = (part - 1) & set) {
		uint32_t cut = across(s, part, set & ~part);
		best = cut < best ? cut : best;
	}
	return best;
}

static void cuts(void)
{
	rv_coherence_scratch *s = allocate(sizeof(*s));
	memset(s, 0xA5, sizeof(*s));
	uint32_t nodes = 2 + below(9), zeros = below(10), most = 1 + below(below(2) ? 240 : 4), set = 0, side = 0;
	for (uint32_t k = 0; k < nodes; k++) {
		uint32_t i = below(RV_COHERENCE_LINES);
		set |= 1u << i;
	}
	if (ones(set) < 2)
		set = 5;
	for (int i = 0; i < RV_COHERENCE_LINES; i++)
		for (int j = 0; j <= i; j++)
			s->weight[i][j] = s->weight[j][i] = (uint16_t)(i == j || below(10) < zeros ? 0 : below(most + 1));
	uint32_t cut = rv_coherence_cut(s, set, &side);
	CHECK(cut == slow_cut(s, set), "a cut of %u instead of %u", (unsigned)cut, (unsigned)slow_cut(s, set));
	CHECK(side && (side & ~set) == 0 && side != set && across(s, side, set & ~side) == cut, "a side of that cut");
	free(s);
}

static rv_coherence measure(const uint32_t *raster, int lines, int least)
{
	rv_coherence_scratch *s = allocate(sizeof(*s));
	uint32_t *copy = allocate(4 * (size_t)lines);
	rv_coherence c;
	memset(s, (int)below(256), sizeof(*s));
	memcpy(copy, raster, 4 * (size_t)lines);
	rv_coherence_of(&c, copy, lines, least, s);
	int32_t most = 0, total = 0;
	for (int i = 0; i < lines; i++) {
		total += ones(raster[i]);
		for (int j = 0; j < lines; j++)
			most = s->weight[i][j] > most ? s->weight[i][j] : most;
	}
	CHECK(most <= 240, "an edge of %d", (int)most);
	CHECK(c.cut >= 0 && c.cut <= most && c.share >= 0 && c.share <= 255 && c.spikes <= total && (c.nodes == 0 || (c.nodes >= least && c.nodes <= lines)), "ranges");
	free(copy);
	free(s);
	return c;
}

static uint32_t train(uint32_t percent)
{
	uint32_t x = 0;
	for (int t = 0; t < 32; t++)
		x = x << 1 | (below(100) < percent);
	return x;
}

static int same(rv_coherence a, rv_coherence b)
{
	return a.cut == b.cut && a.nodes == b.nodes && a.spikes == b.spikes && a.share == b.share;
}

/* What holds together better than every larger set around it, of all sets. */
static void sets(void)
{
	enum { MOST = 6 };
	int lines = 1 + (int)below(MOST), least = 2 + (int)below(2);
	uint32_t raster[MOST], strength[1 << MOST] = { 0 }, all = 1u << lines, shared = train(30), active = 0, total = 0;
	rv_coherence_scratch *s = allocate(sizeof(*s));
	rv_coherence best = { 0, 0, 0, 0 }, c;
	memset(s, 0, sizeof(*s));
	for (int i = 0; i < lines; i++) {
		raster[i] = below(8) == 0 ? 0 : below(3) == 0 ? shared : (shared & train(70)) | train(below(30));
		active |= raster[i] ? 1u << i : 0;
		total += (uint32_t)ones(raster[i]);
	}
	rv_coherence_of(&c, raster, lines, least, s);
	for (uint32_t set = 0; set < all; set++)
		strength[set] = (set & ~active) || ones(set) < 2 ? 0 : slow_cut(s, set);
	for (uint32_t set = 0; set < all; set++) {
		int strong = strength[set] > 0 && ones(set) >= least;
		for (uint32_t larger = set + 1; larger < all; larger++)
			strong = strong && !((larger & set) == set && strength[larger] >= strength[set]);
		if (!strong)
			continue;
		rv_coherence found = { (int32_t)strength[set] / (ones(set) - 1), ones(set), 0, 0 };
		for (int i = 0; i < lines; i++)
			found.spikes += set >> i & 1 ? ones(raster[i]) : 0;
		found.share = 255 * found.spikes / (int32_t)total;
		if (found.cut > best.cut || (found.cut == best.cut && (found.nodes > best.nodes || (found.nodes == best.nodes && found.spikes > best.spikes))))
			best = found;
	}
	CHECK(same(c, best), "cut %d of %d nodes instead of %d of %d", (int)c.cut, (int)c.nodes, (int)best.cut, (int)best.nodes);
	free(s);
}

static void order(void)
{
	int lines = 1 + (int)below(RV_COHERENCE_LINES), least = 2 + (int)below(3);
	uint32_t raster[RV_COHERENCE_LINES], shared = train(25);
	for (int i = 0; i < lines; i++)
		raster[i] = below(2) ? shared & train(80) : train(below(40));
	rv_coherence before = measure(raster, lines, least);
	for (int i = lines - 1; i > 0; i--) {
		int j = (int)below((uint32_t)i + 1);
		uint32_t x = raster[i];
		raster[i] = raster[j];
		raster[j] = x;
	}
	CHECK(same(before, measure(raster, lines, least)), "another order of %d lines", lines);
}

enum { LINES = 10 };

/* Noise everywhere, and on lines from `from` to before `to` a burst of 10 to 14 ticks that each line misses a part of. */
static void burst(uint32_t *raster, int from, int to)
{
	uint32_t length = 10 + below(5), run = ((1u << length) - 1) << below(33 - length);
	for (int i = from; i < to; i++)
		raster[i] |= run & train(85);
}

static void noise(uint32_t *raster, uint32_t percent)
{
	for (int i = 0; i < LINES; i++)
		raster[i] = train(percent);
}

/* Chance decides about single rasters: those on the wrong side of 75 are counted. */
enum { BETWEEN = 75 };
static int incoherent, coherent;

static void rasters(void)
{
	uint32_t raster[LINES];
	noise(raster, 3 + below(40));
	rv_coherence c = measure(raster, LINES, 4);
	incoherent += c.cut >= BETWEEN;

	noise(raster, 3);
	raster[below(LINES)] = train(90);
	c = measure(raster, LINES, 4);
	incoherent += c.cut >= BETWEEN;

	noise(raster, 3);
	burst(raster, 2, 8);
	c = measure(raster, LINES, 4);
	coherent += c.cut >= BETWEEN && c.nodes >= 4 && c.share > 128;

	/* Two that take turns are two sets, not one. */
	memset(raster, 0, sizeof(raster));
	for (int i = 0; i < LINES; i++)
		raster[i] = i < 6 ? 0x00000FFF : 0xFFF00000;
	c = measure(raster, LINES, 2);
	CHECK(c.cut == 12 * 19 && c.nodes == 6 && c.spikes == 72 && c.share == 153, "the larger group: %d of %d nodes", (int)c.cut, (int)c.nodes);
	c = measure(raster, LINES, 7);
	CHECK(c.nodes == 0 && c.cut == 0, "no seven lines");
}

static void ends(void)
{
	uint32_t raster[RV_COHERENCE_LINES] = { 0 };
	const rv_coherence nothing = { 0, 0, 0, 0 };
	for (int lines = 0; lines <= RV_COHERENCE_LINES; lines++)
		CHECK(same(measure(raster, lines, 2), nothing), "%d empty lines", lines);
	memset(raster, 0xFF, sizeof(raster));
	for (int lines = 0; lines <= RV_COHERENCE_LINES; lines++)
		CHECK(same(measure(raster, lines, 2), nothing), "%d lines that never rest", lines);
	for (int i = 0; i < RV_COHERENCE_LINES; i++)
		raster[i] = 0x7FFF << (i & 1);
	CHECK(measure(raster, 1, 2).nodes == 0, "one line");
	rv_coherence c = measure(raster, RV_COHERENCE_LINES, 2);
	CHECK(c.nodes == RV_COHERENCE_LINES && c.share == 255 && c.cut >= 225, "a tick apart: %d of %d nodes", (int)c.cut, (int)c.nodes);
	/* One spike each, in the same tick, at either end and within. */
	for (int t = 0; t < 32; t++) {
		raster[0] = raster[1] = 1u << t;
		c = measure(raster, 2, 0);
		CHECK(c.cut == (t == 0 || t == 31 ? 30 : 29) && c.nodes == 2, "one spike at %d: %d", t, (int)c.cut);
	}
	raster[1] = 1u << 29;
	CHECK(measure(raster, 2, 2).nodes == 0, "two ticks apart");
}

int main(int argc, char **argv)
{
	start(argc, argv, "snn-coherence");
	ends();
	for (int round = 0; round < PART_OF(4000); round++)
		cuts();
	for (int round = 0; round < PART_OF(2000); round++)
		sets();
	for (int round = 0; round < PART_OF(2000); round++)
		order();
	int rounds = PART_OF(2000);
	for (int round = 0; round < rounds; round++)
		rasters();
	CHECK(incoherent <= 1 + rounds / 100, "noise or a busy line: %d of %d", incoherent, 2 * rounds);
	CHECK(coherent >= rounds - 1 - rounds / 100, "bursts of six lines: %d of %d", coherent, rounds);
	return finish();
}
