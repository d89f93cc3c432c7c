/*
 * The spiking gate: hears samples of sound or sensors and says when to wake the rest. Encoders, network, and an output threshold that
 * follows the output's own peaks, and rises for a while with each wake. What crosses it wakes at once, or, where the table says so,
 * when its activity ends: a step of the background's level begins like a word, but does not end. Then it is let be until the output
 * has fallen. Integers only, no allocation, nothing that is not here: the state is one block of bytes without pointers, which may be
 * saved and restored, and the whole runs on a low-power core of 8 KB.
 */
#ifndef RV_SNN_GATE_H
#define RV_SNN_GATE_H

#include "snn-filterbank.h"
#include "snn-network.h"

enum {
	RV_GATE_BLOCK = 64, /* ticks whose peak moves the threshold */
	RV_GATE_SPAN = 16,  /* ticks before a wake that it tells of */
	RV_GATE_BLOCKS = 32, RV_GATE_FRACTION = 8, RV_GATE_LEAST = 5 << RV_GATE_FRACTION, RV_GATE_PEAK = 1 << 17, RV_GATE_NUDGE = 128,
	RV_GATE_ACTIVE = 4,          /* ticks whose spikes are the activity */
	RV_GATE_RAISED = 1 << 23,    /* most that wakes raise the threshold: no output crosses it then */
	RV_GATE_NONE = -(1 << 29)    /* below any output */
};

/* A wake. `at`: frames since the start up to the end of its tick, low word first. */
typedef struct {
	uint32_t tick, at[2];
	uint32_t lines;     /* that spiked in the last 16 ticks, as bits */
	uint16_t spikes;    /* on them */
	int16_t strength;   /* highest output since it crossed the threshold, above that; 0 to 32767 */
	int32_t confidence; /* 255 * strength / (strength + 256) */
} rv_gate_event;

/* For learning: traces of neurons' spikes, + 32 each, - 1/8 a tick; credit: as at the last wake; near: at the highest output since. */
typedef struct {
	uint8_t trace[RV_SNN_HIDDEN], credit[RV_SNN_HIDDEN], near[RV_SNN_HIDDEN];
	int32_t best;           /* the output that `near` is of, or RV_GATE_NONE; 1/8 of its way to the mean of peaks fades in a block */
	int16_t nudge;          /* what feedback added to the threshold */
	uint8_t on, post, above, credited; /* on: traces are kept; post, above: snn-learn.c's; credited: `credit` is of an event without feedback */
	uint16_t reserved;
} rv_gate_learning;

typedef struct {
	uint32_t tick, frames[2]; /* both wrap; frames: low word first */
	uint16_t filled;          /* frames of the tick that is being filled */
	uint16_t rest, settle;    /* ticks left without a wake */
	uint8_t woke, ticked;     /* whether the last call ended by a wake; by a tick */
	uint8_t warm, blocks;     /* ticks (sensors: samples) up to 32, blocks up to 32 */
	uint8_t inBlock, reserved;
	int16_t waits;            /* ticks for which a crossing still waits to end; -1: it did not, and the output is still above */
	int32_t peak;             /* of the block so far; INT32_MIN: none */
	int32_t mean, deviation;  /* of peaks, 8 fraction bits */
	int32_t threshold;        /* of the output: all parts together */
	int32_t raised;           /* what wakes added to it, and has not faded */
	int32_t highest, most;    /* output and activity since the crossing */
	rv_gate_event event;      /* the last wake */
	rv_gate_learning learning;
	rv_snn_network network;
	rv_snn_lines lines;
	rv_bank bank;
	int16_t block[RV_BANK_BLOCK]; /* sound: samples of a block that isn't whole yet */
	uint8_t count[RV_SNN_LINES];  /* spikes of the tick so far; of the last tick for sound */
	rv_snn_encoding_state encoder[RV_SNN_ENCODERS];
} rv_gate;

/* Starts anew. The table must be one that rv_snn_table_fault() takes; so below. */
void rv_gate_reset(rv_gate *g, const rv_snn_table *t);

/* Takes in frames (a sample of each channel) up to the end of the tick; gives how many. g->ticked: whether it came; g->woke: see below. */
int32_t rv_gate_tick(rv_gate *g, const rv_snn_table *t, const int16_t *samples, int32_t frames);

/*
 * Takes in frames until there are no more or the gate wakes (g->woke, g->event); gives how many, so that a caller goes on behind the
 * wake. What doesn't fill a tick is kept.
 */
int32_t rv_gate_push(rv_gate *g, const rv_snn_table *t, const int16_t *samples, int32_t frames);

/* Sets g->threshold from its parts: at least 1 where it is not adaptive. */
void rv_gate_set_threshold(rv_gate *g, const rv_snn_table *t);

/* Whether a state is safe to go on from with this table, whatever wrote it. (snn-valid.c) */
int32_t rv_gate_valid(const rv_gate *g, const rv_snn_table *t);

#endif
