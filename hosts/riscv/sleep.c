/*
 * Port power: the processor waits for its timer. After a deep sleep it goes through reset; one block of RAM is not
 * initialised there (linker.ld), as the RTC memory of a board is not.
 */
#include "device.h"
#include "no-gate.h"

/* At power on the emulator's RAM is zero. */
#define WOKEN 0x574F4B45

static struct {
	uint32_t woken;
	uint32_t cause;
	uint32_t kept[RETAINED_WORDS(RETAINED_BYTES)];
} block __attribute__((section(".retained")));

extern void _start(void);

struct retained *sleep_retained(uint32_t *room)
{
	*room = RETAINED_BYTES;
	return (struct retained *)block.kept;
}

int sleep_cause(void)
{
	return block.woken == WOKEN ? (int)block.cause : WOKEN_START;
}

uint32_t sleep_clock_hertz(void)
{
	return 0;
}

static int wait_and_tell(const struct wake_sources *sources)
{
	int refusal = sleep_timer_alone(sources);
	if (refusal)
		return refusal;
	/* A byte that comes in ends a wait too. */
	for (uint64_t end = device_time() + (uint64_t)sources->microseconds * 10; device_time() < end;)
		device_wait(end);
	block.woken = WOKEN;
	block.cause = WOKEN_TIMER;
	return WOKEN_TIMER;
}

int sleep_light(const struct wake_sources *sources)
{
	return wait_and_tell(sources);
}

int sleep_deep(const struct wake_sources *sources)
{
	int refusal = wait_and_tell(sources);
	if (refusal > 0)
		_start();
	return refusal;
}
