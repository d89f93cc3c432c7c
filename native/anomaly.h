/*
 * Streaming anomaly detection in integers: prototypes of the last samples (seven bits a value, learned online, as fuzzy ART does:
 * Carpenter, Grossberg and Rosen 1991), whose distance and rarity give a surprise in bits; and beside it each channel's own
 * level, step and standstill. Surprise becomes a score by its rank among
 * those that came before (a conformal p-value: Burnaev and Ishimtsev 2016), on a log scale (Ahmad et al. 2017).
 */
#ifndef RV_ANOMALY_H
#define RV_ANOMALY_H

#include <stdint.h>
#include "anomaly-rarity.h"

enum {
	RV_ANOMALY_CHANNELS = 16, RV_ANOMALY_DIMS = 32, RV_ANOMALY_RING = 1024, RV_ANOMALY_PATTERNS = 1024,
	RV_ANOMALY_MISSING = INT32_MIN /* a sample that is not there: the channel stays as it was */
};

enum rv_anomaly_kind { RV_NORMAL, RV_SPIKE, RV_DRIFT, RV_LEVEL_SHIFT, RV_FROZEN, RV_COLLECTIVE };

/* Means and deviations are in the user's units, with 16 fraction bits. */
typedef struct {
	int64_t mean, deviation; /* of the level: learned, then followed slowly */
	int64_t step;            /* mean |x - last| */
	int64_t fast, slow;      /* short means of the level, 1/8 and 1/128 */
	int64_t activity;        /* short mean of |x - last|, 1/16 */
	int64_t brief;           /* shorter mean of the level, 1/4 */
	int32_t last, run, longestRun, seen;
} rv_anomaly_channel;

/* Of a channel's level, its last step and its brief mean, each against its usual deviation. */
typedef struct {
	rv_rarity level, step, brief;
} rv_anomaly_rarities;

typedef struct {
	int32_t channels, taps, stride, patterns; /* channels * taps at most RV_ANOMALY_DIMS; taps * stride * channels at most the ring */
	int32_t samples, used, total, at;         /* at: row of the ring that is written next */
	int32_t rest, reserved; /* rest: samples for which an alarm's echo still counts less */
	int32_t score, threshold, anomalous, kind, channel, deviation, expected, surprise;
	rv_rarity distance;                       /* of windows from their nearest pattern */
	uint16_t padding;
	rv_anomaly_channel channel_[RV_ANOMALY_CHANNELS];
} rv_anomaly;

/* Bytes of an rv_anomaly with its ring, patterns and their uses behind it; 0 where the sizes are out of range. */
uint32_t rv_anomaly_size(int32_t channels, int32_t taps, int32_t stride, int32_t patterns);

/* Starts anew in `size` zeroed bytes. */
void rv_anomaly_init(rv_anomaly *a, int32_t channels, int32_t taps, int32_t stride, int32_t patterns);

/* Whether the state is one of these sizes and safe to step from, whatever wrote it. */
int32_t rv_anomaly_valid(const rv_anomaly *a, int32_t channels, int32_t taps, int32_t stride, int32_t patterns);

/* Takes in one sample of every channel; fills score to surprise. While learning nothing is anomalous. */
void rv_anomaly_step(rv_anomaly *a, const int32_t *sample, int32_t learning);

/* What a detection looks like now: level and activity of each channel against normal, log scale; 2 * channels bytes. */
void rv_anomaly_signature(const rv_anomaly *a, int8_t *out);

#endif
