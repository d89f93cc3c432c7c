/* Posts text to the panel as JSON, the form that panels of the simulator expect. */
#include <stdio.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "mc.defines.h"
#include "screen.h"
#include "panel.h"
#include "text-console.h"

void panel_show(xsMachine *the, const char *text)
{
#ifdef MODDEF_CONSOLE_PANEL
	txScreen *screen = xsGetContext(the);
	char message[6 * TEXT_CONSOLE_CAPACITY + 32] = "{\"console\":\"";
	char *out = message + strlen(message);
	for (const char *in = text; *in && in - text < TEXT_CONSOLE_CAPACITY; in++)
		if ((uint8_t)*in < 0x20 || *in == '"' || *in == '\\')
			out += sprintf(out, "\\u%04x", (uint8_t)*in);
		else
			*out++ = *in;
	strcpy(out, "\"}");
	(*screen->post)(screen, message, 0);
#else
	(void)the;
	(void)text;
#endif
}
