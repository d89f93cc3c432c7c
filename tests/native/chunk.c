/* Messages with hidden states: what one board writes another reads, through any number of boards and back; then any bytes, and every cut. */
#include "check.h"
#include "chunk.h"
#include "hidden-pack.h"

enum { MOST_VALUES = 70, ROOM = 12 + 32 * (2 + 1 + 4 * MOST_VALUES) };

static int32_t state[3][MOST_VALUES];
static uint8_t out[3][ROOM];

static rv_chunk chunk_of(int board, int32_t values)
{
	rv_chunk c = { 0 };
	c.hidden = state[board];
	c.values = values;
	c.out = out[board];
	c.room = ROOM;
	return c;
}

static int32_t value_of(int32_t i, int32_t position, int32_t board)
{
	return (i * 40503 + position * 977 + board * 31) % 200003 - 100000;
}

/* Coordinator, a board, the last board, and back. */
static void through(void)
{
	int32_t values = 1 + (int32_t)below(MOST_VALUES), count = 1 + (int32_t)below(below(2) ? 1 : RV_CHUNK_MOST), bytes = 0, read = 0;
	int32_t head[7] = { (int32_t)below(16), (int32_t)below(256), (int32_t)below(2), (int32_t)below(60000), count, (int32_t)below(65536), (int32_t)below(65536) };
	rv_chunk boards[3] = { chunk_of(0, values), chunk_of(1, values), chunk_of(2, values) };
	rv_chunk_head(&boards[0], 0x1234, 56, head);
	for (int32_t i = 1; i < count; i++)
		CHECK(rv_chunk_token(&boards[0], i) == 14 + 2 * i, "token %d", i);
	for (int32_t p = 0; p < count; p++) {
		for (int32_t i = 0; i < values; i++)
			state[0][i] = value_of(i, p, 0);
		bytes = rv_chunk_put(&boards[0]);
		CHECK(bytes > 0, "state %d", p);
	}
	for (int b = 1; b < 3; b++) {
		const uint8_t *in = out[b - 1];
		int32_t found = rv_chunk_begin(&boards[b], in, bytes, b == 2), step = 0;
		CHECK(found == (count | head[0] << 6 | head[3] << 14), "head %x", (unsigned)found);
		for (int32_t p = 0; p < count; p++) {
			int good = step == 0;
			for (int32_t i = 0; i < values; i++) {
				good &= state[b][i] == value_of(i, p, b - 1);
				state[b][i] = value_of(i, p, b);
			}
			CHECK(good, "state %d of board %d", p, b);
			step = rv_chunk_step(&boards[b], in, bytes);
		}
		CHECK(step > 0, "step %d", step);
		CHECK(rv_chunk_step(&boards[b], in, bytes) == -1, "a step too many");
		if (b == 1)
			CHECK(memcmp(out[0], out[1], (size_t)(12 + 2 * count)) == 0, "the head goes on as it came");
		read = bytes;
		bytes = step;
	}
	CHECK(bytes == (head[2] ? boards[2].written : 9) && read > bytes - (head[2] ? 0 : 1) - 300, "%d bytes back", bytes);
	int32_t found = rv_chunk_states(&boards[0], out[2], bytes);
	CHECK(found == (((head[3] + count - 1) & 0xFFFF) | head[1] << 16 | head[0] << 24 | head[2] << 28), "states %x", (unsigned)found);
	for (int32_t i = 0; i < values && head[2]; i++)
		if (state[0][i] != value_of(i, count - 1, 2))
			CHECK(0, "value %d that came back", i);
	CHECK(out[2][0] == RV_STATES_KIND && out[2][1] == 0x34 && out[2][2] == 0x12 && out[2][3] == 56, "whose states they are");
	/* Cut anywhere, it is none, or ends early. */
	for (int32_t cut = 0; cut < read; cut += 1 + (int32_t)below(20)) {
		uint8_t *in = allocate((size_t)cut);
		memcpy(in, out[1], (size_t)cut);
		rv_chunk c = chunk_of(2, values);
		int32_t step = rv_chunk_begin(&c, in, cut, 1), steps = 0;
		while (step >= 0 && (step = rv_chunk_step(&c, in, cut)) == 0)
			steps++;
		CHECK(step == -1 && steps < count, "%d of %d bytes", cut, read);
		free(in);
	}
}

static void hostile(int rounds)
{
	int taken = 0, states = 0;
	for (int round = 0; round < rounds; round++) {
		int32_t count = (int32_t)below(below(2) ? 30 : 300), step;
		uint8_t *in = allocate((size_t)count);
		rv_chunk c = chunk_of(0, 1 + (int32_t)below(12));
		for (int32_t i = 0; i < count; i++)
			in[i] = (uint8_t)(below(3) ? below(4) : random64());
		step = rv_chunk_begin(&c, in, count, (int32_t)below(2));
		if (step >= 0) {
			taken++;
			for (int left = 40; left && (step = rv_chunk_step(&c, in, count)) == 0; left--)
				;
			CHECK(step == -1 || (step > 0 && step <= ROOM), "step %d", step);
		}
		states += rv_chunk_states(&c, in, count) >= 0;
		free(in);
	}
	CHECK(taken && states, "%d chunks, %d states", taken, states);
	rv_chunk small = chunk_of(0, MOST_VALUES);
	int32_t head[7] = { 0, 0, 0, 0, 1, 0, 0 };
	small.room = 14;
	rv_chunk_head(&small, 0, 0, head);
	CHECK(rv_chunk_put(&small) == -2 && rv_chunk_token(&small, 1) == -2, "no room");
}

int main(int argc, char **argv)
{
	start(argc, argv, "chunk");
	for (int i = 0; i < PART_OF(600); i++)
		through();
	hostile(PART_OF(60000));
	return finish();
}
