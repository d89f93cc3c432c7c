/*
 * What the low-power core tells the main processor. It lies 16 bytes behind the start of the image, so that a program that has
 * only the core's memory finds it (src/platform/power.d.ts: `new Int32Array(gateMemory(), 16)`).
 */
#ifndef RV_ULP_MAILBOX_H
#define RV_ULP_MAILBOX_H

#include "snn-gate.h"

enum {
	ULP_MAILBOX_AT = 16,
	ULP_LAYOUT = 0x31435652, /* "RVC1" */
	ULP_RUNNING = 0x52554e21 /* in `running`: the state is a gate's; anything else makes it start anew */
};

/* Whole words, all but `running` written by the low-power core alone. */
typedef struct {
	uint32_t layout;
	uint32_t running;  /* the main processor may clear it */
	uint32_t version;  /* odd while the event is being written: who reads it compares before and after */
	uint32_t wakes;    /* of the main processor, since the start; so below */
	uint32_t ticks;
	uint32_t overruns; /* frames that were not read because the core was late */
	uint32_t state, table; /* where rv_gate and the table are, from the start of the image */
	rv_gate_event event; /* the last one */
} ulp_mailbox;

#endif
