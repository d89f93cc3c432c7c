/* The port for hart 1 of board.h: samples lie in memory, and the counter of instructions is read around the gate's work. */
#include "board.h"
#include "port.h"
#include "trace.h"

void ulp_begin(void)
{
	METERS->since = retired();
}

static void wait_turn(void)
{
	while (!WAKE_LINE(1))
		wait_for_interrupt();
	WAKE_LINE(1) = 0;
}

/* Instructions since the last read, but for wakes; those before the first are the start's. Gives the counter. */
static uint32_t count(uint32_t frames)
{
	uint32_t now = retired(), n = now - METERS->since;
	if (!frames) {
		METERS->starting = n;
		return now;
	}
	METERS->instructions += n;
	METERS->inTick += n;
	if (n > METERS->most)
		METERS->most = n;
	if (METERS->ticked) {
		if (METERS->inTick > METERS->mostTick)
			METERS->mostTick = METERS->inTick;
		METERS->inTick = METERS->ticked = 0;
	}
	return now;
}

static void end(void)
{
	METERS->state = BOARD_ENDED;
	order();
	WAKE_LINE(0) = 1;
	for (;;)
		wait_for_interrupt();
}

int32_t ulp_read_samples(int16_t *samples, int32_t frames, const rv_snn_table *table, volatile uint32_t *overruns)
{
	(void)overruns;
	uint32_t at = METERS->frames, start = count(at);
	/* As on a chip: a sensor is read frame by frame. */
	if (table->kind != RV_SNN_SOUND)
		frames = 1;
	/* What does not fill a block is not heard. */
	if (INPUT->frames - at < (uint32_t)frames)
		end();
	METERS->frames = at + (uint32_t)frames;
	const volatile int16_t *from = INPUT->samples + at * table->channels;
	for (int32_t n = frames * table->channels; n; n--)
		*samples++ = *from++;
	METERS->since = retired();
	METERS->reading += METERS->since - start;
	return frames;
}

void ulp_ticked(const rv_gate *gate)
{
	METERS->ticked = 1;
	if (INPUT->flags & INPUT_TRACE)
		ulp_trace(gate, (volatile ulp_record *)BOARD_TRACE + (gate->tick - 1));
}

void ulp_wake_main(void)
{
	order();
	if (!(INPUT->flags & INPUT_TURNS)) {
		WAKE_LINE(0) = 1;
		return;
	}
	uint32_t before = retired();
	WAKE_LINE(0) = 1;
	wait_turn();
	METERS->since += retired() - before;
}

void ulp_rest(const rv_snn_table *table)
{
	(void)table;
}
