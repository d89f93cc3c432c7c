/* Random tables of the spiking gate, in allocations to the byte. */
#ifndef SNN_TABLES_H
#define SNN_TABLES_H

#include "check.h"
#include "crc32.h"
#include "snn-gate.h"

static inline void seal(rv_snn_table *t)
{
	t->crc = crc32_bytes(0, (const uint8_t *)&t->kind, t->bytes - 16);
}

static inline void random_encoder(rv_snn_encoder *e, int32_t sound, int32_t index, int32_t channels)
{
	if (sound) {
		e->source = (uint8_t)(index % RV_BANK_BANDS);
		e->as.band.least = (uint8_t)(1 + below(20));
		e->as.band.follow = (uint8_t)below(9);
		e->as.band.up = (uint8_t)below(9);
		e->as.band.down = (uint8_t)below(9);
		e->as.band.fast = (uint8_t)below(5);
		e->as.band.runUp = (uint8_t)below(100);
		e->as.band.runDown = (uint8_t)below(40);
		e->as.band.clip = (uint8_t)(16 + below(100));
		e->as.band.floor = (uint16_t)below(300);
		for (int32_t i = 0; i < 7; i++)
			e->as.band.level[i] = (uint8_t)(8 + i * (int32_t)(4 + below(2) * 12));
		for (int32_t i = 1; i < 7; i++)
			if (e->as.band.level[i] < e->as.band.level[i - 1])
				e->as.band.level[i] = e->as.band.level[i - 1];
		return;
	}
	e->kind = (uint8_t)(RV_SNN_DELTA + below(3));
	e->source = (uint8_t)below((uint32_t)channels);
	e->as.sensor.target = (uint8_t)below(5);
	e->as.sensor.window = (uint8_t)(1 + below(below(2) ? 255 : 20));
	e->as.sensor.slow = (uint8_t)below(13);
	e->as.sensor.smooth = (uint8_t)below(6);
	e->as.sensor.least = (uint16_t)(1 + below(300));
	e->as.sensor.step = (uint16_t)(e->as.sensor.least + below(9000));
	e->as.sensor.most = (uint16_t)(e->as.sensor.step + below(20000));
}

/* A table that is valid; threshold such that some wake. Freed by the caller. */
static inline rv_snn_table *random_table(void)
{
	rv_snn_table h;
	memset(&h, 0, sizeof(h));
	h.magic = RV_SNN_MAGIC;
	h.version = RV_SNN_VERSION;
	h.flags = (uint8_t)below(2);
	h.kind = (uint8_t)below(2);
	int32_t sound = h.kind == RV_SNN_SOUND;
	h.channels = (uint8_t)(sound ? 1 : 1 + below(RV_SNN_CHANNELS));
	h.encoders = (uint8_t)(sound && below(2) ? RV_BANK_BANDS : 1 + below(RV_SNN_ENCODERS));
	h.lines = (uint8_t)(sound ? h.encoders : 2 * h.encoders);
	h.hidden = (uint8_t)(1 + below(RV_SNN_HIDDEN));
	h.feeding = (uint8_t)(below(2) ? below((uint32_t)h.hidden + 1) : 0);
	h.delays = (uint8_t)(1 + below(RV_SNN_DELAYS));
	for (uint32_t d = 0, at = below(4); d < h.delays; d++, at += 1 + below(4))
		h.delay[d] = (uint8_t)(at > 15 ? 15 : at);
	for (int32_t d = h.delays - 1; d > 0; d--)
		if (h.delay[d - 1] >= h.delay[d])
			h.delay[d - 1] = (uint8_t)(h.delay[d] - 1);
	h.outDecay = (uint8_t)random64();
	h.k = (uint8_t)below(30);
	h.rate = 8000;
	h.hop = (uint16_t)(sound ? 32 * (1 + below(6)) : 1 + below(24));
	h.refractory = (uint16_t)below(60);
	h.settle = (uint16_t)below(90);
	h.threshold = (int16_t)(1 + (int32_t)below(500) - (h.flags & RV_SNN_ADAPTIVE && below(2) ? 400 : 0));
	h.bias = (int16_t)(below(2) ? (int32_t)below(40) - 20 : 0);
	h.wait = (uint8_t)(below(2) ? 0 : 1 + below(below(2) ? 10 : 80));
	h.drop = (uint8_t)(1 + below(16));
	h.raise = (uint8_t)below(below(2) ? 10 : 256);
	h.fade = (uint8_t)below(below(2) ? 4 : 16);
	strcpy(h.name, "a random table");
	h.bytes = rv_snn_table_bytes(&h);
	rv_snn_table *t = allocate(h.bytes);
	memset(t, 0, h.bytes);
	*t = h;
	for (int32_t e = 0; e < h.encoders; e++)
		random_encoder((rv_snn_encoder *)rv_snn_encoders(t) + e, sound, e, h.channels);
	int8_t *w = (int8_t *)rv_snn_weights(t), *end = (int8_t *)rv_snn_decays(t);
	int32_t row = (int32_t)rv_snn_row(t), strong = below(4) == 0;
	for (int32_t i = 0; w < end; w++, i++)
		*w = (int8_t)(i % row >= h.hidden ? 0 : strong ? (int32_t)below(256) - 128 : (int32_t)below(60) - 22);
	for (int32_t i = 0; i < h.hidden; i++) {
		((uint8_t *)rv_snn_decays(t))[i] = (uint8_t)random64();
		((int16_t *)rv_snn_thetas(t))[i] = (int16_t)(1 + below(strong ? RV_SNN_THETA : 700));
		((int8_t *)rv_snn_outputs(t))[i] = (int8_t)((int32_t)below(256) - (int32_t)below(2) * 128);
	}
	seal(t);
	return t;
}

/* Samples like those of the world: silence, noise of some level, steps, stuck, saturated. */
static inline void random_samples(int16_t *samples, int32_t n)
{
	int32_t kind = (int32_t)below(6), level = 1 << below(15), hold = (int32_t)random64();
	for (int32_t i = 0; i < n; i++) {
		int32_t x = (int32_t)below((uint32_t)(2 * level + 1)) - level;
		if (below(40) == 0)
			hold = (int32_t)random64();
		samples[i] = (int16_t)(kind == 0 ? 0 : kind == 1 ? (hold & 1 ? 32767 : -32768) : kind == 2 ? hold : x);
	}
}

#endif
