/* Port console, in the simulator: xsbug (in debug builds), standard output and the panel. */
#include <stdio.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "panel.h"
#include "text-console.h"

static void show(xsMachine *the, const char *text)
{
	xsLog("%s", text);
	fflush(stdout);
	panel_show(the, text);
}

void xs_console_print(xsMachine *the)
{
	if (xsmcArgc > 0) {
		const char *text = xsmcToString(xsArg(0));
		text_console_write(the, (const uint8_t *)text, (uint32_t)strlen(text), show);
	}
}

void xs_console_write(xsMachine *the)
{
	uint32_t count;
	const uint8_t *bytes = text_console_range(the, &count);
	text_console_write(the, bytes, count, show);
}
