/* Port clock: the monotonic clock, and when the event loop wakes. */
#include "xsmc.h"
#include "xsHost.h"
#include "event-loop.h"

void xs_clock_microseconds(xsMachine *the)
{
	static double origin;
	if (origin == 0)
		origin = event_loop_now() - 1;
	double now = event_loop_now() - origin;
	if (now < 2147483647.0)
		xsmcSetInteger(xsResult, (xsIntegerValue)now);
	else
		xsmcSetNumber(xsResult, (double)(long long)now);
}

void xs_clock_wakeAt(xsMachine *the)
{
	double when = xsmcArgc > 0 ? xsmcToNumber(xsArg(0)) : -1;
	if (when < 0) {
		event_loop_wake_at(-1);
		return;
	}
	/* The script counts from the first call of microseconds, the loop from the machine's start. */
	xs_clock_microseconds(the);
	event_loop_wake_at(event_loop_now() + when - xsmcToNumber(xsResult));
}

void xs_clock_setTick(xsMachine *the)
{
	if (xsmcArgc < 1)
		xsTypeError("a callback is needed");
	event_loop_set_tick(the, &xsArg(0));
}
