/* Port power, in the simulator: light sleep stops machine and panel alike, which share a thread; nothing can start it anew. */
#include <errno.h>
#include <time.h>
#include "no-gate.h"

static uint32_t kept[RETAINED_WORDS(RETAINED_BYTES)];
static int cause;

struct retained *sleep_retained(uint32_t *room)
{
	*room = RETAINED_BYTES;
	return (struct retained *)kept;
}

int sleep_cause(void)
{
	return cause;
}

uint32_t sleep_clock_hertz(void)
{
	return 0;
}

int sleep_light(const struct wake_sources *sources)
{
	int refusal = sleep_timer_alone(sources);
	struct timespec left = { sources->microseconds / 1000000, sources->microseconds % 1000000 * 1000 };
	if (refusal)
		return refusal;
	while (nanosleep(&left, &left) && errno == EINTR)
		;
	return cause = WOKEN_TIMER;
}

int sleep_deep(const struct wake_sources *sources)
{
	(void)sources;
	return SLEEP_NO_DEEP;
}
