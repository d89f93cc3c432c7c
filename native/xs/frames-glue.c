/* Frames of a board: native/frames.h on memory of this glue's own, and on three blocks that do not move. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "frames.h"

enum { MOST_FRAME = 1500, MOST_SEGMENTS = 4096, MOST_BOARDS = 4096, MOST_MESSAGE = 65535, MOST_TRAILER = 16, SERVICES = 16 };
/* What send gives in place of a frame. */
enum { NO_ROOM = -1, NO_SERVICE = -2, NO_LENGTH = -3 };

static uint8_t *make_segment(void *context, int32_t bytes)
{
	(void)context;
	return malloc((size_t)bytes);
}

static rv_frames_board *make_board(void *context)
{
	(void)context;
	return calloc(1, sizeof(rv_frames_board));
}

static uint8_t *grow(void *context, uint8_t *assembly, int32_t bytes)
{
	(void)context;
	return realloc(assembly, (size_t)bytes);
}

void xs_frames_destructor(void *data)
{
	rv_frames *f = data;
	if (!f)
		return;
	for (int32_t i = 0; i < f->pool.made; i++)
		free(f->pool.segment[i]);
	for (int32_t i = 0; i < f->limit && f->board[i]; i++) {
		free(f->board[i]->link.assembly);
		free(f->board[i]);
	}
	free(f->board);
	free(f->pool.segment);
	free(f);
}

static int32_t integer(xsMachine *the, int at, const char *name, int32_t low, int32_t high)
{
	if (xsmcArgc > at && xsmcTypeOf(xsArg(at)) == xsIntegerType) {
		int32_t value = xsmcToInteger(xsArg(at));
		if (value >= low && value <= high)
			return value;
	}
	else {
		/* Chips have no floating point: this is the slow way. */
		xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1e9;
		if (value >= low && value <= high && value == (xsNumberValue)(int32_t)value)
			return (int32_t)value;
	}
	xsRangeError("frames: %s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return 0;
}

/* Times, counters and addresses: integers from 0 to 2^53. */
static uint64_t whole(xsMachine *the, int at, const char *name)
{
	if (xsmcArgc > at && xsmcTypeOf(xsArg(at)) == xsIntegerType) {
		int32_t value = xsmcToInteger(xsArg(at));
		if (value >= 0)
			return (uint32_t)value;
	}
	else {
		xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1;
		if (value >= 0 && value < 9007199254740992.0)
			return (uint64_t)value;
	}
	xsRangeError("frames: %s is no number from 0 to 2^53", (char *)name);
	return 0;
}

/* Microseconds modulo 2^32. */
static uint32_t time_at(xsMachine *the, int at)
{
	return (uint32_t)whole(the, at, "the time");
}

static rv_frames *here(xsMachine *the)
{
	return glue_host(the, xs_frames_destructor, "Frames");
}

/* A board that was added. */
static int32_t place_at(xsMachine *the, const rv_frames *f, int at)
{
	int32_t place = integer(the, at, "the place", 0, f->limit - 1);
	if (!f->board[place] || !f->board[place]->used)
		xsRangeError("frames: no board has place %d", (int)place);
	return place;
}

static uint8_t *block(xsMachine *the, int at, int32_t least, int32_t *size)
{
	if (xsmcArgc <= at)
		xsTypeError("frames: a Memory is missing");
	uint8_t *bytes = glue_pinned(the, &xsArg(at), size, 1, "frames: the block");
	if (*size < least)
		xsRangeError("frames: a block has %d bytes, not %d", (int)*size, (int)least);
	return bytes;
}

/* (address, out, in, message, open, trailer, longest, lowest, highest, segments, longestMessage, boards, peers) */
void xs_frames_constructor(xsMachine *the)
{
	glue_check_new(the, xs_frames_destructor, "Frames");
	uint64_t address = whole(the, 0, "the address");
	int32_t trailer = integer(the, 5, "the trailer", 4, MOST_TRAILER), longest = integer(the, 6, "the longest frame", 64, MOST_FRAME);
	int32_t lowest = integer(the, 7, "a version", 0, 15), highest = integer(the, 8, "a version", 0, 15);
	int32_t segments = integer(the, 9, "segments", 1, MOST_SEGMENTS), message = integer(the, 10, "the longest message", 1, MOST_MESSAGE);
	int32_t boards = integer(the, 11, "boards", 1, MOST_BOARDS), peers = integer(the, 12, "peers", 1, INT32_MAX), bytes = longest - RV_FRAMES_HEADER - RV_LINK_CHUNKS - trailer;
	int32_t out_size, in_size, message_size, open = xsmcTest(xsArg(4));
	uint8_t *out = block(the, 1, longest, &out_size), *in = block(the, 2, longest, &in_size), *into = block(the, 3, bytes, &message_size);
	uint32_t places = 16;
	while (places < 2 * (uint32_t)boards)
		places *= 2;
	if (open && trailer != 4)
		xsRangeError("frames: a checksum has 4 bytes");
	rv_frames *f = calloc(1, sizeof(*f) + 2 * (4 * (size_t)segments + places + (size_t)boards));
	uint8_t **segment = calloc((size_t)segments, sizeof(*segment));
	rv_frames_board **board = calloc((size_t)boards, sizeof(*board));
	if (!f || !segment || !board) {
		free(f);
		free(segment);
		free(board);
		xsRangeError("frames: no memory for %d segments and %d boards", (int)segments, (int)boards);
	}
	f->pool.free = (uint16_t *)(void *)(f + 1);
	f->pool.length = f->pool.free + segments;
	f->pool.last_chunk = f->pool.length + segments;
	f->pool.next = f->pool.last_chunk + segments;
	f->pool.segment = segment;
	f->pool.make = make_segment;
	rv_link_pool_init(&f->pool, bytes, segments);
	f->place = f->pool.next + segments;
	f->place_mask = places - 1;
	f->ready = f->place + places;
	f->limit = boards;
	f->board = board;
	f->make_board = make_board;
	f->grow = grow;
	f->address = address;
	f->open = open;
	f->trailer = trailer;
	f->longest = longest;
	f->lowest = lowest;
	f->highest = highest;
	f->longest_message = message;
	f->peer_limit = peers < RV_FRAMES_PEERS ? peers : RV_FRAMES_PEERS;
	f->out = out;
	f->in = in;
	f->in_bytes = in_size;
	f->message = into;
	f->message_bytes = message_size;
	rv_frames_init(f);
	xsmcSetHostData(xsThis, f);
	xsmcDefine(xsThis, xsID("out"), xsArg(1), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("into"), xsArg(2), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("memory"), xsArg(3), xsDontEnum);
}

void xs_frames_add(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = rv_frames_add(f, whole(the, 0, "the address"));
	xsmcSetInteger(xsResult, place == RV_FRAMES_NONE ? -1 : place);
}

void xs_frames_remove(xsMachine *the)
{
	rv_frames *f = here(the);
	rv_frames_remove(f, place_at(the, f, 0));
}

void xs_frames_admit(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = place_at(the, f, 0);
	uint32_t seed = (uint32_t)whole(the, 1, "the seed"), counter = (uint32_t)whole(the, 2, "the counter"), now = time_at(the, 3);
	rv_frames_admit(f, place, seed, counter, now);
}

void xs_frames_join(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = place_at(the, f, 0), version = integer(the, 1, "the version", 0, 15);
	int32_t out = integer(the, 2, "a tag", -1, 65535), in = integer(the, 3, "a tag", -1, 65535);
	rv_frames_join(f, place, version, out, in);
}

void xs_frames_leave(xsMachine *the)
{
	rv_frames *f = here(the);
	rv_frames_leave(f, place_at(the, f, 0));
}

void xs_frames_fresh(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = place_at(the, f, 0);
	uint32_t counter = (uint32_t)whole(the, 1, "the counter");
	xsmcSetBoolean(xsResult, rv_frames_fresh(f->board[place], counter));
}

void xs_frames_took(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = place_at(the, f, 0);
	uint32_t counter = (uint32_t)whole(the, 1, "the counter"), now = time_at(the, 2);
	rv_frames_take_counter(f->board[place], counter);
	f->board[place]->heard = now;
}

void xs_frames_receive(xsMachine *the)
{
	rv_frames *f = here(the);
	uint64_t from = whole(the, 0, "the sender");
	int32_t count = integer(the, 1, "count", 0, INT32_MAX);
	uint32_t now = time_at(the, 2);
	xsmcSetInteger(xsResult, rv_frames_receive(f, from, count, now));
}

/* The counter of the frame that came. */
void xs_frames_incoming(xsMachine *the)
{
	const uint8_t *at = here(the)->in + 2;
	uint32_t counter = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
	if (counter > INT32_MAX)
		xsmcSetNumber(xsResult, counter);
	else
		xsmcSetInteger(xsResult, (int32_t)counter);
}

void xs_frames_opened(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t good = xsmcArgc > 0 && xsmcTest(xsArg(0)), count = integer(the, 1, "count", 0, INT32_MAX);
	uint32_t now = time_at(the, 2);
	xsmcSetInteger(xsResult, rv_frames_opened(f, good, count, now));
}

void xs_frames_take(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = rv_frames_find(f, whole(the, 0, "the sender")), taken = place == RV_FRAMES_NONE ? 0 : rv_frames_take(f, place);
	if (taken == RV_FRAMES_NO_MEMORY)
		xsRangeError("frames: no memory for a long message");
	xsmcSetInteger(xsResult, taken);
}

void xs_frames_message(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t size;
	uint8_t *bytes = block(the, 0, f->message_bytes, &size);
	xsmcSet(xsThis, xsID("memory"), xsArg(0));
	f->message = bytes;
	f->message_bytes = size;
}

/* send(to, service, buffer, offset, count, now, may): a frame as next gives it, 0, or why not. */
void xs_frames_send(xsMachine *the)
{
	rv_frames *f = here(the);
	uint64_t to = whole(the, 0, "the receiver");
	/* Programs' own arguments: the caller has the words. */
	if (xsmcTypeOf(xsArg(1)) != xsIntegerType || xsmcToInteger(xsArg(1)) < 0 || xsmcToInteger(xsArg(1)) >= SERVICES) {
		xsmcSetInteger(xsResult, NO_SERVICE);
		return;
	}
	if (xsmcTypeOf(xsArg(4)) != xsIntegerType || xsmcToInteger(xsArg(4)) < 0 || xsmcToInteger(xsArg(4)) > f->longest_message) {
		xsmcSetInteger(xsResult, NO_LENGTH);
		return;
	}
	int32_t service = xsmcToInteger(xsArg(1)), offset = integer(the, 3, "the offset", 0, INT32_MAX), count = xsmcToInteger(xsArg(4));
	uint32_t now = time_at(the, 5);
	int may = xsmcArgc > 6 && xsmcTest(xsArg(6));
	void *data;
	xsUnsignedValue size;
	if (xsmcTypeOf(xsArg(2)) != xsReferenceType)
		xsTypeError("frames: this is no buffer");
	glue_buffer(the, &xsArg(2), &data, &size, 0);
	if ((uint64_t)(uint32_t)offset + (uint32_t)count > size)
		xsRangeError("frames: %d bytes from %d leave a buffer of %d", (int)count, (int)offset, (int)size);
	int32_t place = rv_frames_find(f, to);
	if (place == RV_FRAMES_NONE || !rv_frames_push(f, place, service, (uint8_t *)data + offset, count))
		xsmcSetInteger(xsResult, NO_ROOM);
	else
		xsmcSetInteger(xsResult, may ? rv_frames_next(f, now) : 0);
}

void xs_frames_next(xsMachine *the)
{
	rv_frames *f = here(the);
	uint32_t now = time_at(the, 0);
	xsmcSetInteger(xsResult, rv_frames_next(f, now));
}

void xs_frames_write(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = place_at(the, f, 0);
	uint32_t now = time_at(the, 1);
	if (f->mac_count == RV_FRAMES_IN_MAC)
		xsRangeError("frames: the MAC is full");
	xsmcSetInteger(xsResult, rv_frames_write(f, place, now));
}

void xs_frames_enqueue(xsMachine *the)
{
	rv_frames *f = here(the);
	rv_frames_enqueue(f, place_at(the, f, 0));
}

void xs_frames_waiting(xsMachine *the)
{
	xsmcSetInteger(xsResult, here(the)->ready_count);
}

void xs_frames_unsent(xsMachine *the)
{
	rv_frames *f = here(the);
	if (f->sent_bytes)
		rv_frames_unsent(f);
	f->sent_bytes = 0;
}

void xs_frames_restart(xsMachine *the)
{
	rv_frames *f = here(the);
	f->seed = (uint32_t)whole(the, 0, "the seed");
	f->counter = 0;
}

void xs_frames_counter(xsMachine *the)
{
	uint32_t counter = here(the)->counter;
	if (counter > INT32_MAX)
		xsmcSetNumber(xsResult, counter);
	else
		xsmcSetInteger(xsResult, (int32_t)counter);
}

void xs_frames_stamp(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t version = integer(the, 0, "the version", 0, 15), type = integer(the, 1, "the type", 0, 255), end = integer(the, 2, "the end", RV_FRAMES_HEADER, f->longest - f->trailer);
	xsmcSetInteger(xsResult, rv_frames_stamp(f, version, type, end));
}

/* usePeer(address): 0 known, 1 new, -1 there is no place, 2 + the address that had to go */
void xs_frames_usePeer(xsMachine *the)
{
	rv_frames *f = here(the);
	uint64_t gone = 0, address = whole(the, 0, "the address");
	int32_t answer = rv_frames_use_peer(f, address, &gone);
	if (answer == 2 && gone != UINT64_MAX)
		xsmcSetNumber(xsResult, 2 + (xsNumberValue)gone);
	else
		xsmcSetInteger(xsResult, answer == 2 ? 1 : answer);
}

void xs_frames_forgetPeer(xsMachine *the)
{
	rv_frames *f = here(the);
	rv_frames_forget_peer(f, whole(the, 0, "the address"));
}

void xs_frames_handed(xsMachine *the)
{
	rv_frames *f = here(the);
	uint64_t address = whole(the, 0, "the address");
	rv_frames_handed(f, address, time_at(the, 1));
}

void xs_frames_full(xsMachine *the)
{
	xsmcSetBoolean(xsResult, here(the)->mac_count == RV_FRAMES_IN_MAC);
}

void xs_frames_loose(xsMachine *the)
{
	xsmcSetBoolean(xsResult, rv_frames_loose(here(the)));
}

void xs_frames_reported(xsMachine *the)
{
	rv_frames *f = here(the);
	uint64_t to = whole(the, 0, "the receiver");
	int delivered = xsmcArgc > 1 && xsmcTest(xsArg(1));
	xsmcSetBoolean(xsResult, rv_frames_reported(f, to, delivered, time_at(the, 2)));
}

void xs_frames_work(xsMachine *the)
{
	rv_frames *f = here(the);
	xsmcSetInteger(xsResult, rv_frames_work(f, time_at(the, 0)));
}

void xs_frames_look(xsMachine *the)
{
	rv_frames *f = here(the);
	xsmcSetInteger(xsResult, rv_frames_look(f, time_at(the, 0)));
}

void xs_frames_free(xsMachine *the)
{
	xsmcSetInteger(xsResult, rv_link_free(&here(the)->pool));
}

void xs_frames_idle(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t i = 0;
	while (i < f->limit && f->board[i] && !f->board[i]->link.count)
		i++;
	xsmcSetBoolean(xsResult, i == f->limit || !f->board[i]);
}

/* heard(place, now): microseconds since a frame of it came */
void xs_frames_heard(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = place_at(the, f, 0);
	xsmcSetNumber(xsResult, time_at(the, 1) - f->board[place]->heard);
}

void xs_frames_stalled(xsMachine *the)
{
	rv_frames *f = here(the);
	int32_t place = place_at(the, f, 0);
	xsmcSetInteger(xsResult, rv_link_stalled(&f->board[place]->link, time_at(the, 1)));
}

void xs_frames_roundTrip(xsMachine *the)
{
	rv_frames *f = here(the);
	xsmcSetInteger(xsResult, f->board[place_at(the, f, 0)]->link.smoothed);
}

void xs_frames_statistic(xsMachine *the)
{
	rv_frames *f = here(the);
	xsmcSetNumber(xsResult, (xsNumberValue)f->counters[integer(the, 0, "the number", 0, RV_FRAMES_COUNTERS - 1)]);
}

void xs_frames_count(xsMachine *the)
{
	rv_frames *f = here(the);
	f->counters[integer(the, 0, "the number", 0, RV_FRAMES_COUNTERS - 1)]++;
}
