/* Links between boards: native/link.h on memory of this glue's own. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "link.h"

enum { MOST_BYTES = 4096, MOST_SEGMENTS = 4096, MOST_MESSAGE = 65535 };

typedef struct {
	rv_link link;
	rv_link_pool *pool;
	/* A message that was too long for the buffer that was offered. */
	const uint8_t *waiting;
	int32_t count, service;
} link_record;

static uint8_t *make_segment(void *context, int32_t bytes)
{
	(void)context;
	return malloc((size_t)bytes);
}

void xs_link_pool_destructor(void *data)
{
	rv_link_pool *pool = data;
	if (!pool)
		return;
	for (int32_t i = 0; i < pool->made; i++)
		free(pool->segment[i]);
	free(pool->segment);
	free(pool);
}

void xs_link_destructor(void *data)
{
	link_record *record = data;
	if (record)
		free(record->link.assembly);
	free(record);
}

static int32_t integer(xsMachine *the, int at, const char *name, int32_t low, int32_t high)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1e9;
	if (!(value >= low && value <= high) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("link: %s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return (int32_t)value;
}

void xs_link_pool_constructor(xsMachine *the)
{
	glue_check_new(the, xs_link_pool_destructor, "LinkPool");
	int32_t bytes = integer(the, 0, "bytes", 16, MOST_BYTES), limit = integer(the, 1, "segments", 1, MOST_SEGMENTS);
	rv_link_pool *pool = calloc(1, sizeof(*pool) + 8 * (size_t)limit);
	uint8_t **segments = calloc((size_t)limit, sizeof(*segments));
	if (!pool || !segments) {
		free(pool);
		free(segments);
		xsRangeError("link: no memory for %d segments", (int)limit);
	}
	pool->free = (uint16_t *)(void *)(pool + 1);
	pool->length = pool->free + limit;
	pool->last_chunk = pool->length + limit;
	pool->next = pool->last_chunk + limit;
	pool->segment = segments;
	pool->make = make_segment;
	rv_link_pool_init(pool, bytes, limit);
	xsmcSetHostData(xsThis, pool);
}

void xs_link_pool_free(xsMachine *the)
{
	xsmcSetInteger(xsResult, rv_link_free(glue_host(the, xs_link_pool_destructor, "LinkPool")));
}

void xs_link_constructor(xsMachine *the)
{
	glue_check_new(the, xs_link_destructor, "Link");
	int32_t longest = integer(the, 1, "the longest message", 1, MOST_MESSAGE);
	if (xsmcTypeOf(xsArg(0)) != xsReferenceType || fxGetHostDestructor(the, &xsArg(0)) != xs_link_pool_destructor || !xsmcGetHostData(xsArg(0)))
		xsTypeError("Link: a LinkPool is needed");
	link_record *record = calloc(1, sizeof(*record));
	if (!record)
		xsRangeError("link: no memory");
	rv_link_init(&record->link, longest);
	record->pool = xsmcGetHostData(xsArg(0));
	xsmcSetHostData(xsThis, record);
	xsmcDefine(xsThis, xsID("pool"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
}

static link_record *here(xsMachine *the)
{
	return glue_host(the, xs_link_destructor, "Link");
}

/* Microseconds modulo 2^32. */
static uint32_t time_at(xsMachine *the, int at)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1;
	if (!(value >= 0 && value < 9007199254740992.0))
		xsRangeError("link: that is no time");
	return (uint32_t)(uint64_t)value;
}

/* The buffer at `at`, with `count` bytes from an offset; numbers were read before: converting them may move buffers. */
static uint8_t *bytes_at(xsMachine *the, int at, int32_t offset, int32_t count, int writable)
{
	void *data;
	xsUnsignedValue size;
	if (xsmcArgc <= at || xsmcTypeOf(xsArg(at)) != xsReferenceType)
		xsTypeError("link: this is no buffer");
	glue_buffer(the, &xsArg(at), &data, &size, writable);
	if ((uint64_t)(uint32_t)offset + (uint32_t)count > size)
		xsRangeError("link: %d bytes from %d leave a buffer of %d", (int)count, (int)offset, (int)size);
	return (uint8_t *)data + offset;
}

/* reset(outTag, inTag) */
void xs_link_reset(xsMachine *the)
{
	link_record *record = here(the);
	int32_t out = integer(the, 0, "a tag", -1, 65535), in = integer(the, 1, "a tag", -1, 65535);
	record->waiting = NULL;
	rv_link_reset(&record->link, record->pool, out, in);
}

/* push(service, buffer, offset, count) */
void xs_link_push(xsMachine *the)
{
	link_record *record = here(the);
	int32_t service = integer(the, 0, "the service", 0, 15), offset = integer(the, 2, "the offset", 0, INT32_MAX), count = integer(the, 3, "count", 0, record->link.longest);
	const uint8_t *bytes = bytes_at(the, 1, offset, count, 0);
	xsmcSetBoolean(xsResult, rv_link_push(&record->link, record->pool, service, bytes, count));
}

void xs_link_wants(xsMachine *the)
{
	link_record *record = here(the);
	uint32_t now = time_at(the, 0);
	xsmcSetBoolean(xsResult, rv_link_wants(&record->link, now));
}

/* write(buffer, offset, room) */
void xs_link_write(xsMachine *the)
{
	link_record *record = here(the);
	int32_t offset = integer(the, 1, "the offset", 0, INT32_MAX), room = integer(the, 2, "the room", RV_LINK_SEQUENCE, INT32_MAX);
	uint8_t *body = bytes_at(the, 0, offset, room, 1);
	xsmcSetInteger(xsResult, rv_link_write(&record->link, record->pool, body, room));
}

/* sent(now): tries << 16 | sequence, or -1 */
void xs_link_sent(xsMachine *the)
{
	link_record *record = here(the);
	uint32_t now = time_at(the, 0);
	int32_t before = rv_link_sent(&record->link, now), sequence = record->link.chosen;
	xsmcSetInteger(xsResult, sequence < 0 ? -1 : before << 16 | sequence);
}

/* reported(sequence, tries, delivered) */
void xs_link_reported(xsMachine *the)
{
	link_record *record = here(the);
	int32_t sequence = integer(the, 0, "the sequence", 0, 65535), tries = integer(the, 1, "tries", 0, 256);
	rv_link_reported(&record->link, sequence, tries, xsmcArgc > 2 && xsmcTest(xsArg(2)));
}

/* read(buffer, offset, count, data, now) */
void xs_link_read(xsMachine *the)
{
	link_record *record = here(the);
	int32_t offset = integer(the, 1, "the offset", 0, INT32_MAX), count = integer(the, 2, "count", 0, INT32_MAX);
	uint32_t now = time_at(the, 4);
	int data = xsmcTest(xsArg(3));
	const uint8_t *body = bytes_at(the, 0, offset, count, 0);
	xsmcSetInteger(xsResult, rv_link_read(&record->link, record->pool, body, count, data, now));
}

/* take(buffer, offset, room): count << 4 | service; -1: nothing; -2: a bad segment; below: -2 - the bytes that are needed */
void xs_link_take(xsMachine *the)
{
	link_record *record = here(the);
	int32_t offset = integer(the, 1, "the offset", 0, INT32_MAX), room = integer(the, 2, "the room", 1, INT32_MAX), count = record->count;
	uint8_t *into = bytes_at(the, 0, offset, room, 1);
	rv_link *link = &record->link;
	while (!record->waiting) {
		const uint8_t *bytes;
		count = rv_link_take(link, record->pool, &record->service, &bytes);
		if (count >= 0)
			record->waiting = bytes;
		else if (count != RV_LINK_ROOM) {
			xsmcSetInteger(xsResult, count);
			return;
		}
		else {
			uint8_t *assembly = realloc(link->assembly, (size_t)link->total);
			if (!assembly)
				xsRangeError("link: no memory for a message of %d bytes", (int)link->total);
			link->assembly = assembly;
			link->capacity = link->total;
		}
	}
	record->count = count;
	if (count > room) {
		xsmcSetInteger(xsResult, -2 - count);
		return;
	}
	memcpy(into, record->waiting, (size_t)count);
	record->waiting = NULL;
	xsmcSetInteger(xsResult, count << 4 | record->service);
}

void xs_link_deadline(xsMachine *the)
{
	link_record *record = here(the);
	uint32_t now = time_at(the, 0);
	xsmcSetInteger(xsResult, rv_link_deadline(&record->link, now));
}

void xs_link_expire(xsMachine *the)
{
	link_record *record = here(the);
	uint32_t now = time_at(the, 0);
	rv_link_expire(&record->link, now);
}

void xs_link_stalled(xsMachine *the)
{
	link_record *record = here(the);
	uint32_t now = time_at(the, 0);
	xsmcSetInteger(xsResult, rv_link_stalled(&record->link, now));
}

void xs_link_roundTrip(xsMachine *the)
{
	xsmcSetInteger(xsResult, here(the)->link.smoothed);
}

void xs_link_idle(xsMachine *the)
{
	xsmcSetBoolean(xsResult, here(the)->link.count == 0);
}
