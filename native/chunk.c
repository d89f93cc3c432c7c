#include "chunk.h"
#include "hidden-pack.h"
#include <string.h>

enum { BAD = -1, NO_ROOM = -2 };

static int32_t get16(const uint8_t *at)
{
	return at[0] | at[1] << 8;
}

static void put16(uint8_t *at, int32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

static int32_t read_state(rv_chunk *c, const uint8_t *in, int32_t bytes)
{
	int32_t took = c->read < bytes ? rv_unpack(c->hidden, c->values, in + c->read, bytes - c->read) : BAD;
	if (took < 0)
		return BAD;
	c->read += took;
	return 0;
}

int32_t rv_chunk_begin(rv_chunk *c, const uint8_t *in, int32_t bytes, int32_t last)
{
	int32_t count = bytes > RV_CHUNK_TOKENS ? in[RV_CHUNK_COUNT] : 0;
	c->left = 0;
	if (count < 1 || count > RV_CHUNK_MOST || in[RV_CHUNK_WANT] > 1)
		return BAD;
	int32_t head = RV_CHUNK_TOKENS + 2 * count, position = get16(in + RV_CHUNK_POSITION);
	c->read = head;
	c->last = last;
	c->want = in[RV_CHUNK_WANT];
	if (head > c->room || read_state(c, in, bytes))
		return BAD;
	c->left = count;
	if (last) {
		memcpy(c->out, in, 6);
		c->out[0] = RV_STATES_KIND;
		put16(c->out + RV_STATES_POSITION, position + count - 1);
		c->out[RV_STATES_COUNT] = (uint8_t)c->want;
		c->written = RV_STATES_STATE;
	}
	else {
		memcpy(c->out, in, (size_t)head);
		c->written = head;
	}
	return count | in[RV_CHUNK_LANE] << 6 | position << 14;
}

int32_t rv_chunk_put(rv_chunk *c)
{
	int32_t took = rv_pack(c->out + c->written, c->room - c->written, c->hidden, c->values);
	if (took < 0)
		return NO_ROOM;
	return c->written += took;
}

int32_t rv_chunk_step(rv_chunk *c, const uint8_t *in, int32_t bytes)
{
	if (c->left < 1)
		return BAD;
	c->left--;
	if ((!c->last || (c->left == 0 && c->want)) && rv_chunk_put(c) < 0)
		return NO_ROOM;
	if (c->left == 0)
		return c->written;
	return read_state(c, in, bytes);
}

void rv_chunk_head(rv_chunk *c, int32_t session, int32_t epoch, const int32_t head[7])
{
	uint8_t *out = c->out;
	out[0] = RV_CHUNK_KIND;
	put16(out + 1, session);
	out[3] = (uint8_t)epoch;
	out[RV_CHUNK_LANE] = (uint8_t)head[0];
	out[RV_CHUNK_BRANCH] = (uint8_t)head[1];
	out[RV_CHUNK_WANT] = (uint8_t)head[2];
	put16(out + RV_CHUNK_POSITION, head[3]);
	out[RV_CHUNK_COUNT] = (uint8_t)head[4];
	put16(out + RV_CHUNK_CONFIRMED, head[5]);
	put16(out + RV_CHUNK_TOKENS, head[6]);
	c->written = RV_CHUNK_TOKENS + 2;
}

int32_t rv_chunk_token(rv_chunk *c, int32_t token)
{
	if (c->written + 2 > c->room)
		return NO_ROOM;
	put16(c->out + c->written, token);
	return c->written += 2;
}

int32_t rv_chunk_states(rv_chunk *c, const uint8_t *in, int32_t bytes)
{
	if (bytes < RV_STATES_STATE || in[RV_CHUNK_LANE] > 15 || in[RV_STATES_COUNT] > 1)
		return BAD;
	c->read = RV_STATES_STATE;
	if (in[RV_STATES_COUNT] && read_state(c, in, bytes))
		return BAD;
	return get16(in + RV_STATES_POSITION) | in[RV_CHUNK_BRANCH] << 16 | in[RV_CHUNK_LANE] << 24 | in[RV_STATES_COUNT] << 28;
}
