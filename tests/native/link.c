/*
 * Links over a channel that loses, repeats, reorders and delays frames, against the list of what was sent: each message arrives once,
 * in order, with its bytes; segments are neither lost nor given twice. Then any bytes as frames, full pools, all lengths, ends of numbers.
 */
#include "check.h"
#include "link.h"

enum { MOST_MESSAGES = 4000, FRAMES = 64, LONGEST = 3000 };

typedef struct {
	rv_link_pool pool;
	uint16_t arrays[4 * 256];
	uint8_t *segments[256];
	int32_t refuse; /* calls until memory runs out; -1: never */
} store;

static uint8_t *make(void *context, int32_t bytes)
{
	store *s = context;
	return s->refuse >= 0 && s->refuse-- == 0 ? NULL : allocate((size_t)bytes);
}

static void open_store(store *s, int32_t bytes, int32_t limit)
{
	memset(s, 0, sizeof(*s));
	s->pool.free = s->arrays;
	s->pool.length = s->arrays + limit;
	s->pool.last_chunk = s->arrays + 2 * limit;
	s->pool.next = s->arrays + 3 * limit;
	s->pool.segment = s->segments;
	s->pool.make = make;
	s->pool.context = s;
	s->refuse = -1;
	rv_link_pool_init(&s->pool, bytes, limit);
}

static void close_store(store *s)
{
	for (int32_t i = 0; i < s->pool.made; i++)
		free(s->segments[i]);
}

/* Each segment that was made is free or in one place of one link. */
static int whole(const store *s, const rv_link *const *links, int count)
{
	uint8_t seen[256] = { 0 };
	int32_t used = 0;
	for (int32_t i = 0; i < s->pool.free_count; i++)
		if (seen[s->pool.free[i]]++)
			return 0;
	for (int l = 0; l < count; l++) {
		const rv_link *link = links[l];
		for (int32_t n = 0; n < link->count; n++)
			if (n >= link->sent || link->state[(link->base + n) % RV_LINK_WINDOW] != 3) {
				used++;
				if (seen[link->queue[(link->base + n) % RV_LINK_QUEUE]]++)
					return 0;
			}
		for (int i = 0; i < RV_LINK_WINDOW; i++)
			if (link->early[i] != RV_LINK_NONE) {
				used++;
				if (seen[link->early[i]]++)
					return 0;
			}
		for (int32_t at = link->first; at != RV_LINK_NONE; at = s->pool.next[at]) {
			used++;
			if (seen[at]++)
				return 0;
		}
	}
	return s->pool.free_count + used == s->pool.made;
}

/* The n-th message of a direction: its length and bytes follow from the seed of the run. */
static int32_t longest_sent = LONGEST;

static int32_t length_of(uint32_t seed, int32_t n)
{
	uint32_t x = (seed + (uint32_t)n * 2654435761u) * 2246822519u;
	x ^= x >> 15;
	int32_t usual = longest_sent < 230 ? longest_sent : 230;
	return (int32_t)(x >> 8) % (x % 16 == 0 ? longest_sent : x % 4 == 0 ? 8 : usual);
}

static uint8_t byte_of(uint32_t seed, int32_t n, int32_t i)
{
	return (uint8_t)(seed + (uint32_t)n * 31 + (uint32_t)i * 7);
}

typedef struct {
	rv_link link;
	store *store;
	uint32_t seed;
	int32_t wanted, pushed, arrived;
} end;

typedef struct {
	uint32_t at;
	int used, to, data;
	int32_t bytes;
	uint8_t body[256];
} frame;

static frame air[FRAMES];

static void take_all(end *e, end *from)
{
	for (;;) {
		int32_t service = -1, count;
		const uint8_t *bytes;
		count = rv_link_take(&e->link, &e->store->pool, &service, &bytes);
		if (count == RV_LINK_ROOM) {
			free(e->link.assembly);
			e->link.assembly = allocate((size_t)e->link.total);
			e->link.capacity = e->link.total;
			continue;
		}
		if (count < 0) {
			CHECK(count == RV_LINK_EMPTY, "answer %d", count);
			return;
		}
		int32_t n = e->arrived++, good = count == length_of(from->seed, n) && service == (n & 15) && n < from->pushed;
		for (int32_t i = 0; good && i < count; i++)
			good = bytes[i] == byte_of(from->seed, n, i);
		CHECK(good, "message %d has %d bytes, not %d; service %d", n, count, length_of(from->seed, n), service);
		if (below(4) == 0)
			CHECK(!rv_link_waits(&e->link, &e->store->pool) || e->link.first != RV_LINK_NONE, "waits");
	}
}

static void push_some(end *e)
{
	uint8_t bytes[LONGEST];
	while (e->pushed < e->wanted && below(8)) {
		int32_t n = e->pushed, count = length_of(e->seed, n), before = rv_link_free(&e->store->pool), queued = e->link.count;
		for (int32_t i = 0; i < count; i++)
			bytes[i] = byte_of(e->seed, n, i);
		if (!rv_link_push(&e->link, &e->store->pool, n & 15, bytes, count)) {
			CHECK(rv_link_free(&e->store->pool) == before && e->link.count == queued, "what is refused changes nothing");
			return;
		}
		e->pushed++;
	}
}

/* Sends what is due; the MAC reports at once, late or never, truly or not. */
static void send_due(end *e, int to, uint32_t now, int loss)
{
	for (int sent = 0; sent < 6 && rv_link_wants(&e->link, now); sent++) {
		frame f = { 0 };
		f.bytes = rv_link_write(&e->link, &e->store->pool, f.body, e->store->pool.bytes + RV_LINK_CHUNKS);
		CHECK(f.bytes > 0, "a frame");
		int32_t sequence = e->link.chosen, tries = rv_link_sent(&e->link, now) + 1;
		if (below(20) == 0) {
			rv_link_unsent(&e->link);
			CHECK(rv_link_wants(&e->link, now) || sequence < 0, "what was not sent is sent next");
			return;
		}
		int lost = (int)below(100) < loss;
		f.data = sequence >= 0;
		f.to = to;
		f.used = 1;
		for (uint32_t copies = lost ? 0 : below(12) ? 1 : 2; copies; copies--)
			for (int i = 0; i < FRAMES; i++)
				if (!air[i].used) {
					f.at = now + (below(10) ? 500 : below(20000));
					air[i] = f;
					break;
				}
		if (sequence >= 0 && below(3))
			rv_link_reported(&e->link, sequence, tries, below(10) ? !lost : lost);
	}
}

/* Two links; `base`: their first sequence numbers, `start`: their clock. */
static void exchange(int32_t bytes, int32_t limit, int loss, uint16_t base, uint32_t start, int32_t messages)
{
	store stores[2];
	end ends[2];
	const rv_link *links[1];
	uint32_t now = start, events = 0;
	/* What a pool can never hold is never sent. */
	longest_sent = (limit - RV_LINK_RESERVE) * (bytes - 1) - 2;
	if (longest_sent > LONGEST)
		longest_sent = LONGEST;
	memset(air, 0, sizeof(air));
	for (int i = 0; i < 2; i++) {
		open_store(&stores[i], bytes, limit);
		rv_link_init(&ends[i].link, LONGEST);
		ends[i].store = &stores[i];
		ends[i].seed = (uint32_t)random64();
		ends[i].wanted = messages;
		ends[i].pushed = ends[i].arrived = 0;
		rv_link_reset(&ends[i].link, &stores[i].pool, 100 + i, 101 - i);
		ends[i].link.base = ends[i].link.next = base;
	}
	while ((ends[0].arrived < messages || ends[1].arrived < messages) && events < 400000) {
		events++;
		for (int i = 0; i < 2; i++) {
			push_some(&ends[i]);
			send_due(&ends[i], !i, now, loss);
		}
		for (int i = 0; i < FRAMES; i++)
			if (air[i].used && (int32_t)(now - air[i].at) >= 0) {
				end *e = &ends[air[i].to];
				uint8_t *body = allocate((size_t)air[i].bytes);
				memcpy(body, air[i].body, (size_t)air[i].bytes);
				int32_t found = rv_link_read(&e->link, &e->store->pool, body, air[i].bytes, air[i].data, now);
				free(body);
				CHECK(!(found & (RV_LINK_MALFORMED | RV_LINK_STRANGE)), "found %d", found);
				air[i].used = 0;
				take_all(e, &ends[!air[i].to]);
			}
		now += below(4) ? below(1000) : below(30000);
		for (int i = 0; i < 2; i++) {
			links[0] = &ends[i].link;
			if (rv_link_deadline(&ends[i].link, now) == 0)
				rv_link_expire(&ends[i].link, now);
			if (events % 64 == 0)
				CHECK(whole(&stores[i], links, 1), "segments of end %d", i);
			CHECK(ends[i].link.timeout >= 8000 && ends[i].link.timeout <= 200000 && ends[i].link.smoothed >= 0, "time-out %d", ends[i].link.timeout);
		}
	}
	for (int i = 0; i < 2; i++) {
		CHECK(ends[i].arrived == messages, "end %d: %d of %d messages after %u steps; %d segments of %d bytes, %d %% lost", i, ends[i].arrived, messages, events, limit, bytes, loss);
		rv_link_reset(&ends[i].link, &stores[i].pool, -1, -1);
		CHECK(rv_link_free(&stores[i].pool) == limit, "all segments are free");
		free(ends[i].link.assembly);
		close_store(&stores[i]);
	}
}

/* Bytes that no sender makes, in the middle of traffic. */
static void hostile(int rounds)
{
	store s;
	rv_link link;
	const rv_link *links[1] = { &link };
	open_store(&s, 60, 24);
	rv_link_init(&link, 500);
	rv_link_reset(&link, &s.pool, 7, 9);
	uint32_t now = 0, malformed = 0, messages = 0, refused = 0;
	for (int round = 0; round < rounds; round++) {
		int32_t count = (int32_t)below(below(4) ? 40 : 90), data = (int32_t)below(4) > 0;
		uint8_t *body = allocate((size_t)count), message[200] = { 0 };
		for (int32_t i = 0; i < count; i++)
			body[i] = (uint8_t)random64();
		if (count >= 2 && below(8)) {
			body[RV_LINK_TAG] = 9;
			body[RV_LINK_TAG + 1] = 0;
		}
		if (count >= RV_LINK_CHUNKS && below(8)) {
			uint32_t sequence = link.next + below(40) - 4u, acknowledged = link.base + below(6);
			body[RV_LINK_SEQUENCE] = (uint8_t)sequence;
			body[RV_LINK_SEQUENCE + 1] = (uint8_t)(sequence >> 8);
			body[RV_LINK_ACK] = (uint8_t)acknowledged;
			body[RV_LINK_ACK + 1] = (uint8_t)(acknowledged >> 8);
		}
		if (count > RV_LINK_CHUNKS)
			body[RV_LINK_CHUNKS] &= below(3) ? 0x7F : 0xFF;
		int32_t found = rv_link_read(&link, &s.pool, body, count, data, now);
		free(body);
		malformed += found & RV_LINK_MALFORMED ? 1 : 0;
		for (int32_t answer = 0, service; answer != RV_LINK_EMPTY;) {
			const uint8_t *bytes;
			answer = rv_link_take(&link, &s.pool, &service, &bytes);
			if (answer == RV_LINK_ROOM) {
				CHECK(link.total <= 500, "room for %d", link.total);
				free(link.assembly);
				link.assembly = allocate((size_t)link.total);
				link.capacity = link.total;
			}
			refused += answer == RV_LINK_BAD;
			if (answer >= 0) {
				uint32_t sum = 0;
				messages++;
				for (int32_t i = 0; i < answer; i++)
					sum += bytes[i];
				CHECK(answer <= 500 && service >= 0 && service < 16 && sum <= 255u * 500, "%d bytes for %d", answer, service);
			}
		}
		rv_link_push(&link, &s.pool, 1, message, (int32_t)below(200));
		if (rv_link_wants(&link, now)) {
			uint8_t out[80];
			CHECK(rv_link_write(&link, &s.pool, out, 72) > 0, "a frame");
			int32_t sequence = link.chosen, tries = rv_link_sent(&link, now) + 1;
			rv_link_reported(&link, sequence < 0 ? (int32_t)below(65536) : sequence, tries, (int32_t)below(2));
		}
		if (below(4) == 0)
			rv_link_expire(&link, now);
		now += below(50000);
		CHECK(whole(&s, links, 1), "segments after round %d", round);
		CHECK(rv_link_deadline(&link, now) >= -1 && rv_link_stalled(&link, now) >= 0, "times");
		if (below(500) == 0)
			rv_link_reset(&link, &s.pool, 7, 9);
	}
	CHECK(malformed && messages && refused, "%u malformed, %u messages, %u refused", malformed, messages, refused);
	rv_link_reset(&link, &s.pool, -1, -1);
	CHECK(rv_link_free(&s.pool) == 24, "all segments are free");
	free(link.assembly);
	close_store(&s);
}

/* Segments of a message, and room for it to the byte; what has none changes nothing. */
static void lengths(void)
{
	enum { BYTES = 40, LIMIT = 200 };
	int32_t longest = 3 + (BYTES - 3) + (RV_LINK_QUEUE - 1) * (BYTES - 1) - 3;
	uint8_t *bytes = allocate(8000);
	memset(bytes, 5, 8000);
	for (int32_t count = 0; count < 8000; count += count < 200 || (count > longest - 4 && count < longest + 4) ? 1 : 97) {
		store s;
		rv_link link;
		open_store(&s, BYTES, LIMIT);
		rv_link_init(&link, 8000);
		rv_link_reset(&link, &s.pool, 1, 2);
		int32_t needed = count < BYTES ? 1 : 1 + (count - (BYTES - 3) + BYTES - 2) / (BYTES - 1), fits = needed <= RV_LINK_QUEUE;
		CHECK(rv_link_push(&link, &s.pool, 3, bytes, count) == fits, "%d bytes need %d segments", count, needed);
		CHECK(link.count == (fits ? needed : 0) && rv_link_free(&s.pool) == LIMIT - link.count, "%d bytes take %d segments", count, link.count);
		rv_link_reset(&link, &s.pool, -1, -1);
		close_store(&s);
	}
	free(bytes);
}

/* A pool that is full, or gets no memory, refuses and goes on. */
static void full(void)
{
	store s;
	rv_link link;
	uint8_t bytes[200] = { 0 }, body[60];
	for (int memory = -1; memory < 6; memory++) {
		open_store(&s, 40, 12);
		s.refuse = memory;
		rv_link_init(&link, 1000);
		rv_link_reset(&link, &s.pool, 1, 2);
		int32_t pushed = 0;
		while (rv_link_push(&link, &s.pool, 0, bytes, 39))
			pushed++;
		CHECK(pushed == (memory < 0 ? 12 - RV_LINK_RESERVE : memory < 4 ? memory : 4), "%d segments with memory for %d", pushed, memory);
		CHECK(!rv_link_push(&link, &s.pool, 0, bytes, 200), "several segments");
		CHECK(link.count == pushed && rv_link_free(&s.pool) == 12 - pushed, "nothing is kept of it");
		/* What arrives has the rest. */
		memset(body, 0, sizeof(body));
		body[0] = 2;
		body[2] = 1;
		for (int i = 0; i < 33; i++) {
			body[10] = (uint8_t)(32 - i);
			body[12] = 0x30;
			rv_link_read(&link, &s.pool, body, 20, 1, 0);
		}
		CHECK(rv_link_free(&s.pool) >= 0, "free");
		rv_link_reset(&link, &s.pool, -1, -1);
		CHECK(rv_link_free(&s.pool) == 12, "all segments are free");
		close_store(&s);
	}
}

int main(int argc, char **argv)
{
	start(argc, argv, "link");
	lengths();
	full();
	hostile(PART_OF(40000));
	for (int i = 0; i < PART_OF(24); i++)
		exchange(40 + (int32_t)below(200), 12 + (int32_t)below(200), (int)below(40), (uint16_t)random64(), (uint32_t)random64(), 100);
	/* Both ends of numbers. */
	exchange(227, 192, 20, 65500, 0xFFFFFFFFu - 100000, PART_OF(MOST_MESSAGES / 4) + 60);
	exchange(60, 60, 5, 65535, 0x7FFFFFFFu - 100000, PART_OF(MOST_MESSAGES / 4) + 60);
	return finish();
}
