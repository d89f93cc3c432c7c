/*
 * The trained table of a spiking gate ("RVSN"): encoders, delays, weights and settings, read where it lies (RAM or flash), little-endian.
 * Header, then arrays without gaps: the encoders' records, input weights [delay][line][neuron], weights among neurons [from][to] (only
 * for the first `feeding`), decays, thresholds, output weights. A row of neurons is padded to a multiple of 4 with zeros, so that all
 * arrays start at a multiple of 4 and the network reads four weights at once.
 */
#ifndef RV_SNN_TABLE_H
#define RV_SNN_TABLE_H

#include <stdint.h>

enum {
	RV_SNN_VERSION = 1, RV_SNN_CHANNELS = 8, RV_SNN_ENCODERS = 16, RV_SNN_LINES = 32, RV_SNN_HIDDEN = 32, RV_SNN_DELAYS = 4, RV_SNN_RING = 16,
	RV_SNN_THETA = 4095, /* largest threshold of a neuron: its potential, 8 times that, has 16 bits */
	RV_SNN_BIAS = 2048,  /* bias of the output stays below */
	RV_SNN_MAGIC = 0x4e535652 /* "RVSN" */
};

enum rv_snn_kind { RV_SNN_SOUND, RV_SNN_SENSOR };
enum rv_snn_flag { RV_SNN_ADAPTIVE = 1 };
enum rv_snn_encoding { RV_SNN_BAND, RV_SNN_DELTA, RV_SNN_RATE, RV_SNN_LATENCY };

/* One encoder (snn-encode.h). `source`: its band of the filterbank, or its channel of the sensor. */
typedef struct {
	uint8_t kind, source;
	union {
		struct {
			/* least: of the deviation, in 1/32 octaves; follow, up, down, fast: shifts; clip, level: in 1/16 deviations. */
			uint8_t least, follow, up, down, runUp, runDown, fast, clip;
			uint16_t floor; /* of the level, 1/32 octaves */
			uint8_t level[7];
		} band;
		struct {
			/* target: spikes of a tick above which the step grows, 0: it stays; window: samples, latency only; slow, smooth: shifts. */
			uint8_t target, window, slow, smooth;
			uint16_t step, least, most; /* in 1/16 of the sensor's units: the step or the threshold, and its bounds */
		} sensor;
	} as;
} rv_snn_encoder;

typedef struct {
	uint32_t magic;
	uint16_t version;
	uint8_t flags, feeding; /* feeding: neurons, the first, whose spikes reach others a tick later */
	uint32_t bytes; /* of header and arrays */
	uint32_t crc;   /* CRC-32 of all that follows */
	uint8_t kind, channels, encoders, lines; /* lines: encoders, or 2 of each with sensors: up and down */
	uint8_t hidden, delays, outDecay, k;     /* outDecay: of the output, 1/256 a tick; k: deviations above the mean, 1/4 */
	uint8_t delay[RV_SNN_DELAYS];            /* ticks, ascending; 0 where there is none */
	uint16_t rate, hop;                      /* samples a second, samples a tick */
	uint16_t refractory, settle;             /* ticks from a wake to the next, and from the start to the first, at least */
	int16_t threshold;                       /* at least 1, where it is not adaptive */
	int16_t bias;                            /* added to the output every tick */
	uint8_t wait, drop;                      /* ticks for which a crossing may wait until activity falls below drop/16 of its most; 0: it wakes at once */
	uint8_t raise, fade;                     /* what a wake adds to the threshold, in units of 4; a shift: the share that fades in 64 ticks */
	char name[32];     /* UTF-8, ends with a zero */
	uint8_t digest[8]; /* of what made it; only compared */
} rv_snn_table;

/* Bytes of a row of neurons. */
static inline uint32_t rv_snn_row(const rv_snn_table *t)
{
	return ((uint32_t)t->hidden + 3) & ~3u;
}

static inline const rv_snn_encoder *rv_snn_encoders(const rv_snn_table *t)
{
	return (const rv_snn_encoder *)(t + 1);
}

/* Rows of input weights, then those among neurons, as words of four. */
static inline const uint32_t *rv_snn_weights(const rv_snn_table *t)
{
	return (const uint32_t *)(const void *)(rv_snn_encoders(t) + t->encoders);
}

static inline const uint8_t *rv_snn_decays(const rv_snn_table *t)
{
	uint32_t rows = (uint32_t)t->delays * t->lines + t->feeding;
	return (const uint8_t *)rv_snn_weights(t) + rows * rv_snn_row(t);
}

static inline const int16_t *rv_snn_thetas(const rv_snn_table *t)
{
	return (const int16_t *)(const void *)(rv_snn_decays(t) + rv_snn_row(t));
}

static inline const int8_t *rv_snn_outputs(const rv_snn_table *t)
{
	return (const int8_t *)(const void *)rv_snn_thetas(t) + 2 * rv_snn_row(t);
}

/* Bytes that a table with these sizes has. */
static inline uint32_t rv_snn_table_bytes(const rv_snn_table *t)
{
	return (uint32_t)((const uint8_t *)rv_snn_outputs(t) - (const uint8_t *)t) + rv_snn_row(t);
}

/* What can be wrong; src/snn/table.ts has their names, in the same order. */
enum rv_snn_fault {
	RV_SNN_FINE, RV_SNN_SIZE, RV_SNN_BAD_MAGIC, RV_SNN_BAD_VERSION, RV_SNN_BAD_CRC, RV_SNN_BAD_FLAGS, RV_SNN_BAD_KIND, RV_SNN_BAD_CHANNELS,
	RV_SNN_BAD_ENCODERS, RV_SNN_BAD_LINES, RV_SNN_BAD_HIDDEN, RV_SNN_BAD_FEEDING, RV_SNN_BAD_DELAYS, RV_SNN_BAD_DELAY, RV_SNN_BAD_RATE, RV_SNN_BAD_HOP,
	RV_SNN_BAD_THRESHOLD, RV_SNN_BAD_BIAS, RV_SNN_BAD_DROP, RV_SNN_BAD_FADE, RV_SNN_BAD_NAME, RV_SNN_BAD_BYTES, RV_SNN_BAD_THETA,
	/* Of an encoder, its number in the next 8 bits. */
	RV_SNN_BAD_ENCODING, RV_SNN_BAD_SOURCE, RV_SNN_BAD_LEAST, RV_SNN_BAD_SHIFT, RV_SNN_BAD_LEVEL, RV_SNN_BAD_FLOOR, RV_SNN_BAD_STEP, RV_SNN_BAD_WINDOW
};

/*
 * 0 where the `size` bytes at a multiple of 4 are a table that the gate can step with, whatever wrote it; else a fault. Bytes behind
 * the table are let be. Needs crc32.c; some 10 instructions a byte.
 */
int32_t rv_snn_table_fault(const void *bytes, uint32_t size);

#endif
