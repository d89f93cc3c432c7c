/* What the ports ask of the event loop. */
#ifndef RV_EVENT_LOOP_H
#define RV_EVENT_LOOP_H

#include "xsmc.h"

/* Monotonic time in microseconds. */
double event_loop_now(void);
/* The function that is called when the time set by event_loop_wake_at (-1: never) has come. */
void event_loop_set_tick(xsMachine *the, xsSlot *function);
void event_loop_wake_at(double when);
/* The function that gets each line of input. */
void event_loop_set_line(xsMachine *the, xsSlot *function);

#endif
