/* What a chip's low-power core has beside its instructions: samples, a way to wake the main processor, a way to rest. */
#ifndef RV_ULP_PORT_H
#define RV_ULP_PORT_H

#include "mailbox.h"

/* First thing after each start of the core. */
void ulp_begin(void);

/*
 * Reads up to `frames` frames of the table's channels, at the table's rate, waiting for them where the core itself keeps time.
 * Gives how many, at least 1. What was missed meanwhile is added to `overruns`.
 */
int32_t ulp_read_samples(int16_t *samples, int32_t frames, const rv_snn_table *table, volatile uint32_t *overruns);

/* After each tick. */
void ulp_ticked(const rv_gate *gate);

/* Wakes the main processor; the mailbox is written. */
void ulp_wake_main(void);

/* The samples are dealt with. Halts until the timer starts the core again, where that keeps time; else returns. */
void ulp_rest(const rv_snn_table *table);

#endif
