/* The low-power core of hosts that have none: included once, by their sleep.c. */
#ifndef RV_XS_NO_GATE_H
#define RV_XS_NO_GATE_H

#include <stddef.h>
#include "sleep.h"

uint8_t *sleep_gate_memory(uint32_t *size)
{
	*size = 0;
	return NULL;
}

int sleep_gate_load(const uint8_t *image, uint32_t size)
{
	(void)image;
	(void)size;
	return SLEEP_NO_GATE;
}

int sleep_gate_start(uint32_t microseconds)
{
	(void)microseconds;
	return SLEEP_NO_GATE;
}

int sleep_gate_stop(void)
{
	return SLEEP_NO_GATE;
}

/* A refusal when a sleep could not be ended by its sources here, where there is a timer alone. */
static inline int sleep_timer_alone(const struct wake_sources *sources)
{
	return sources->pin >= 0 ? SLEEP_NO_PIN : sources->gate ? SLEEP_NO_GATE : 0;
}

#endif
