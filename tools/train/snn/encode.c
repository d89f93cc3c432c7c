/*
 * The gate's own code, run over a recording for training and judging:
 *
 *     encode TABLE SAMPLES counts OUT    spikes of each tick, a byte for each line
 *     encode TABLE SAMPLES gate OUT      of each tick four int32: output, threshold, whether the gate woke, which neurons spiked
 *     encode TABLE COUNTS network OUT    of each tick one int32, the output; COUNTS: what the first gave
 *
 * SAMPLES: int16, little-endian, channels interleaved. The output is as if no wake had cleared it, so that other thresholds can be
 * tried on it. A table that the gate would refuse is refused, with its fault (native/snn-table.h) as a number.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "snn-gate.h"

static void *read_file(const char *path, long *size)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END) || (*size = ftell(f)) < 0) {
		fprintf(stderr, "encode: can't read %s\n", path);
		exit(1);
	}
	rewind(f);
	void *bytes = aligned_alloc(16, ((size_t)*size + 31) & ~(size_t)15);
	if (!bytes || fread(bytes, 1, (size_t)*size, f) != (size_t)*size) {
		fprintf(stderr, "encode: can't read %s\n", path);
		exit(1);
	}
	fclose(f);
	return bytes;
}

static void write_counts(FILE *out, const rv_gate *g, const rv_snn_table *t)
{
	const uint32_t *words = g->lines.ring[(g->tick - 1) % RV_SNN_RING];
	for (int i = 0; i < t->lines; i++)
		putc((int)(words[i / 8] >> (4 * (i % 8)) & 15), out);
}

/* The output of native/snn-network.c, which a wake clears there. */
static int32_t output(int32_t u, const rv_gate *g, const rv_snn_table *t)
{
	int32_t sum = 0;
	for (int h = 0; h < t->hidden; h++)
		if (g->network.spikes >> h & 1)
			sum += g->network.out[h];
	return ((u * t->outDecay) >> 8) + (sum >> RV_SNN_OUT_FRACTION) + t->bias;
}

/* Spikes in place of samples: the network alone. */
static void run_network(FILE *out, rv_gate *g, const rv_snn_table *t, const uint8_t *counts, long size)
{
	int32_t u = 0;
	for (; size >= t->lines; size -= t->lines, counts += t->lines) {
		rv_snn_lines_add(&g->lines, g->tick, counts, t->lines);
		rv_snn_network_tick(&g->network, t, &g->lines, g->tick++);
		u = output(u, g, t);
		fwrite(&u, sizeof(u), 1, out);
	}
}

static void run_gate(FILE *out, rv_gate *g, const rv_snn_table *t, const int16_t *samples, long frames, int whole)
{
	int32_t u = 0;
	for (long at = 0; at < frames;) {
		int32_t threshold = g->threshold;
		at += rv_gate_tick(g, t, samples + at * t->channels, frames - at < 4096 ? (int32_t)(frames - at) : 4096);
		if (!g->ticked)
			continue;
		if (whole) {
			u = output(u, g, t);
			int32_t record[4] = { u, threshold, g->woke, (int32_t)g->network.spikes };
			fwrite(record, sizeof(record), 1, out);
		}
		else
			write_counts(out, g, t);
	}
}

int main(int argc, char **argv)
{
	if (argc != 5 || (strcmp(argv[3], "counts") && strcmp(argv[3], "gate") && strcmp(argv[3], "network"))) {
		fprintf(stderr, "usage: encode TABLE SAMPLES counts|gate|network OUT\n");
		return 2;
	}
	long table_size, size;
	const rv_snn_table *t = read_file(argv[1], &table_size);
	int32_t fault = rv_snn_table_fault(t, (uint32_t)table_size);
	if (fault) {
		fprintf(stderr, "encode: fault %d, of encoder %d\n", (int)(fault & 255), (int)(fault >> 8));
		return 1;
	}
	const void *input = read_file(argv[2], &size);
	FILE *out = fopen(argv[4], "wb");
	if (!out) {
		fprintf(stderr, "encode: can't write %s\n", argv[4]);
		return 1;
	}
	static rv_gate g;
	rv_gate_reset(&g, t);
	if (!strcmp(argv[3], "network"))
		run_network(out, &g, t, input, size);
	else
		run_gate(out, &g, t, input, size / (long)sizeof(int16_t) / t->channels, !strcmp(argv[3], "gate"));
	return fclose(out) != 0;
}
