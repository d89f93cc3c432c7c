/* What a host does for the port power (native/xs/power.c); each host has a sleep.c. */
#ifndef RV_XS_SLEEP_H
#define RV_XS_SLEEP_H

#include <stdint.h>

/* Causes, in the order of power.js. */
enum { WOKEN_START, WOKEN_TIMER, WOKEN_PIN, WOKEN_GATE, WOKEN_OTHER };

/* Refusals, in the order of power.js; 0 and above: done. */
enum { SLEEP_REFUSED = -1, SLEEP_NO_DEEP = -2, SLEEP_NO_PIN = -3, SLEEP_NO_GATE = -4, SLEEP_BAD_PIN = -5, SLEEP_GATE_SIZE = -6 };

struct wake_sources {
	int64_t microseconds; /* -1: no timer */
	int32_t pin; /* -1: none */
	int32_t level;
	int32_t gate;
};

/* The head of a block that outlives deep sleep; whatever it holds at power on, the checksum tells. */
struct retained {
	uint32_t check; /* CRC-32 of what follows, `count` bytes of it */
	uint32_t count;
	uint8_t bytes[];
};

/* A whole block, in words so that it is aligned. */
#define RETAINED_BYTES 2040
#define RETAINED_WORDS(bytes) ((sizeof(struct retained) + (bytes)) / 4)

/* What ended the sleep, or a refusal. */
int sleep_light(const struct wake_sources *sources);
/* Comes back with a refusal only. */
int sleep_deep(const struct wake_sources *sources);
int sleep_cause(void);
/* The block, and for how many bytes it has room. */
struct retained *sleep_retained(uint32_t *room);
uint32_t sleep_clock_hertz(void);

/* The low-power core: NULL and a size of 0 where there is none. */
uint8_t *sleep_gate_memory(uint32_t *size);
int sleep_gate_load(const uint8_t *image, uint32_t size);
int sleep_gate_start(uint32_t microseconds);
int sleep_gate_stop(void);

#endif
