/* See sequences.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sequences.h"

enum { BEFORE = 2 };

static int number(FILE *f, int low, int high, int *out)
{
	int32_t x;
	if (fread(&x, 4, 1, f) != 1 || x < low || x > high)
		return 0;
	*out = x;
	return 1;
}

static int one(FILE *f, sequence *s, const options *o)
{
	int lines = s->lines = o->lines;
	if (!number(f, 1, 1 << 28, &s->ticks) || !number(f, 0, s->ticks, &s->events))
		return 0;
	s->event = calloc((size_t)s->events + 1, sizeof(span));
	s->outside = malloc((size_t)s->ticks);
	memset(s->outside, 1, (size_t)s->ticks);
	memset(s->outside, 0, (size_t)(s->ticks < o->settle ? s->ticks : o->settle));
	for (int i = 0; i < s->events; i++) {
		if (!number(f, 0, s->ticks - 1, &s->event[i].start) || !number(f, s->event[i].start + 1, s->ticks, &s->event[i].end))
			return 0;
		for (int t = s->event[i].start - BEFORE; t < s->event[i].end + o->after; t++)
			if (t >= 0 && t < s->ticks)
				s->outside[t] = 0;
	}
	s->count = malloc((size_t)s->ticks * (size_t)lines);
	return fread(s->count, (size_t)lines, (size_t)s->ticks, f) == (size_t)s->ticks;
}

sequence *sequences_read(const char *path, int *count, options *o)
{
	FILE *f = fopen(path, "rb");
	char magic[4];
	if (!f || fread(magic, 4, 1, f) != 1 || memcmp(magic, "SNNQ", 4) || !number(f, 1, 1 << 16, count) || !number(f, 1, 24, &o->lines)) {
		fprintf(stderr, "train: %s holds no sequences; make them with tools/train/snn/main.ts\n", path);
		return NULL;
	}
	sequence *all = calloc((size_t)*count, sizeof(sequence));
	for (int i = 0; i < *count; i++)
		if (!one(f, all + i, o) || all[i].ticks < o->window + 20) {
			fprintf(stderr, "train: sequence %d of %s is damaged, or shorter than a window of %d ticks\n", i, path, o->window);
			return NULL;
		}
	fclose(f);
	return all;
}

int options_set(options *o, const char *text)
{
	struct { const char *name; int *whole; float *real; } known[] = {
		{ "hidden", &o->hidden, 0 }, { "first", &o->first, 0 }, { "window", &o->window, 0 }, { "batch", &o->batch, 0 },
		{ "iterations", &o->iterations, 0 }, { "seed", &o->seed, 0 }, { "hard", &o->hard, 0 }, { "tail", &o->tail, 0 },
		{ "after", &o->after, 0 }, { "quiet", &o->quiet, 0 }, { "block", &o->block, 0 }, { "settle", &o->settle, 0 }, { "decayOut", &o->decay_out, 0 }, { "learn", 0, &o->learn }, { "absolute", 0, &o->absolute },
		{ "rate", 0, &o->rate }, { "positive", 0, &o->positive },
	};
	const char *value = strchr(text, '=');
	if (!value)
		return 0;
	if (!strncmp(text, "start=", 6)) {
		o->start = value + 1;
		return 1;
	}
	if (!strncmp(text, "delays=", 7)) {
		o->delays = sscanf(value + 1, "%d,%d,%d,%d", o->delay, o->delay + 1, o->delay + 2, o->delay + 3);
		return o->delays > 0;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strlen(known[i].name) == (size_t)(value - text) && !strncmp(text, known[i].name, (size_t)(value - text))) {
			if (known[i].whole)
				*known[i].whole = atoi(value + 1);
			else
				*known[i].real = (float)atof(value + 1);
			return 1;
		}
	return 0;
}

int options_check(const options *o)
{
	struct { const char *name; int value, low, high; } known[] = {
		{ "hidden", o->hidden, 1, MOST_HIDDEN }, { "first", o->first, 1, o->hidden }, { "window", o->window, 1, MOST_WINDOW }, { "batch", o->batch, 2, 1 << 16 },
		{ "iterations", o->iterations, 1, 1 << 24 }, { "tail", o->tail, 0, o->window }, { "quiet", o->quiet, 0, o->window }, { "block", o->block, 1, o->window },
		{ "after", o->after, 0, 1 << 20 }, { "settle", o->settle, 0, 1 << 20 }, { "decayOut", o->decay_out, 0, 255 }, { "delays", o->delay[0], 0, MOST_DELAY },
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].value < known[i].low || known[i].value > known[i].high) {
			fprintf(stderr, "train: %s is %d, not %d to %d\n", known[i].name, known[i].value, known[i].low, known[i].high);
			return 0;
		}
	for (int k = 1; k < o->delays; k++)
		if (o->delay[k] <= o->delay[k - 1] || o->delay[k] > MOST_DELAY) {
			fprintf(stderr, "train: delays ascend, up to %d\n", MOST_DELAY);
			return 0;
		}
	return 1;
}
