/* The receiving half of a link: order, duplicates, what to acknowledge, and messages put together again. */
#include "link.h"
#include <string.h>

enum { FIRST = 16, LAST = 32, MORE = 64 };
/* Messages after which an acknowledgement goes at once, and microseconds for which it may wait for company. */
enum { EVERY = 4, DELAY = 5000 };
#define AT(sequence) ((sequence) & (RV_LINK_WINDOW - 1))

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static void due(rv_link *link, uint32_t at)
{
	if (!link->has_due || (int32_t)(at - link->due) < 0)
		link->due = at;
	link->has_due = 1;
}

static void line_up(rv_link *link, rv_link_pool *pool, int32_t segment)
{
	pool->next[segment] = RV_LINK_NONE;
	if (link->first == RV_LINK_NONE) {
		link->first = (uint16_t)segment;
		link->cursor = 0;
	}
	else
		pool->next[link->last] = (uint16_t)segment;
	link->last = (uint16_t)segment;
}

/* A copy of a frame's segment in the pool. */
static int32_t keep(rv_link_pool *pool, const uint8_t *chunks, int32_t count)
{
	int32_t segment = rv_link_pool_take(pool);
	if (segment != RV_LINK_NONE) {
		memcpy(pool->segment[segment], chunks, (size_t)count);
		pool->length[segment] = (uint16_t)count;
	}
	return segment;
}

static int32_t segment_came(rv_link *link, rv_link_pool *pool, uint16_t sequence, const uint8_t *chunks, int32_t count, uint32_t now)
{
	int32_t ahead = (sequence - link->next) & 0xFFFF;
	if (ahead > RV_LINK_WINDOW) {
		if (ahead < 0x8000)
			return 0;
		due(link, now);
		return RV_LINK_DUPLICATE;
	}
	if (ahead && link->bitmap >> (ahead - 1) & 1) {
		due(link, now);
		return RV_LINK_DUPLICATE;
	}
	/* What came early must leave room for what it waits for, or a full pool would wait for ever. */
	int32_t segment = ahead && rv_link_free(pool) <= RV_LINK_RESERVE / 2 ? RV_LINK_NONE : keep(pool, chunks, count);
	if (ahead)
		due(link, now);
	if (segment == RV_LINK_NONE)
		return 0;
	if (ahead) {
		link->early[AT(sequence)] = (uint16_t)segment;
		link->bitmap |= 1u << (ahead - 1);
		return 0;
	}
	due(link, ++link->unacknowledged >= EVERY || link->bitmap ? now : now + DELAY);
	for (;;) {
		line_up(link, pool, segment);
		int32_t present = link->bitmap & 1;
		link->next++;
		link->bitmap >>= 1;
		if (!present)
			return RV_LINK_MESSAGES;
		segment = link->early[AT(link->next)];
		link->early[AT(link->next)] = RV_LINK_NONE;
	}
}

int32_t rv_link_read(rv_link *link, rv_link_pool *pool, const uint8_t *body, int32_t bytes, int32_t data, uint32_t now)
{
	if (data ? bytes <= RV_LINK_CHUNKS || bytes - RV_LINK_CHUNKS > pool->bytes : bytes != RV_LINK_SEQUENCE)
		return RV_LINK_MALFORMED;
	if (get16(body + RV_LINK_TAG) != link->in_tag)
		return RV_LINK_STRANGE;
	/* One side never admits anew without the other, so the tag is enough for what is acknowledged, too. */
	int32_t found = 0;
	if (rv_link_acknowledged(link, pool, get16(body + RV_LINK_ACK), get16(body + RV_LINK_BITMAP) | (uint32_t)get16(body + RV_LINK_BITMAP + 2) << 16, now))
		found |= RV_LINK_NEWS;
	return data ? found | segment_came(link, pool, get16(body + RV_LINK_SEQUENCE), body + RV_LINK_CHUNKS, bytes - RV_LINK_CHUNKS, now) : found;
}

static void drop_first(rv_link *link, rv_link_pool *pool)
{
	int32_t segment = link->first;
	link->first = pool->next[segment];
	link->cursor = 0;
	rv_link_pool_release(pool, segment);
}

static int32_t bad(rv_link *link, rv_link_pool *pool)
{
	drop_first(link, pool);
	return RV_LINK_BAD;
}

/*
 * A chunk: head u8 (service in bits 0 to 3, FIRST, LAST, MORE chunks follow), its length u16 if more follow, the length of the whole
 * message u16 if it is the first of several, bytes. The last chunk of a segment ends with it. A segment is let go at the call behind
 * its last message, which may still be read.
 */
int32_t rv_link_take(rv_link *link, rv_link_pool *pool, int32_t *service, const uint8_t **bytes)
{
	while (link->first != RV_LINK_NONE) {
		const uint8_t *segment = pool->segment[link->first];
		int32_t count = pool->length[link->first], at = link->cursor;
		if (at >= count) {
			drop_first(link, pool);
			continue;
		}
		int32_t head = segment[at++], whole = (head & (FIRST | LAST)) == (FIRST | LAST), end = count, total = 0;
		if (head & 128)
			return bad(link, pool);
		if (head & MORE) {
			if (at + 2 > count)
				return bad(link, pool);
			end = at + 2 + get16(segment + at);
			at += 2;
		}
		if (head & FIRST && !whole) {
			if (at + 2 > count)
				return bad(link, pool);
			total = get16(segment + at);
			at += 2;
		}
		if (end > count || at > end)
			return bad(link, pool);
		*service = head & 15;
		if (whole) {
			link->cursor = end;
			*bytes = segment + at;
			return end - at;
		}
		if (head & FIRST) {
			if (total > link->longest)
				return bad(link, pool);
			link->total = total;
			if (total > link->capacity)
				return RV_LINK_ROOM;
			link->filled = 0;
		}
		if (link->filled < 0 || link->filled + end - at > link->total)
			return bad(link, pool);
		memcpy(link->assembly + link->filled, segment + at, (size_t)(end - at));
		link->filled += end - at;
		link->cursor = end;
		if (!(head & LAST))
			continue;
		int32_t good = link->filled == link->total;
		link->filled = -1;
		if (!good)
			return bad(link, pool);
		*bytes = link->assembly;
		return link->total;
	}
	return RV_LINK_EMPTY;
}

int32_t rv_link_waits(rv_link *link, rv_link_pool *pool)
{
	while (link->first != RV_LINK_NONE && link->cursor >= pool->length[link->first])
		drop_first(link, pool);
	return link->first != RV_LINK_NONE;
}

void rv_link_receive_reset(rv_link *link, rv_link_pool *pool)
{
	for (int32_t i = 0; i < RV_LINK_WINDOW; i++)
		if (link->early[i] != RV_LINK_NONE)
			rv_link_pool_release(pool, link->early[i]);
	while (link->first != RV_LINK_NONE)
		drop_first(link, pool);
}
