/* Frames that came: anything may be in them. */
#include "frames.h"
#include "crc32.h"
#include <string.h>

enum { FLAGS = 15 };

static int32_t dropped(rv_frames *f, int32_t counter)
{
	f->counters[counter]++;
	return RV_FRAMES_DROPPED;
}

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static int32_t took(rv_frames *f, int32_t place, int32_t count, uint32_t now);

int32_t rv_frames_receive(rv_frames *f, uint64_t from, int32_t count, uint32_t now)
{
	const uint8_t *frame = f->in;
	f->opening = -1;
	f->counters[RV_FRAMES_RECEIVED]++;
	f->counters[RV_FRAMES_RECEIVED_BYTES] += (uint32_t)count;
	if (count - f->trailer <= RV_FRAMES_HEADER || count > f->in_bytes || frame[0] & FLAGS)
		return dropped(f, RV_FRAMES_MALFORMED);
	int32_t version = frame[0] >> 4, type = frame[1], stranger = type == RV_FRAME_HELLO || type == RV_FRAME_AUTH;
	if (stranger ? version != 0 : version < f->lowest || version > f->highest)
		return dropped(f, RV_FRAMES_UNKNOWN_VERSION);
	if (from == f->address)
		return dropped(f, RV_FRAMES_FORGED);
	if (stranger)
		return RV_FRAMES_STRANGER;
	int32_t place = rv_frames_find(f, from);
	rv_frames_board *board = place == RV_FRAMES_NONE ? NULL : f->board[place];
	if (!board || !board->admitted)
		return dropped(f, RV_FRAMES_UNKNOWN_SENDER);
	if (!rv_frames_fresh(board, get32(frame + 2)))
		return dropped(f, RV_FRAMES_REPLAYED);
	if (!f->open) {
		f->opening = place;
		return RV_FRAMES_SEALED;
	}
	int32_t end = count - f->trailer;
	if (get32(frame + end) != crc32_bytes(board->seed, frame, (uint32_t)end))
		return dropped(f, RV_FRAMES_FORGED);
	return took(f, place, count, now);
}

int32_t rv_frames_opened(rv_frames *f, int32_t good, int32_t count, uint32_t now)
{
	int32_t place = f->opening;
	f->opening = -1;
	if (!good || place < 0 || count > f->in_bytes || count - f->trailer <= RV_FRAMES_HEADER)
		return dropped(f, RV_FRAMES_FORGED);
	return took(f, place, count, now);
}

static int32_t took(rv_frames *f, int32_t place, int32_t count, uint32_t now)
{
	const uint8_t *frame = f->in;
	rv_frames_board *board = f->board[place];
	int32_t type = frame[1];
	rv_frames_take_counter(board, get32(frame + 2));
	board->heard = now;
	if (type != RV_FRAME_DATA && type != RV_FRAME_ACKNOWLEDGE) {
		if (type < RV_FRAME_BROADCAST || type > RV_FRAME_HEARD || (type == RV_FRAME_BROADCAST && frame[RV_FRAMES_HEADER] > 15))
			return dropped(f, RV_FRAMES_MALFORMED);
		return RV_FRAMES_OTHER;
	}
	rv_link *link = &board->link;
	int32_t found = rv_link_read(link, &f->pool, frame + RV_FRAMES_HEADER, count - f->trailer - RV_FRAMES_HEADER, type == RV_FRAME_DATA, now), flags = 0;
	if (found & RV_LINK_MALFORMED)
		return dropped(f, RV_FRAMES_MALFORMED);
	if (found & RV_LINK_STRANGE)
		return dropped(f, RV_FRAMES_UNKNOWN_SENDER);
	f->traffic++;
	if (found & RV_LINK_DUPLICATE)
		f->counters[RV_FRAMES_DUPLICATES]++;
	if (found & RV_LINK_NEWS)
		flags |= RV_FRAMES_NEWS;
	if (rv_link_wants(link, now)) {
		rv_frames_enqueue(f, place);
		flags |= RV_FRAMES_SEND;
	}
	if (rv_frames_consider(f, link, now))
		flags |= RV_FRAMES_ALARM;
	if (found & RV_LINK_MESSAGES) {
		int32_t message = rv_frames_take(f, place);
		flags |= message < 0 ? RV_FRAMES_MORE : message;
	}
	return flags;
}

int32_t rv_frames_take(rv_frames *f, int32_t place)
{
	rv_link *link = &f->board[place]->link;
	int32_t service, waiting;
	const uint8_t *bytes;
	for (;;) {
		int32_t count = rv_link_take(link, &f->pool, &service, &bytes);
		if (count == RV_LINK_EMPTY)
			return 0;
		if (count == RV_LINK_BAD)
			f->counters[RV_FRAMES_MALFORMED]++;
		else if (count == RV_LINK_ROOM) {
			if (link->total > f->message_bytes)
				return RV_FRAMES_ROOM - link->total;
			uint8_t *assembly = f->grow(f->pool.context, link->assembly, link->total);
			if (!assembly)
				return RV_FRAMES_NO_MEMORY;
			link->assembly = assembly;
			link->capacity = link->total;
		}
		else {
			memcpy(f->message, bytes, (size_t)count);
			waiting = rv_link_waits(link, &f->pool);
			return RV_FRAMES_MESSAGE | (waiting ? RV_FRAMES_MORE : 0) | service << RV_FRAMES_SERVICE | count << RV_FRAMES_LENGTH;
		}
	}
}
