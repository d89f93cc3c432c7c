/* Port console: standard output and input. */
#include <stdio.h>
#include "xsmc.h"
#include "xsHost.h"
#include "arguments.h"
#include "event-loop.h"
#include "glue.h"
#include "text.h"

void xs_console_print(xsMachine *the)
{
	text_write(text_argument(the, 0, "text"), stdout);
	fflush(stdout);
}

void xs_console_printError(xsMachine *the)
{
	fflush(stdout);
	text_write(text_argument(the, 0, "text"), stderr);
}

void xs_console_write(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;
	if (xsmcArgc < 3 || xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("bytes, offset and count are needed");
	xsIntegerValue offset = integer_argument(the, 1, 0, 0x7FFFFFFF, "offset"), count = integer_argument(the, 2, 0, 0x7FFFFFFF, "count");
	glue_buffer(the, &xsArg(0), &bytes, &size, 0);
	if ((xsUnsignedValue)offset > size || (xsUnsignedValue)count > size - (xsUnsignedValue)offset)
		xsRangeError("the range leaves the buffer");
	if (count)
		fwrite((char *)bytes + offset, 1, (size_t)count, stdout);
	fflush(stdout);
}

void xs_console_onLine(xsMachine *the)
{
	if (xsmcArgc < 1)
		xsTypeError("a callback is needed");
	event_loop_set_line(the, &xsArg(0));
}
