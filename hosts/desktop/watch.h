/* What the desktop's event loop does beside lines and timers: it waits for file descriptors. */
#ifndef RV_WATCH_H
#define RV_WATCH_H

#include "xsmc.h"

/* Calls `ready` when there is something to read from `fd`; the program stays alive meanwhile. -1: too many are watched. */
int event_loop_watch(int fd, void (*ready)(xsMachine *the, void *context), void *context);
void event_loop_unwatch(int fd);
/* Calls a function of JavaScript, a root; an exception that it throws ends the program with its stack. */
void event_loop_call(xsMachine *the, xsSlot *function);

#endif
