/* See snn-table.h. */
#include "snn-table.h"
#include "snn-filterbank.h"
#include "crc32.h"

enum { MOST_SHIFT = 15, MOST_SENSOR_SHIFT = 12, MOST_HOP = 512, MOST_SENSOR_HOP = 64, MOST_RATE = 48000, MOST_LOG2 = 1023, MOST_DROP = 16 };

static int32_t band_fault(const rv_snn_encoder *e)
{
	const int32_t shifts[] = { e->as.band.follow, e->as.band.up, e->as.band.down, e->as.band.fast };
	if (e->source >= RV_BANK_BANDS)
		return RV_SNN_BAD_SOURCE;
	if (!e->as.band.least)
		return RV_SNN_BAD_LEAST;
	for (int32_t i = 0; i < 4; i++)
		if (shifts[i] > MOST_SHIFT)
			return RV_SNN_BAD_SHIFT;
	for (int32_t i = 0; i < 7; i++)
		if (e->as.band.level[i] < (i ? e->as.band.level[i - 1] : 1))
			return RV_SNN_BAD_LEVEL;
	return e->as.band.floor > MOST_LOG2 ? RV_SNN_BAD_FLOOR : RV_SNN_FINE;
}

static int32_t sensor_fault(const rv_snn_table *t, const rv_snn_encoder *e)
{
	if (e->source >= t->channels)
		return RV_SNN_BAD_SOURCE;
	if (!e->as.sensor.least || e->as.sensor.least > e->as.sensor.most)
		return RV_SNN_BAD_LEAST;
	if (e->as.sensor.step < e->as.sensor.least || e->as.sensor.step > e->as.sensor.most)
		return RV_SNN_BAD_STEP;
	if (e->as.sensor.slow > MOST_SENSOR_SHIFT || e->as.sensor.smooth > MOST_SENSOR_SHIFT)
		return RV_SNN_BAD_SHIFT;
	return e->kind == RV_SNN_LATENCY && !e->as.sensor.window ? RV_SNN_BAD_WINDOW : RV_SNN_FINE;
}

static int32_t encoders_fault(const rv_snn_table *t)
{
	for (int32_t i = 0; i < t->encoders; i++) {
		const rv_snn_encoder *e = rv_snn_encoders(t) + i;
		int32_t fault = t->kind == RV_SNN_SOUND ? (e->kind == RV_SNN_BAND ? band_fault(e) : RV_SNN_BAD_ENCODING)
			: e->kind >= RV_SNN_DELTA && e->kind <= RV_SNN_LATENCY ? sensor_fault(t, e) : RV_SNN_BAD_ENCODING;
		if (fault)
			return fault + i * 256;
	}
	return RV_SNN_FINE;
}

static int32_t delays_fault(const rv_snn_table *t)
{
	for (int32_t i = 0; i < RV_SNN_DELAYS; i++) {
		int32_t least = i && i < t->delays ? t->delay[i - 1] + 1 : 0;
		if (t->delay[i] < least || t->delay[i] >= (i < t->delays ? RV_SNN_RING : 1))
			return RV_SNN_BAD_DELAY;
	}
	return RV_SNN_FINE;
}

/* The header's own numbers; afterwards its sizes can be added up. */
static int32_t header_fault(const rv_snn_table *t)
{
	int32_t sound = t->kind == RV_SNN_SOUND;
	if (t->flags > RV_SNN_ADAPTIVE)
		return RV_SNN_BAD_FLAGS;
	if (t->kind > RV_SNN_SENSOR)
		return RV_SNN_BAD_KIND;
	if (t->channels < 1 || t->channels > (sound ? 1 : RV_SNN_CHANNELS))
		return RV_SNN_BAD_CHANNELS;
	if (t->encoders < 1 || t->encoders > RV_SNN_ENCODERS)
		return RV_SNN_BAD_ENCODERS;
	if (t->lines != (sound ? t->encoders : 2 * t->encoders))
		return RV_SNN_BAD_LINES;
	if (t->hidden < 1 || t->hidden > RV_SNN_HIDDEN)
		return RV_SNN_BAD_HIDDEN;
	if (t->feeding > t->hidden)
		return RV_SNN_BAD_FEEDING;
	if (t->delays < 1 || t->delays > RV_SNN_DELAYS)
		return RV_SNN_BAD_DELAYS;
	if (delays_fault(t))
		return RV_SNN_BAD_DELAY;
	if (t->rate < 1 || t->rate > MOST_RATE)
		return RV_SNN_BAD_RATE;
	if (t->hop < 1 || t->hop > (sound ? MOST_HOP : MOST_SENSOR_HOP) || (sound && t->hop % RV_BANK_BLOCK))
		return RV_SNN_BAD_HOP;
	if (t->threshold < 1 && !(t->flags & RV_SNN_ADAPTIVE))
		return RV_SNN_BAD_THRESHOLD;
	if (t->bias < -RV_SNN_BIAS || t->bias >= RV_SNN_BIAS)
		return RV_SNN_BAD_BIAS;
	if (t->wait && (t->drop < 1 || t->drop > MOST_DROP))
		return RV_SNN_BAD_DROP;
	if (t->fade > MOST_SHIFT)
		return RV_SNN_BAD_FADE;
	return t->name[sizeof(t->name) - 1] ? RV_SNN_BAD_NAME : RV_SNN_FINE;
}

int32_t rv_snn_table_fault(const void *bytes, uint32_t size)
{
	const rv_snn_table *t = bytes;
	if (size < sizeof(*t))
		return RV_SNN_SIZE;
	if (t->magic != RV_SNN_MAGIC)
		return RV_SNN_BAD_MAGIC;
	if (t->version != RV_SNN_VERSION)
		return RV_SNN_BAD_VERSION;
	int32_t fault = header_fault(t);
	if (fault)
		return fault;
	if (t->bytes != rv_snn_table_bytes(t))
		return RV_SNN_BAD_BYTES;
	if (size < t->bytes)
		return RV_SNN_SIZE;
	if (t->crc != crc32_bytes(0, (const uint8_t *)&t->kind, t->bytes - 16))
		return RV_SNN_BAD_CRC;
	for (int32_t i = 0; i < t->hidden; i++)
		if (rv_snn_thetas(t)[i] < 1 || rv_snn_thetas(t)[i] > RV_SNN_THETA)
			return RV_SNN_BAD_THETA;
	return encoders_fault(t);
}
