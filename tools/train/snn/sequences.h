/* What the trainer reads: counts of spikes on lines, tick by tick, with the events in them; and its settings. */
#ifndef SNN_TRAIN_SEQUENCES_H
#define SNN_TRAIN_SEQUENCES_H

#include <stdint.h>

enum { MOST_HIDDEN = 32, MOST_WINDOW = 2048, MOST_DELAY = 15 };

typedef struct {
	/* In ticks: window; tail, after: behind an event, where its peak may be and where nothing counts; quiet: at a window's start; block: what is
	   judged as one outside events; settle: at a sequence's start. */
	int hidden, first, delays, delay[4], window, batch, iterations, seed, hard, tail, after, quiet, block, settle, decay_out, lines;
	float learn, absolute, rate, positive;
	const char *start; /* weights to go on from */
} options;

typedef struct {
	int start, end; /* ticks, the end excluded */
} span;

typedef struct {
	int ticks, lines, events;
	uint8_t *count;   /* ticks x lines */
	uint8_t *outside; /* 1 where no event is, nor was shortly before */
	span *event;
} sequence;

/*
 * File, little-endian int32: "SNNQ", sequences, lines; for each: ticks, events, start and end of each, then the counts as bytes.
 * NULL, with a sentence on stderr, for a file that is none.
 */
sequence *sequences_read(const char *path, int *count, options *o);

/* key=value; 0 where there is no such key. */
int options_set(options *o, const char *text);

/* Whether they fit each other; if not, says why on stderr. */
int options_check(const options *o);

#endif
