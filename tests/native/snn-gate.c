/* The spiking gate against the plain one of snn-reference.h: random tables, samples, and sizes of pushes; counters that wrap; extremes. */

#include "snn-reference.h"

enum { FRAMES = 3000 };

static void same(const rv_gate *g, const plain *p, const rv_snn_table *t)
{
	CHECK(g->network.u == p->u && g->threshold == p->threshold && g->raised == p->raised, "output %ld of %ld, threshold %ld of %ld at tick %ld", (long)g->network.u, (long)p->u, (long)g->threshold, (long)p->threshold, (long)p->ticks);
	for (int32_t h = 0; h < t->hidden; h++)
		CHECK(g->network.v[h] == p->v[h] && (g->network.spikes >> h & 1) == (uint32_t)p->z[h], "neuron %d: %d of %ld", (int)h, g->network.v[h], (long)p->v[h]);
	for (int32_t i = 0; i < t->lines; i++) {
		uint32_t raster = 0, strong = 0;
		for (int32_t k = 31; k >= 0; k--) {
			raster = raster << 1 | (p->count[k][i] > 0);
			strong = strong << 1 | (p->count[k][i] >= 4);
		}
		CHECK(g->lines.raster[i] == raster && g->lines.strong[i] == strong, "rasters of line %d", (int)i);
	}
}

/* Frames in pushes of any size; gives how many woke. */
static int32_t compare(rv_gate *g, plain *p, const rv_snn_table *t, uint32_t first, int32_t frames)
{
	int32_t wakes = 0, channels = t->channels;
	int16_t *samples = allocate(sizeof(*samples) * (size_t)(frames * channels));
	for (int32_t at = 0; at < frames; at += 500)
		random_samples(samples + at * channels, (frames - at < 500 ? frames - at : 500) * channels);
	for (int32_t at = 0, got; at < frames; at += got) {
		int32_t n = 1 + (int32_t)below(below(2) ? 700 : 40);
		n = n > frames - at ? frames - at : n;
		/* To the byte, so that what reads too far is seen. */
		int16_t *chunk = allocate(sizeof(*chunk) * (size_t)(n * channels));
		memcpy(chunk, samples + at * channels, sizeof(*chunk) * (size_t)(n * channels));
		got = rv_gate_push(g, t, chunk, n);
		free(chunk);
		CHECK(got >= 1 && got <= n && (got == n || g->woke), "took %d of %d", (int)got, (int)n);
		for (int32_t i = 0; i < got; i++) {
			plain_frame(p, t, samples + (at + i) * channels);
			CHECK(!p->woke || i == got - 1, "the gate went on behind a wake");
		}
		CHECK(g->woke == p->woke, "wakes at frame %ld: %d of %ld", (long)p->frames, g->woke, (long)p->woke);
		if (g->woke) {
			wakes++;
			CHECK(g->event.tick == (uint32_t)(first + p->ticks - 1) && g->event.strength == p->strength, "the event's tick and strength");
			CHECK(g->event.lines == (uint32_t)p->lines && g->event.spikes == p->spikes, "spikes %u of %ld", g->event.spikes, (long)p->spikes);
			CHECK(g->event.confidence == p->strength * 255 / (p->strength + 256), "confidence %ld", (long)g->event.confidence);
		}
		same(g, p, t);
		CHECK(rv_gate_valid(g, t), "valid at frame %ld", (long)p->frames);
		if (check_failures)
			break;
	}
	free(samples);
	return wakes;
}

static void rounds(void)
{
	int32_t wakes = 0;
	rv_gate *g = allocate(sizeof(*g));
	plain *p = allocate(sizeof(*p));
	for (int round = 0; round < PART_OF(150) && !check_failures; round++) {
		rv_snn_table *t = random_table();
		CHECK(rv_snn_table_fault(t, t->bytes) == 0, "fault %d", (int)rv_snn_table_fault(t, t->bytes));
		rv_gate_reset(g, t);
		plain_reset(p, t);
		/* Both counters wrap in the middle: nothing else changes. */
		uint32_t first = below(2) ? 0 : 0u - 32;
		g->tick = first;
		g->frames[0] = first;
		/* Some for long: means follow otherwise after 32 blocks. */
		wakes += compare(g, p, t, first, FRAMES * (t->kind == RV_SNN_SOUND ? 8 : 1) * (round % 20 == 3 ? 16 : 1));
		CHECK(g->frames[0] == (uint32_t)(first + p->frames) && g->frames[1] == (first ? 1u : 0u), "the sum of frames carries");
		CHECK(check_failures == 0, "round %d: kind %d, %d encoders, %d neurons, %d delays, flags %d, hop %d", round, t->kind, t->encoders, t->hidden, t->delays, t->flags, t->hop);
		free(t);
	}
	CHECK(wakes > PART_OF(150) / 5, "%d wakes", (int)wakes);
	free(p);
	free(g);
}

/* The same samples in one push or in many, and a copy of the state in the middle: the same state at the end, to the bit. */
static void pieces(void)
{
	rv_snn_table *t = random_table();
	rv_gate whole, parts;
	int32_t n = 4000;
	int16_t *samples = allocate(sizeof(*samples) * (size_t)(n * t->channels));
	random_samples(samples, n * t->channels);
	rv_gate_reset(&whole, t);
	rv_gate_reset(&parts, t);
	for (int32_t at = 0; at < n;)
		at += rv_gate_push(&whole, t, samples + at * t->channels, n - at);
	for (int32_t at = 0; at < n;) {
		rv_gate copy = parts;
		int32_t most = 1 + (int32_t)below(90);
		at += rv_gate_push(&copy, t, samples + at * t->channels, n - at < most ? n - at : most);
		parts = copy;
	}
	CHECK(!memcmp(whole.lines.raster, parts.lines.raster, sizeof(whole.lines.raster)) && !memcmp(&whole.network, &parts.network, sizeof(whole.network))
		&& !memcmp(&whole.event, &parts.event, sizeof(whole.event)) && whole.threshold == parts.threshold && whole.tick == parts.tick, "pieces give what the whole gives");
	free(samples);
	free(t);
}

/* Loudest input at every frequency: the filterbank stays far below 32 bits, and what it follows stays in its range. */
static void loud(void)
{
	rv_bank b;
	memset(&b, 0, sizeof(b));
	for (int i = 0; i < PART_OF(4000); i++) {
		int16_t block[RV_BANK_BLOCK];
		int32_t half = 1 + (i / 50) % 64;
		for (int32_t k = 0; k < RV_BANK_BLOCK; k++)
			block[k] = (int16_t)((i * RV_BANK_BLOCK + k) / half % 2 ? 32767 : -32768);
		rv_bank_block(&b, block);
		for (int32_t k = 0; k < RV_BANK_NODES; k++)
			CHECK(abs(b.node[k].y[0]) < 1 << 20 && abs(b.node[k].y[1]) < 1 << 20, "node %d has %ld", (int)k, (long)b.node[k].y[1]);
		for (int32_t k = 0; k < RV_BANK_BANDS; k++) {
			CHECK(b.sum[k] < 1 << 23, "band %d", (int)k);
			b.sum[k] = 0;
		}
	}
	CHECK(rv_bank_log2(0) == 0 && rv_bank_log2(1) == 32 && rv_bank_log2(2) == 48 && rv_bank_log2(0xfffffffeu) == 1023, "ends of the logarithm");
}

int main(int argc, char **argv)
{
	start(argc, argv, "snn-gate");
	CHECK(sizeof(rv_gate) <= 2048 && sizeof(rv_snn_table) == 84 && sizeof(rv_snn_encoder) == 20, "sizes");
	rounds();
	for (int i = 0; i < PART_OF(100); i++)
		pieces();
	loud();
	return finish();
}
