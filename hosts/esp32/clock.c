/* Port clock: the microseconds since the start of the chip. */
#include "xsmc.h"
#include "xsHost.h"
#include "esp_timer.h"

void xs_clock_microseconds(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)esp_timer_get_time());
}
