/* Learning of the spiking gate: which way weights go, never beyond their bounds, and back; the same from the same. */

#include "snn-tables.h"
#include "snn-learn.h"

static int32_t trained(const rv_snn_table *t, int32_t h)
{
	return rv_snn_outputs(t)[h] * 16;
}

static int32_t bound(const rv_snn_table *t, int32_t h)
{
	int32_t quarter = abs(trained(t, h)) / 4;
	return quarter > 128 ? quarter : 128;
}

static void within_bounds(const rv_gate *g, const rv_snn_table *t)
{
	for (int32_t h = 0; h < t->hidden; h++)
		CHECK(abs(g->network.out[h] - trained(t, h)) <= bound(t, h), "weight %d is %d, trained %d", (int)h, g->network.out[h], (int)trained(t, h));
	CHECK(abs(g->learning.nudge) <= 128 && g->learning.nudge % 16 == 0, "nudge %d", g->learning.nudge);
}

/* Samples until it wakes, if it does. */
static int32_t until_wake(rv_gate *g, const rv_snn_table *t)
{
	int16_t samples[RV_SNN_CHANNELS * 64];
	for (int32_t i = 0; i < 150; i++) {
		random_samples(samples, 64 * t->channels);
		for (int32_t at = 0; at < 64;) {
			at += rv_snn_learn_push(g, t, samples + at * t->channels, 64 - at);
			if (g->woke)
				return 1;
		}
	}
	return 0;
}

/* sum of weight * credit: what the same activity would give the output now */
static int64_t drive(const rv_gate *g, const rv_snn_table *t, const uint8_t *trace)
{
	int64_t sum = 0;
	for (int32_t h = 0; h < t->hidden; h++)
		sum += (int64_t)g->network.out[h] * trace[h];
	return sum;
}

static int32_t feedback(void)
{
	int32_t woke = 0;
	for (int round = 0; round < PART_OF(100); round++) {
		rv_snn_table *t = random_table();
		rv_gate g;
		rv_gate_reset(&g, t);
		CHECK(!rv_snn_reward(&g, t, RV_SNN_WRONG) && !rv_snn_reward(&g, t, RV_SNN_MISSED), "nothing to learn from yet");
		rv_snn_learn_mode(&g, RV_SNN_TRACES);
		for (int k = 0; k < 30; k++) {
			uint8_t trace[RV_SNN_HIDDEN];
			int32_t kind = (int32_t)below(2), threshold;
			if (!until_wake(&g, t))
				break;
			memcpy(trace, g.learning.credit, sizeof(trace));
			int64_t before = drive(&g, t, trace);
			threshold = g.threshold;
			CHECK(rv_snn_reward(&g, t, kind) == 1 && rv_snn_reward(&g, t, kind) == 0, "feedback once for an event");
			CHECK(kind == RV_SNN_RIGHT ? drive(&g, t, trace) >= before && g.threshold == threshold : drive(&g, t, trace) <= before && g.threshold >= threshold, "feedback %d", (int)kind);
			within_bounds(&g, t);
			woke++;
			int16_t some[RV_SNN_CHANNELS * 40];
			random_samples(some, 40 * t->channels);
			rv_snn_learn_push(&g, t, some, 40);
			if (!g.woke && g.learning.best != RV_GATE_NONE) {
				memcpy(trace, g.learning.near, sizeof(trace));
				before = drive(&g, t, trace);
				CHECK(rv_snn_reward(&g, t, RV_SNN_MISSED) == 1 && drive(&g, t, trace) >= before, "missed");
			}
		}
		/* What was missed, as strong as can be: the threshold falls, the weights rise. */
		int32_t high = g.threshold;
		int64_t low = drive(&g, t, memset(g.learning.near, 255, sizeof(g.learning.near)));
		g.learning.best = 1;
		CHECK(rv_snn_reward(&g, t, RV_SNN_MISSED) == 1 && g.threshold <= high && drive(&g, t, g.learning.near) >= low, "missed");
		CHECK(!rv_snn_reward(&g, t, RV_SNN_MISSED), "missed once");
		within_bounds(&g, t);
		/* Wrong again and again: bounds hold, and all can be forgotten. */
		for (int k = 0; k < 60; k++) {
			g.learning.credited = 1;
			memset(g.learning.credit, 255, sizeof(g.learning.credit));
			rv_snn_reward(&g, t, RV_SNN_WRONG);
			within_bounds(&g, t);
		}
		for (int32_t h = 0; h < t->hidden; h++)
			CHECK(g.network.out[h] == trained(t, h) - bound(t, h), "at its bound");
		CHECK(rv_gate_valid(&g, t), "valid");
		rv_snn_forget(&g, t);
		for (int32_t h = 0; h < t->hidden; h++)
			CHECK(g.network.out[h] == trained(t, h), "forgotten");
		free(t);
	}
	return woke > 0;
}

static void adaptation(void)
{
	int32_t moved = 0;
	for (int round = 0; round < PART_OF(60); round++) {
		rv_snn_table *t = random_table();
		rv_gate g, again;
		rv_gate_reset(&g, t);
		rv_snn_learn_mode(&g, RV_SNN_ADAPTS);
		again = g;
		uint64_t seed = check_state;
		for (int k = 0; k < 4; k++)
			until_wake(&g, t);
		within_bounds(&g, t);
		for (int32_t h = 0; h < t->hidden; h++)
			moved += g.network.out[h] != trained(t, h);
		check_state = seed;
		for (int k = 0; k < 4; k++)
			until_wake(&again, t);
		CHECK(!memcmp(&g, &again, sizeof(g)), "the same from the same");
		/* In silence weights go home: 1/16 every 64 ticks, in turn, from at most 32 units off. */
		g.network.spikes = g.woke = 0;
		g.network.u = 0;
		for (int k = 0; k < 64 * 32 * 16 * 32; k += 64) {
			g.inBlock = 0;
			g.tick += 64;
			rv_snn_stdp(&g, t);
		}
		for (int32_t h = 0; h < t->hidden; h++)
			CHECK(g.network.out[h] == trained(t, h), "weight %d is home", (int)h);
		free(t);
	}
	CHECK(moved > PART_OF(60), "%d moved", (int)moved);
}

int main(int argc, char **argv)
{
	start(argc, argv, "snn-learn");
	CHECK(feedback(), "some woke, some were missed");
	adaptation();
	return finish();
}
