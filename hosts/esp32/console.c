/* Port console, on a board: the serial line; in debug builds xsbug, which then owns that line. */
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "serial.h"
#include "text-console.h"

#ifdef mxDebug
static void show(xsMachine *the, const char *text)
{
	xsLog("%s", text);
}
#define emit(the, bytes, count) text_console_write(the, bytes, count, show)
#else
#define emit(the, bytes, count) serial_write(bytes, count)
#endif

void xs_console_print(xsMachine *the)
{
	if (xsmcArgc > 0) {
		const char *text = xsmcToString(xsArg(0));
		emit(the, (const uint8_t *)text, (uint32_t)strlen(text));
	}
}

void xs_console_write(xsMachine *the)
{
	uint32_t count;
	const uint8_t *bytes = text_console_range(the, &count);
	emit(the, bytes, count);
}

/* A line, or undefined. */
void xs_console_readLine(xsMachine *the)
{
#ifndef mxDebug
	char *line = serial_read_line();
	if (line)
		xsmcSetString(xsResult, line);
#endif
}
