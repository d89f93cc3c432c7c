/* The sending half of a link, and the pool of segments. */
#include "link.h"
#include <string.h>

enum { UNDER_WAY = 1, LOST, ARRIVED };
enum { FIRST = 16, LAST = 32, MORE = 64 };
/* Time-outs: before anything was measured, least, most. */
enum { TIMEOUT_FIRST = 40000, TIMEOUT_LEAST = 8000, TIMEOUT_MOST = 200000 };
#define HASTY 3 /* failures that the MAC reports one after another, before the link waits */
#define AT(sequence) ((sequence) & (RV_LINK_WINDOW - 1))
#define SLOT(sequence) ((sequence) & (RV_LINK_QUEUE - 1))

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
}

void rv_link_pool_init(rv_link_pool *pool, int32_t bytes, int32_t limit)
{
	pool->bytes = bytes;
	pool->limit = limit;
	pool->made = pool->free_count = 0;
}

int32_t rv_link_free(const rv_link_pool *pool)
{
	return pool->limit - pool->made + pool->free_count;
}

int32_t rv_link_pool_take(rv_link_pool *pool)
{
	if (pool->free_count)
		return pool->free[--pool->free_count];
	if (pool->made == pool->limit)
		return RV_LINK_NONE;
	uint8_t *memory = pool->make(pool->context, pool->bytes);
	if (!memory)
		return RV_LINK_NONE;
	pool->segment[pool->made] = memory;
	return pool->made++;
}

void rv_link_pool_release(rv_link_pool *pool, int32_t segment)
{
	pool->free[pool->free_count++] = (uint16_t)segment;
}

void rv_link_init(rv_link *link, int32_t longest)
{
	memset(link, 0, sizeof(*link));
	link->longest = longest;
	link->out_tag = link->in_tag = link->filled = link->chosen = -1;
	link->timeout = TIMEOUT_FIRST;
	link->first = link->last = RV_LINK_NONE;
	for (int32_t i = 0; i < RV_LINK_WINDOW; i++)
		link->early[i] = RV_LINK_NONE;
}

void rv_link_reset(rv_link *link, rv_link_pool *pool, int32_t out_tag, int32_t in_tag)
{
	for (int32_t n = 0; n < link->count; n++)
		if (n >= link->sent || link->state[AT(link->base + n)] != ARRIVED)
			rv_link_pool_release(pool, link->queue[SLOT(link->base + n)]);
	rv_link_receive_reset(link, pool);
	uint8_t *assembly = link->assembly;
	int32_t capacity = link->capacity;
	rv_link_init(link, link->longest);
	link->assembly = assembly;
	link->capacity = capacity;
	link->out_tag = out_tag;
	link->in_tag = in_tag;
}

/* Puts a whole message behind what a waiting segment holds: its last chunk gets a length. */
static int32_t append(rv_link_pool *pool, int32_t segment, int32_t service, const uint8_t *bytes, int32_t count)
{
	int32_t last = pool->last_chunk[segment], end = pool->length[segment];
	if (last == RV_LINK_NONE || end + 3 + count > pool->bytes)
		return 0;
	uint8_t *into = pool->segment[segment];
	memmove(into + last + 3, into + last + 1, (size_t)(end - last - 1));
	into[last] |= MORE;
	put16(into + last + 1, (uint32_t)(end - last - 1));
	into[end + 2] = (uint8_t)(service | FIRST | LAST);
	memcpy(into + end + 3, bytes, (size_t)count);
	pool->last_chunk[segment] = (uint16_t)(end + 2);
	pool->length[segment] = (uint16_t)(end + 3 + count);
	return 1;
}

/* Fills an empty segment from bytes[start] on. Returns where the rest of the message begins. */
static int32_t fill(rv_link_pool *pool, int32_t segment, int32_t service, const uint8_t *bytes, int32_t start, int32_t count)
{
	uint8_t *into = pool->segment[segment];
	int32_t whole = start == 0 && count < pool->bytes, at = start == 0 && !whole ? 3 : 1, end = start + pool->bytes - at;
	if (end > count)
		end = count;
	into[0] = (uint8_t)(service | (start == 0 ? FIRST : 0) | (end == count ? LAST : 0));
	if (at == 3)
		put16(into + 1, (uint32_t)count);
	memcpy(into + at, bytes + start, (size_t)(end - start));
	pool->length[segment] = (uint16_t)(at + end - start);
	pool->last_chunk[segment] = whole ? 0 : RV_LINK_NONE;
	return end;
}

int32_t rv_link_push(rv_link *link, rv_link_pool *pool, int32_t service, const uint8_t *bytes, int32_t count)
{
	int32_t needed = count < pool->bytes ? 1 : 1 + (count - (pool->bytes - 3) + pool->bytes - 2) / (pool->bytes - 1);
	if (needed == 1 && link->count > link->sent && append(pool, link->queue[SLOT(link->base + link->count - 1)], service, bytes, count))
		return 1;
	if (link->count + needed > RV_LINK_QUEUE || rv_link_free(pool) < needed + RV_LINK_RESERVE)
		return 0;
	uint16_t before = link->count;
	for (int32_t at = 0, i = 0; i < needed; i++) {
		int32_t segment = rv_link_pool_take(pool);
		if (segment == RV_LINK_NONE) {
			while (link->count > before)
				rv_link_pool_release(pool, link->queue[SLOT(link->base + --link->count)]);
			return 0;
		}
		at = fill(pool, segment, service, bytes, at, count);
		link->queue[SLOT(link->base + link->count++)] = (uint16_t)segment;
	}
	return 1;
}

/* Sequence of what is to be sent now, or -1. */
static int32_t next_segment(const rv_link *link)
{
	for (int32_t i = 0; link->lost && i < link->sent; i++)
		if (link->state[AT(link->base + i)] == LOST)
			return (link->base + i) & 0xFFFF;
	return link->sent < link->count && link->sent < RV_LINK_WINDOW ? (link->base + link->sent) & 0xFFFF : -1;
}

int32_t rv_link_wants(const rv_link *link, uint32_t now)
{
	return next_segment(link) >= 0 || (link->has_due && (int32_t)(now - link->due) >= 0);
}

int32_t rv_link_write(rv_link *link, const rv_link_pool *pool, uint8_t *body, int32_t room)
{
	int32_t sequence = next_segment(link), segment = sequence < 0 ? 0 : link->queue[SLOT(sequence)];
	int32_t bytes = sequence < 0 ? RV_LINK_SEQUENCE : RV_LINK_CHUNKS + pool->length[segment];
	if (bytes > room)
		return 0;
	link->chosen = sequence;
	put16(body + RV_LINK_TAG, (uint32_t)link->out_tag);
	put16(body + RV_LINK_ACK, link->next);
	put16(body + RV_LINK_BITMAP, link->bitmap);
	put16(body + RV_LINK_BITMAP + 2, link->bitmap >> 16);
	if (sequence >= 0) {
		put16(body + RV_LINK_SEQUENCE, (uint32_t)sequence);
		memcpy(body + RV_LINK_CHUNKS, pool->segment[segment], pool->length[segment]);
	}
	return bytes;
}

int32_t rv_link_sent(rv_link *link, uint32_t now)
{
	link->had_unacknowledged = link->unacknowledged;
	link->had_due = link->has_due;
	link->unacknowledged = 0;
	link->has_due = 0;
	if (link->chosen < 0)
		return 0;
	int32_t i = AT(link->chosen);
	if (((link->chosen - link->base) & 0xFFFF) == link->sent) {
		if (link->sent++ == 0)
			link->progress_at = now;
		link->tries[i] = 0;
	}
	else
		link->lost--;
	link->state[i] = UNDER_WAY;
	link->sent_at[i] = now;
	int32_t before = link->tries[i];
	if (before < 255)
		link->tries[i]++;
	return before;
}

static void lose(rv_link *link, int32_t i)
{
	link->state[i] = LOST;
	link->lost++;
}

void rv_link_unsent(rv_link *link)
{
	link->unacknowledged = (uint16_t)link->had_unacknowledged;
	link->has_due = link->had_due;
	if (link->chosen < 0)
		return;
	lose(link, AT(link->chosen));
	link->tries[AT(link->chosen)]--;
}

void rv_link_reported(rv_link *link, int32_t sequence, int32_t tries, int32_t delivered)
{
	int32_t i = AT(sequence);
	if (delivered)
		link->hasty = 0;
	else if (((sequence - link->base) & 0xFFFF) < link->sent && link->state[i] == UNDER_WAY && link->tries[i] == tries && link->hasty < HASTY) {
		link->hasty++;
		lose(link, i);
	}
}

/* RFC 6298 in integers, for a frame that was sent once (Karn's rule). */
static void sample(rv_link *link, int32_t microseconds)
{
	if (link->smoothed == 0) {
		link->smoothed = microseconds > 1 ? microseconds : 1;
		link->variation = microseconds >> 1;
	}
	else {
		int32_t error = microseconds - link->smoothed;
		link->variation += ((error < 0 ? -error : error) - link->variation) >> 2;
		link->smoothed += error >> 3;
		if (link->smoothed < 1)
			link->smoothed = 1;
	}
	/* The receiver may keep an acknowledgement back for as long as the variation shows. */
	int32_t slack = link->variation << 2, timeout = link->smoothed + (slack > 5000 ? slack : 5000);
	link->timeout = timeout < TIMEOUT_LEAST ? TIMEOUT_LEAST : timeout > TIMEOUT_MOST ? TIMEOUT_MOST : timeout;
	link->doublings = 0;
}

static int32_t timeout_of(const rv_link *link)
{
	int32_t timeout = link->timeout << link->doublings;
	return timeout > TIMEOUT_MOST ? TIMEOUT_MOST : timeout;
}

/* Returns whether that is news; then `latest` is at least when it was sent. */
static int32_t arrived(rv_link *link, rv_link_pool *pool, int32_t sequence, uint32_t now, uint32_t *latest, int32_t *any)
{
	int32_t i = AT(sequence);
	if (link->state[i] == ARRIVED)
		return 0;
	if (link->state[i] == LOST)
		link->lost--;
	uint32_t took = now - link->sent_at[i];
	if (link->tries[i] == 1)
		sample(link, took > 10000000 ? 10000000 : (int32_t)took);
	/*
	 * Sent again, and an answer to that: it was needed. One that comes too quickly answers an earlier sending: the channel delays more
	 * than was known, and waiting longer stays right.
	 */
	else if (link->smoothed > 0 && took >= (uint32_t)link->smoothed >> 1)
		link->doublings = 0;
	link->state[i] = ARRIVED;
	rv_link_pool_release(pool, link->queue[SLOT(sequence)]);
	if (!*any || (int32_t)(link->sent_at[i] - *latest) > 0)
		*latest = link->sent_at[i];
	*any = 1;
	return 1;
}

/* `next`: what the peer waits for; bit i of `bitmap`: next + 1 + i arrived. Returns whether anything is news. */
int32_t rv_link_acknowledged(rv_link *link, rv_link_pool *pool, uint16_t next, uint32_t bitmap, uint32_t now)
{
	int32_t through = (next - link->base) & 0xFFFF, any = 0, beyond = -1;
	uint32_t latest = 0;
	/* Late ones say nothing new; nobody sends others. */
	if (through > link->sent)
		return 0;
	int32_t news = through > 0;
	for (int32_t n = 0; n < through; n++) {
		arrived(link, pool, link->base + n, now, &latest, &any);
		link->state[AT(link->base + n)] = 0;
	}
	link->base = next;
	link->count -= (uint16_t)through;
	link->sent -= (uint16_t)through;
	for (int32_t n = 1; bitmap && n < link->sent; n++, bitmap >>= 1)
		if (bitmap & 1) {
			news |= arrived(link, pool, next + n, now, &latest, &any);
			beyond = n;
		}
	for (int32_t n = 0; any && n < beyond; n++) {
		int32_t i = AT(next + n), earlier = (int32_t)(latest - link->sent_at[i]);
		if (link->state[i] == UNDER_WAY && earlier > 0 && (beyond - n >= 3 || earlier > link->smoothed >> 2))
			lose(link, i);
	}
	if (news) {
		link->hasty = 0;
		link->progress_at = now;
	}
	return news;
}

int32_t rv_link_deadline(const rv_link *link, uint32_t now)
{
	int32_t best = -1, timeout = timeout_of(link);
	for (int32_t n = 0; n < link->sent; n++) {
		int32_t i = AT(link->base + n);
		if (link->state[i] != UNDER_WAY)
			continue;
		int32_t left = (int32_t)(link->sent_at[i] + (uint32_t)timeout - now);
		if (best < 0 || left < best)
			best = left < 0 ? 0 : left;
	}
	if (link->has_due) {
		int32_t left = (int32_t)(link->due - now);
		if (best < 0 || left < best)
			best = left < 0 ? 0 : left;
	}
	return best;
}

void rv_link_expire(rv_link *link, uint32_t now)
{
	int32_t timeout = timeout_of(link), any = 0;
	for (int32_t n = 0; n < link->sent; n++) {
		int32_t i = AT(link->base + n);
		if (link->state[i] == UNDER_WAY && (int32_t)(now - link->sent_at[i]) >= timeout) {
			lose(link, i);
			any = 1;
		}
	}
	if (any) {
		if (link->doublings < 5)
			link->doublings++;
		link->hasty = 0;
	}
}

int32_t rv_link_stalled(const rv_link *link, uint32_t now)
{
	int32_t since = (int32_t)(now - link->progress_at);
	return link->sent == 0 || since < 0 ? 0 : since;
}
