/*
 * Port power: sleeping is waiting. After a deep sleep the program is started anew in this process, as a chip's reset
 * does: memory, timers and open files are gone. The retained block goes to the next start as an environment variable.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "machine.h"
#include "no-gate.h"

#define KEPT "RUVLLM_ESP32_RETAINED"
#define HEX_DIGITS (2 * sizeof(kept))

static uint32_t kept[RETAINED_WORDS(RETAINED_BYTES)];
static int cause, looked;

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether this start is a wake, and what it was given; the variable goes, so that no child inherits it. */
static void look(void)
{
	if (looked)
		return;
	looked = 1;
	const char *text = getenv(KEPT);
	if (!text)
		return;
	uint8_t *bytes = (uint8_t *)kept;
	if (strlen(text) == HEX_DIGITS) {
		for (size_t i = 0; i < sizeof(kept); i++)
			bytes[i] = (uint8_t)(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
		cause = WOKEN_TIMER;
	}
	unsetenv(KEPT);
}

struct retained *sleep_retained(uint32_t *room)
{
	look();
	*room = RETAINED_BYTES;
	return (struct retained *)kept;
}

int sleep_cause(void)
{
	look();
	return cause;
}

uint32_t sleep_clock_hertz(void)
{
	return 0;
}

static void wait_for(int64_t microseconds)
{
	struct timespec left = { microseconds / 1000000, microseconds % 1000000 * 1000 };
	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

int sleep_light(const struct wake_sources *sources)
{
	int refusal = sleep_timer_alone(sources);
	if (refusal)
		return refusal;
	look();
	fflush(stdout);
	wait_for(sources->microseconds);
	return cause = WOKEN_TIMER;
}

int sleep_deep(const struct wake_sources *sources)
{
	static const char digits[] = "0123456789abcdef";
	char text[HEX_DIGITS + 1];
	int refusal = sleep_timer_alone(sources);
	if (refusal)
		return refusal;
	look();
	for (size_t i = 0; i < sizeof(kept); i++) {
		text[2 * i] = digits[((uint8_t *)kept)[i] >> 4];
		text[2 * i + 1] = digits[((uint8_t *)kept)[i] & 15];
	}
	text[HEX_DIGITS] = 0;
	/* main.c: the executable and the module come before the arguments. */
	char **line = program_argv - 2;
	fflush(stdout);
	fflush(stderr);
	if (setenv(KEPT, text, 1))
		return SLEEP_REFUSED;
	wait_for(sources->microseconds);
	execv("/proc/self/exe", line);
	execv(line[0], line);
	unsetenv(KEPT);
	return SLEEP_REFUSED;
}
