/* Port console: standard output and input. */
#include <stdio.h>
#include "xsmc.h"
#include "xsHost.h"
#include "event-loop.h"

void xs_console_print(xsMachine *the)
{
	if (xsmcArgc > 0)
		fputs(xsmcToString(xsArg(0)), stdout);
	fflush(stdout);
}

void xs_console_printError(xsMachine *the)
{
	if (xsmcArgc > 0)
		fputs(xsmcToString(xsArg(0)), stderr);
}

void xs_console_write(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;
	if (xsmcArgc < 3 || xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("write: bytes, offset and count are needed");
	xsIntegerValue offset = xsmcToInteger(xsArg(1)), count = xsmcToInteger(xsArg(2));
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (offset < 0 || count < 0 || (xsUnsignedValue)offset > size || (xsUnsignedValue)count > size - (xsUnsignedValue)offset)
		xsRangeError("write: the range leaves the buffer");
	fwrite((char *)bytes + offset, 1, (size_t)count, stdout);
	fflush(stdout);
}

void xs_console_onLine(xsMachine *the)
{
	if (xsmcArgc < 1)
		xsTypeError("onLine: a callback is needed");
	event_loop_set_line(the, &xsArg(0));
}
