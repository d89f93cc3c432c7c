/* The panel of the simulator (panel/ruvllm-esp32.js) shows what the console prints. */
#ifndef RV_PANEL_H
#define RV_PANEL_H

#include "xsmc.h"

/* Posts {"console": text}, at most TEXT_CONSOLE_CAPACITY bytes; the panel appends it. Allocates nothing in the XS heap. */
void panel_show(xsMachine *the, const char *text);

#endif
