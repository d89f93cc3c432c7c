/* The queue of datagrams against a plain list: lengths of all kinds, its memory's end, counters that wrap, who is told when. */
#include "check.h"
#include "radio-queue.h"

#define MOST 1000

static struct { uint64_t address; int32_t note; uint32_t count; uint8_t seed; } list[MOST];
static uint32_t first, last;

static void fill(uint8_t *bytes, uint32_t count, uint8_t seed)
{
	for (uint32_t i = 0; i < count; i++)
		bytes[i] = (uint8_t)(seed + i * 7);
}

/* One random history; `start`: where the counters begin. */
static void history(uint32_t size, uint32_t start, int steps)
{
	rv_radio_queue q;
	uint8_t *memory = allocate(size), bytes[RV_RADIO_LONGEST], into[RV_RADIO_LONGEST], expected[RV_RADIO_LONGEST];
	uint32_t used = 0;
	/* Told, and not yet found it empty. */
	int told = 0;
	rv_radio_queue_init(&q, memory, size);
	atomic_init(&q.head, start);
	atomic_init(&q.tail, start);
	first = last = 0;
	for (int i = 0; i < steps; i++)
		if (below(100) < 52) {
			uint32_t count = below(4) ? below(64) : below(RV_RADIO_LONGEST + 1);
			uint64_t address = random64() >> 16;
			int32_t note = (int32_t)random64();
			uint8_t seed = (uint8_t)random64();
			int fits = used + count + RV_RADIO_RECORD <= size, answer;
			fill(bytes, count, seed);
			answer = rv_radio_queue_push(&q, address, note, bytes, count);
			CHECK(answer == (fits ? told ? 1 : 2 : 0), "%u bytes, %u of %u used, told %d: %d", count, used, size, told, answer);
			if (!fits)
				continue;
			told = 1;
			used += count + RV_RADIO_RECORD;
			list[last].address = address;
			list[last].note = note;
			list[last].count = count;
			list[last++].seed = seed;
		}
		else {
			uint64_t address = 0;
			int32_t note = 0, count;
			CHECK(rv_radio_queue_waits(&q) == (first != last), "waits");
			if (first != last && list[first].count > 0 && below(4) == 0) {
				CHECK(rv_radio_queue_pop(&q, &address, &note, into, list[first].count - 1) == -2, "room for one byte less");
				continue;
			}
			count = rv_radio_queue_pop(&q, &address, &note, into, first == last ? 0 : list[first].count);
			if (first == last) {
				CHECK(count == -1, "empty: %d", count);
				told = 0;
				continue;
			}
			fill(expected, list[first].count, list[first].seed);
			CHECK(count == (int32_t)list[first].count && address == list[first].address && note == list[first].note && memcmp(into, expected, (size_t)count) == 0, "datagram %u", first);
			used -= list[first++].count + RV_RADIO_RECORD;
		}
	free(memory);
}

int main(int argc, char **argv)
{
	rv_radio_queue q;
	uint8_t memory[64], byte = 1;
	start(argc, argv, "radio-queue");
	rv_radio_queue_init(&q, memory, sizeof(memory));
	CHECK(rv_radio_queue_push(&q, 1, 0, memory, RV_RADIO_LONGEST + 1) == 0, "too long");
	CHECK(rv_radio_queue_push(&q, 1, 0, &byte, 1) == 2, "the first tells");
	rv_radio_queue_listen(&q);
	CHECK(rv_radio_queue_push(&q, 1, 0, NULL, 0) == 2 && rv_radio_queue_push(&q, 1, 0, NULL, 0) == 1, "who listens is told once more");
	for (int i = 0; i < PART_OF(400); i++)
		history(64u << below(9), below(3) ? (uint32_t)random64() : 0xffffffffu - below(4096), 1000);
	return finish();
}
