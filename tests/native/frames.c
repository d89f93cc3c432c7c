/*
 * Two boards' frames through a radio that refuses, loses, repeats, reorders and damages: each message arrives once, in order; counters
 * add up. Counters that were seen, boards by address and peers of the radio, each against a plain list. Then any bytes as frames.
 */
#include "check.h"
#include "frames.h"

enum { LONGEST = 120, TRAILER = 4, SEGMENTS = 60, BOARDS = 8, LONG_MESSAGE = 900 };

typedef struct {
	rv_frames f;
	uint16_t arrays[4 * SEGMENTS + 64 + BOARDS];
	uint8_t *segments[SEGMENTS];
	rv_frames_board *boards[BOARDS];
} node;

static uint8_t *make_segment(void *context, int32_t bytes)
{
	(void)context;
	return allocate((size_t)bytes);
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

static void open_node(node *n, uint64_t address, int open, int32_t peers)
{
	rv_frames *f = &n->f;
	memset(n, 0, sizeof(*n));
	f->pool.free = n->arrays;
	f->pool.length = n->arrays + SEGMENTS;
	f->pool.last_chunk = n->arrays + 2 * SEGMENTS;
	f->pool.next = n->arrays + 3 * SEGMENTS;
	f->pool.segment = n->segments;
	f->pool.make = make_segment;
	rv_link_pool_init(&f->pool, LONGEST - 16 - TRAILER, SEGMENTS);
	f->place = n->arrays + 4 * SEGMENTS;
	f->place_mask = 63;
	f->ready = f->place + 64;
	f->limit = BOARDS;
	f->board = n->boards;
	f->make_board = make_board;
	f->grow = grow;
	f->address = address;
	f->open = open;
	f->trailer = TRAILER;
	f->longest = LONGEST;
	f->lowest = f->highest = 1;
	f->longest_message = LONG_MESSAGE;
	f->peer_limit = peers;
	f->seed = (uint32_t)address * 77;
	f->out = allocate(LONGEST);
	f->in = allocate(LONGEST);
	f->in_bytes = LONGEST;
	f->message = allocate(LONG_MESSAGE);
	f->message_bytes = LONG_MESSAGE;
	rv_frames_init(f);
}

static void close_node(node *n)
{
	for (int32_t i = 0; i < n->f.pool.made; i++)
		free(n->segments[i]);
	for (int i = 0; i < BOARDS && n->boards[i]; i++) {
		free(n->boards[i]->link.assembly);
		free(n->boards[i]);
	}
	free(n->f.out);
	free(n->f.in);
	free(n->f.message);
}

static uint64_t dropped(const rv_frames *f)
{
	uint64_t sum = 0;
	for (int i = RV_FRAMES_MALFORMED; i <= RV_FRAMES_REPLAYED; i++)
		sum += f->counters[i];
	return sum;
}

static void windows(int rounds)
{
	static uint8_t seen[1 << 16];
	node n;
	open_node(&n, 1, 1, 20);
	int32_t place = rv_frames_add(&n.f, 2);
	uint32_t top = 200;
	memset(seen, 0, sizeof(seen));
	rv_frames_admit(&n.f, place, 0, top, 0);
	for (uint32_t i = 0; i <= top; i++)
		seen[i] = 1;
	for (int round = 0; round < rounds && top < 65000; round++) {
		uint32_t counter = below(8) ? top + 3 - below(80) : top + 1 + below(below(4) ? 5 : 90);
		int expected = !seen[counter] && (counter > top || top - counter < 64);
		CHECK(rv_frames_fresh(n.boards[place], counter) == expected, "%u after %u", counter, top);
		if (!expected)
			continue;
		rv_frames_take_counter(n.boards[place], counter);
		seen[counter] = 1;
		top = counter > top ? counter : top;
	}
	rv_frames_admit(&n.f, place, 0, 0xFFFFFFF0u, 0);
	CHECK(rv_frames_fresh(n.boards[place], 0xFFFFFFFFu) && !rv_frames_fresh(n.boards[place], 0), "the last counters");
	close_node(&n);
}

static void places(int rounds)
{
	uint64_t known[BOARDS] = { 0 }, addresses[20];
	node n;
	open_node(&n, 1, 1, 20);
	for (int i = 0; i < 20; i++)
		addresses[i] = below(2) ? random64() >> 16 : (uint64_t)(i + 2) << 32;
	for (int round = 0; round < rounds; round++) {
		uint64_t address = addresses[below(20)];
		int at = -1, room = -1;
		for (int i = 0; i < BOARDS; i++) {
			if (known[i] == address)
				at = i;
			else if (!known[i] && room < 0)
				room = i;
		}
		int32_t found = rv_frames_find(&n.f, address);
		CHECK(found == (at < 0 ? RV_FRAMES_NONE : at), "place %d, not %d", found, at);
		if (below(2) && at >= 0) {
			rv_frames_remove(&n.f, at);
			known[at] = 0;
		}
		else {
			int32_t place = rv_frames_add(&n.f, address), expected = at >= 0 ? at : room >= 0 ? room : RV_FRAMES_NONE;
			CHECK(place == expected, "a new place %d, not %d", place, expected);
			if (place != RV_FRAMES_NONE)
				known[place] = address;
		}
	}
	close_node(&n);
}

static void peers(int rounds)
{
	enum { MOST = 5 };
	struct { uint64_t address; int used, in_mac; } list[MOST] = { 0 };
	node n;
	int count = 0, sent[RV_FRAMES_IN_MAC], first = 0, last = 0;
	open_node(&n, 1, 1, MOST);
	for (int round = 1; round < rounds; round++) {
		uint64_t address = 2 + below(9), gone = 0;
		int at = 0, oldest = -1;
		for (at = 0; at < count && list[at].address != address; at++)
			if (!list[at].in_mac && (oldest < 0 || list[at].used < list[oldest].used))
				oldest = at;
		int expected = at < count ? 0 : count < MOST ? 1 : oldest >= 0 ? 2 : -1;
		if (expected == 1)
			at = count++;
		else if (expected == 2)
			at = oldest;
		int32_t answer = rv_frames_use_peer(&n.f, address, &gone);
		CHECK(answer == expected && (answer != 2 || gone == list[at].address), "answer %d, not %d", answer, expected);
		if (answer >= 0) {
			list[at].address = address;
			list[at].used = round;
			if (n.f.mac_count < RV_FRAMES_IN_MAC && below(2)) {
				rv_frames_handed(&n.f, address, (uint32_t)round);
				sent[last++ % RV_FRAMES_IN_MAC] = at;
				list[at].in_mac++;
			}
		}
		if (below(3) == 0 && first < last) {
			int skip = (int)below((uint32_t)(last - first));
			uint64_t to = list[sent[(first + skip) % RV_FRAMES_IN_MAC]].address;
			rv_frames_reported(&n.f, to, 1, (uint32_t)round);
			/* Reports come in the order of sending: those before it got none. */
			do
				list[sent[first % RV_FRAMES_IN_MAC]].in_mac--;
			while (list[sent[first++ % RV_FRAMES_IN_MAC]].address != to);
		}
		CHECK(n.f.mac_count == last - first, "%d frames inside the MAC, not %d", n.f.mac_count, last - first);
	}
	close_node(&n);
}

typedef struct {
	int used, to;
	int32_t bytes;
	uint8_t frame[LONGEST];
} flying;

static void exchange(int messages, int loss)
{
	enum { AIR = 48 };
	static flying air[AIR];
	node nodes[2];
	int pushed[2] = { 0 }, arrived[2] = { 0 };
	uint64_t accepted[2] = { 0 }, bytes[2] = { 0 };
	uint32_t now = (uint32_t)random64();
	memset(air, 0, sizeof(air));
	for (int i = 0; i < 2; i++) {
		open_node(&nodes[i], (uint64_t)i + 1, 1, 20);
		int32_t place = rv_frames_add(&nodes[i].f, (uint64_t)!i + 1);
		rv_frames_admit(&nodes[i].f, place, (uint32_t)(!i + 1) * 77, 0, now);
		rv_frames_join(&nodes[i].f, place, 1, 10 + i, 11 - i);
	}
	for (int round = 0; round < 200000 && (arrived[0] < messages || arrived[1] < messages); round++) {
		for (int i = 0; i < 2; i++) {
			rv_frames *f = &nodes[i].f;
			while (pushed[i] < messages && below(6)) {
				uint8_t message[LONG_MESSAGE];
				int32_t count = pushed[i] % 9 == 8 ? 700 : pushed[i] % 90;
				memset(message, pushed[i], sizeof(message));
				if (!rv_frames_push(f, 0, pushed[i] % 16, message, count))
					break;
				pushed[i]++;
			}
			for (int32_t written; (written = rv_frames_next(f, now)) != 0;) {
				uint64_t gone;
				if (written & RV_FRAMES_STRANGE_PEER) {
					CHECK(rv_frames_use_peer(f, (uint64_t)!i + 1, &gone) == 1, "a new peer");
					written = rv_frames_write(f, written >> RV_FRAMES_PLACE & 0xFFF, now);
				}
				int32_t count = written & 0xFFF;
				CHECK(count > 10 && count <= LONGEST && (written >> RV_FRAMES_PLACE & 0xFFF) == 0, "%d bytes", count);
				if (below(10) == 0) {
					rv_frames_unsent(f);
					break;
				}
				accepted[i]++;
				bytes[i] += (uint32_t)count;
				for (uint32_t copies = below(100) < (uint32_t)loss ? 0 : 1 + (below(10) == 0); copies; copies--)
					for (int a = 0; a < AIR; a++)
						if (!air[a].used) {
							air[a].used = 1;
							air[a].to = !i;
							air[a].bytes = count;
							memcpy(air[a].frame, f->out, (size_t)count);
							if (below(20) == 0)
								air[a].frame[below((uint32_t)count)] ^= (uint8_t)(1 << below(8));
							break;
						}
				if (below(8))
					rv_frames_reported(f, (uint64_t)!i + 1, (int32_t)below(4) > 0, now);
			}
			if (below(3) == 0 || f->mac_count == RV_FRAMES_IN_MAC) {
				now += f->mac_count == RV_FRAMES_IN_MAC ? 600000 : 0;
				int32_t next = rv_frames_work(f, now);
				CHECK(next >= -2 && next < 1 << 20, "next look %d", next);
			}
		}
		for (int a = 0; a < AIR; a++)
			if (air[a].used && below(2)) {
				int to = air[a].to;
				rv_frames *f = &nodes[to].f;
				memcpy(f->in, air[a].frame, (size_t)air[a].bytes);
				air[a].used = 0;
				uint64_t before = dropped(f);
				int32_t found = rv_frames_receive(f, (uint64_t)!to + 1, air[a].bytes, now);
				CHECK((found >= 0) == (dropped(f) == before), "found %d", found);
				while (found > 0 && found & (RV_FRAMES_MESSAGE | RV_FRAMES_MORE)) {
					if (found & RV_FRAMES_MESSAGE) {
						int32_t n = arrived[to]++, count = found >> RV_FRAMES_LENGTH, good = count == (n % 9 == 8 ? 700 : n % 90) && (found >> RV_FRAMES_SERVICE & 15) == n % 16;
						for (int32_t i = 0; good && i < count; i++)
							good = f->message[i] == (uint8_t)n;
						CHECK(good && n < pushed[!to], "message %d of %d bytes", n, count);
					}
					found = found & RV_FRAMES_MORE ? rv_frames_take(f, 0) : 0;
				}
			}
		now += below(3000);
	}
	for (int i = 0; i < 2; i++) {
		rv_frames *f = &nodes[i].f;
		CHECK(arrived[i] == messages, "%d of %d messages", arrived[i], messages);
		CHECK(f->counters[RV_FRAMES_SENT] == accepted[i] && f->counters[RV_FRAMES_SENT_BYTES] == bytes[i], "frames sent");
		rv_frames_leave(f, 0);
		CHECK(rv_link_free(&f->pool) == SEGMENTS, "all segments are free");
		close_node(&nodes[i]);
	}
}

/* Anything from anyone: dropped and counted once, or taken. */
static void hostile(int rounds, int open)
{
	node n;
	uint32_t now = 0;
	int taken = 0;
	open_node(&n, 1, open, 20);
	rv_frames *f = &n.f;
	rv_frames_admit(f, rv_frames_add(f, 2), 154, 0, now);
	rv_frames_join(f, 0, 1, 3, 4);
	for (int round = 0; round < rounds; round++) {
		int32_t count = (int32_t)below(below(8) ? LONGEST + 1 : 400), kept = count < LONGEST ? count : LONGEST;
		/* To the byte, so that what lies behind the frame is seen to be left alone. */
		free(f->in);
		f->in = allocate((size_t)kept);
		f->in_bytes = kept;
		for (int32_t i = 0; i < kept; i++)
			f->in[i] = (uint8_t)random64();
		if (kept > 1 && below(8)) {
			f->in[0] = below(8) ? 0x10 : 0;
			f->in[1] = (uint8_t)below(10);
		}
		/* A counter taken from far ahead would make replays of all that follow. */
		if (kept >= 6) {
			uint32_t counter = (uint32_t)round + 80 - (below(4) ? 0 : below(80));
			f->in[2] = (uint8_t)counter;
			f->in[3] = (uint8_t)(counter >> 8);
			f->in[4] = (uint8_t)(counter >> 16);
			f->in[5] = 0;
		}
		if (kept >= 8 && below(2)) {
			f->in[6] = 4;
			f->in[7] = 0;
		}
		if (kept >= 16 && below(2)) {
			f->in[14] = (uint8_t)(n.boards[0]->link.next + below(3));
			f->in[15] = (uint8_t)(n.boards[0]->link.next >> 8);
		}
		if (open && kept == count && kept > TRAILER && below(4)) {
			/* As 2 would have sealed it. */
			rv_frames copy = *f;
			uint8_t out[LONGEST], two[2] = { f->in[0], f->in[1] };
			memcpy(out, f->in, (size_t)kept);
			copy.out = out;
			copy.seed = 154;
			copy.counter = (uint32_t)round + 80;
			if (kept >= 6 + TRAILER && !(two[0] & 15)) {
				rv_frames_stamp(&copy, two[0] >> 4, two[1], kept - TRAILER);
				memcpy(f->in, out, (size_t)kept);
			}
		}
		uint64_t before = dropped(f);
		int32_t found = rv_frames_receive(f, below(4) ? 2 : below(3), count, now);
		if (found == RV_FRAMES_SEALED) {
			CHECK(!open, "an open network's frame is sealed");
			found = rv_frames_opened(f, (int32_t)below(2), count, now);
		}
		/* In a frame that was taken, segments that no sender makes are counted too. */
		CHECK(found >= 0 ? dropped(f) >= before : dropped(f) == before + (found == RV_FRAMES_DROPPED), "found %d, %d counted", found, (int)(dropped(f) - before));
		taken += found >= 0;
		for (int left = 40; found > 0 && found & RV_FRAMES_MORE && left; left--)
			found = rv_frames_take(f, 0);
		now += below(20000);
		if (below(50) == 0)
			rv_frames_work(f, now);
	}
	CHECK(taken > 0, "none was taken");
	CHECK(rv_frames_opened(f, 1, 50, now) == RV_FRAMES_DROPPED, "nothing was sealed");
	rv_frames_leave(f, 0);
	CHECK(rv_link_free(&f->pool) == SEGMENTS, "all segments are free");
	close_node(&n);
}

int main(int argc, char **argv)
{
	start(argc, argv, "frames");
	windows(PART_OF(40000));
	places(PART_OF(20000));
	peers(PART_OF(20000));
	for (int i = 0; i < PART_OF(12); i++)
		exchange(PART_OF(800) + 30, (int)below(40));
	hostile(PART_OF(60000), 1);
	hostile(PART_OF(60000), 0);
	return finish();
}
