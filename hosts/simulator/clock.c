/* Port clock: POSIX. */
#include <time.h>
#include "xsmc.h"
#include "xsHost.h"

void xs_clock_microseconds(xsMachine *the)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	xsmcSetNumber(xsResult, (xsNumberValue)now.tv_sec * 1000000 + (xsNumberValue)(now.tv_nsec / 1000));
}
