/* Packing of hidden states, and messages with them: see native/hidden-pack.h and native/chunk.h. */
#include <stdlib.h>
#include "xsmc.h"
#include "xsHost.h"
#include "chunk.h"
#include "glue.h"
#include "hidden-pack.h"
#include "profile.h"

static int32_t integer(xsMachine *the, int at, const char *name, int32_t low, int32_t high)
{
	/* Chips have no floating point: what is an integer already needs none. */
	if (xsmcArgc > at && xsmcTypeOf(xsArg(at)) == xsIntegerType) {
		int32_t whole = xsmcToInteger(xsArg(at));
		if (whole >= low && whole <= high)
			return whole;
	}
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1;
	if (!(value >= low && value <= high) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("states: %s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return (int32_t)value;
}

typedef struct {
	int32_t *states;
	uint8_t *bytes;
	int32_t count, room;
} arguments;

/* states, their offset in bytes, count; bytes, their offset, how many. Numbers first: scripts that convert them may move buffers. */
static arguments read_arguments(xsMachine *the, int packs)
{
	arguments a;
	void *states, *bytes;
	xsUnsignedValue states_size, bytes_size;
	int32_t from = integer(the, 1, "the offset", 0, 0x7FFFFFFC), at = integer(the, 4, "the offset", 0, 0x7FFFFFFF);
	a.count = integer(the, 2, "count", 1, RV_PACK_MAX);
	a.room = integer(the, 5, "the offset", 0, 0x7FFFFFFF);
	if (xsmcTypeOf(xsArg(0)) != xsReferenceType || xsmcTypeOf(xsArg(3)) != xsReferenceType)
		xsTypeError("states: this is no buffer");
	glue_buffer(the, &xsArg(0), &states, &states_size, !packs);
	glue_buffer(the, &xsArg(3), &bytes, &bytes_size, packs);
	if ((uint64_t)(uint32_t)from + 4 * (uint64_t)(uint32_t)a.count > states_size)
		xsRangeError("states: there are no %d values there", (int)a.count);
	if ((uint64_t)(uint32_t)at + (uint32_t)a.room > bytes_size || from % 4)
		xsRangeError("states: the bytes leave their buffer");
	a.states = (int32_t *)(void *)((uint8_t *)states + from);
	a.bytes = (uint8_t *)bytes + at;
	return a;
}

void xs_states_pack(xsMachine *the)
{
	arguments a = read_arguments(the, 1);
	profile_enter();
	int32_t bytes = rv_pack(a.bytes, a.room, a.states, a.count);
	profile_leave();
	if (bytes < 0)
		xsRangeError("packStates: there is no room for %d values in %d bytes; %d always do", (int)a.count, (int)a.room, (int)RV_PACK_BYTES(a.count, 32));
	xsmcSetInteger(xsResult, bytes);
}

void xs_states_unpack(xsMachine *the)
{
	arguments a = read_arguments(the, 0);
	profile_enter();
	int32_t bytes = rv_unpack(a.states, a.count, a.bytes, a.room);
	profile_leave();
	xsmcSetInteger(xsResult, bytes);
}

typedef struct {
	rv_chunk chunk;
	int32_t session, epoch;
} chunk_record;

void xs_chunks_destructor(void *data)
{
	free(data);
}

static chunk_record *chunks(xsMachine *the)
{
	return glue_host(the, xs_chunks_destructor, "Chunks");
}

/* (hidden, offset, values, out, session, epoch) */
void xs_chunks_constructor(xsMachine *the)
{
	glue_check_new(the, xs_chunks_destructor, "Chunks");
	int32_t offset = integer(the, 1, "the offset", 0, 0x7FFFFFFC), values = integer(the, 2, "the number of values", 1, RV_PACK_MAX), hidden_size, room;
	int32_t session = integer(the, 4, "the session", 0, 65535), epoch = integer(the, 5, "the epoch", 0, 255);
	uint8_t *hidden = glue_pinned(the, &xsArg(0), &hidden_size, 1, "the hidden state"), *out = glue_pinned(the, &xsArg(3), &room, 1, "the message");
	if (offset % 4 || offset > hidden_size || values > (hidden_size - offset) / 4)
		xsRangeError("states: there are no %d values there", (int)values);
	if (room < RV_CHUNK_TOKENS + 2)
		xsRangeError("states: a message of %d bytes has no room for a chunk", (int)room);
	chunk_record *record = calloc(1, sizeof(*record));
	if (!record)
		xsRangeError("states: no memory");
	record->chunk.hidden = (int32_t *)(void *)(hidden + offset);
	record->chunk.values = values;
	record->chunk.out = out;
	record->chunk.room = room;
	record->session = session;
	record->epoch = epoch;
	xsmcSetHostData(xsThis, record);
	xsmcDefine(xsThis, xsID("hidden"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("out"), xsArg(3), xsDontDelete | xsDontSet | xsDontEnum);
}

/* (buffer, offset, count): the bytes of a message. */
static const uint8_t *message_at(xsMachine *the, int32_t *count)
{
	void *data;
	xsUnsignedValue size;
	int32_t offset = integer(the, 1, "the offset", 0, 0x7FFFFFFF);
	*count = integer(the, 2, "count", 0, 0x7FFFFFFF);
	if (xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("states: this is no buffer");
	glue_buffer(the, &xsArg(0), &data, &size, 0);
	if ((uint64_t)(uint32_t)offset + (uint32_t)*count > size)
		xsRangeError("states: the bytes leave their buffer");
	return (const uint8_t *)data + offset;
}

static void answer(xsMachine *the, int32_t value)
{
	if (value == -2)
		xsRangeError("states: the message has no room");
	xsmcSetInteger(xsResult, value);
}

/* begin(buffer, offset, count, last) */
void xs_chunks_begin(xsMachine *the)
{
	chunk_record *record = chunks(the);
	int32_t count, last = xsmcArgc > 3 && xsmcTest(xsArg(3));
	const uint8_t *bytes = message_at(the, &count);
	profile_enter();
	int32_t head = rv_chunk_begin(&record->chunk, bytes, count, last);
	profile_leave();
	answer(the, head);
}

void xs_chunks_step(xsMachine *the)
{
	chunk_record *record = chunks(the);
	int32_t count;
	const uint8_t *bytes = message_at(the, &count);
	profile_enter();
	int32_t step = rv_chunk_step(&record->chunk, bytes, count);
	profile_leave();
	answer(the, step);
}

void xs_chunks_states(xsMachine *the)
{
	chunk_record *record = chunks(the);
	int32_t count;
	const uint8_t *bytes = message_at(the, &count);
	profile_enter();
	int32_t states = rv_chunk_states(&record->chunk, bytes, count);
	profile_leave();
	answer(the, states);
}

/* head(lane, branch, want, position, count, confirmed, token) */
void xs_chunks_head(xsMachine *the)
{
	static const int32_t MOST[7] = { 15, 255, 1, 65535, RV_CHUNK_MOST, 65535, 65535 };
	chunk_record *record = chunks(the);
	int32_t head[7];
	for (int i = 0; i < 7; i++)
		head[i] = integer(the, i, "a field", 0, MOST[i]);
	rv_chunk_head(&record->chunk, record->session, record->epoch, head);
}

void xs_chunks_token(xsMachine *the)
{
	chunk_record *record = chunks(the);
	int32_t token = integer(the, 0, "a token", 0, 65535);
	if (record->chunk.written == 0)
		xsRangeError("states: a chunk begins with its head");
	answer(the, rv_chunk_token(&record->chunk, token));
}

void xs_chunks_put(xsMachine *the)
{
	chunk_record *record = chunks(the);
	if (record->chunk.written == 0)
		xsRangeError("states: a chunk begins with its head");
	profile_enter();
	int32_t bytes = rv_chunk_put(&record->chunk);
	profile_leave();
	answer(the, bytes);
}
