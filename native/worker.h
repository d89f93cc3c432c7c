/*
 * A second core that does a part of a kernel's work. One implementation per host that can have one:
 * hosts/desktop/worker.c, hosts/esp32/worker.c. No allocation after the start.
 */
#ifndef RV_WORKER_H
#define RV_WORKER_H

typedef struct {
	/* Starts part(argument) on the other core and returns at once; `wait` comes before the next `run`. */
	void (*run)(void (*part)(void *argument), void *argument);
	/* Returns when the part has ended, and what it wrote is seen here. */
	void (*wait)(void);
} rv_worker;

#ifdef ESP_PLATFORM
#include "sdkconfig.h"
#if !CONFIG_FREERTOS_UNICORE
#define RV_HAS_WORKER 1
#endif
#endif

#ifdef RV_HAS_WORKER
/* The worker, started with the first call; NULL when the host has no core or no memory for it. */
const rv_worker *rv_worker_start(void);
#else
static inline const rv_worker *rv_worker_start(void)
{
	return 0;
}
#endif

#endif
