/*
 * Encoders of the spiking gate: samples become spikes, 0 to 7 on each line in a tick. All adapt themselves (homeostasis: Turrigiano and
 * Nelson 2004), so that a table serves in quiet and in noise. A band's level and its usual fluctuation are followed, and spikes count how
 * many fluctuations the level is above its own. Of a sensor's channel: delta modulation (send on delta, as the silicon retina does:
 * Lichtsteiner, Posch and Delbruck 2008), rate (an integrate-and-fire neuron), and latency (time to first spike: Thorpe 1990).
 */
#ifndef RV_SNN_ENCODE_H
#define RV_SNN_ENCODE_H

#include "snn-table.h"

enum {
	RV_SNN_WARM = 32,     /* ticks in which bands average, without spikes */
	RV_SNN_MOST = 7,      /* spikes of a line in a tick */
	RV_SNN_STRONG = 4,
	RV_SNN_FRACTION = 12, /* fraction bits of a sensor's state */
	RV_SNN_DEVIATION = 1024 << 8, RV_SNN_RUN = 255
};

/* Level and deviation in 1/32 octaves with 8 fraction bits; run: ticks that the level is off, to one side. */
typedef struct {
	int32_t level, deviation, run;
} rv_snn_band;

/* In the sensor's units with 12 fraction bits; base: delta's reference, else the slow baseline. membrane: of the lines up and down. */
typedef struct {
	int32_t base, smooth, step, membrane[2];
	uint16_t at, fired; /* latency: sample of its window, whether it spiked there */
} rv_snn_sensor;

typedef union {
	rv_snn_band band;
	rv_snn_sensor sensor;
} rv_snn_encoding_state;

/*
 * The last ticks' spikes: counts of 4 bits in ring[tick % 16], and of each line 32 ticks as bits, bit 0 the newest;
 * strong: those of 4 spikes and more, by which coherence tells sounds from noise.
 */
typedef struct {
	uint32_t ring[RV_SNN_RING][RV_SNN_LINES / 8];
	uint32_t raster[RV_SNN_LINES], strong[RV_SNN_LINES];
} rv_snn_lines;

void rv_snn_encode_reset(rv_snn_encoding_state *s, const rv_snn_encoder *p);

/* A tick of a band: level 0 to 1023 (rv_bank_log2 of its sum); warm: ticks before this one, up to RV_SNN_WARM. Gives its spikes. */
int32_t rv_snn_encode_band(rv_snn_band *s, const rv_snn_encoder *p, int32_t level, int32_t warm);

/* Sets the baseline by a first sample. */
void rv_snn_encode_start(rv_snn_sensor *s, int32_t x);

/* Takes in n samples, at least 1, of a sensor's channel, `stride` apart: spikes are added to count[0] (up) and count[1] (down). */
void rv_snn_encode_samples(rv_snn_sensor *s, const rv_snn_encoder *p, const int16_t *samples, int32_t stride, int32_t n, uint8_t *count);

/* After a tick with so many spikes: the step or threshold grows by 1/32 above the target, else shrinks by 1/256. */
void rv_snn_encode_adapt(rv_snn_sensor *s, const rv_snn_encoder *p, int32_t spikes);

/* Puts a tick's counts (0 to 7) on the lines; `tick` is its number. */
void rv_snn_lines_add(rv_snn_lines *l, uint32_t tick, const uint8_t *count, int32_t lines);

#endif
