/* A console over functions that take strings, as XS's report does. */
#ifndef RV_TEXT_CONSOLE_H
#define RV_TEXT_CONSOLE_H

#include <stdint.h>
#include "xsmc.h"

/* Bytes of one string, without its end. */
#define TEXT_CONSOLE_CAPACITY 252

/* Hands the bytes on as strings of whole characters. Allocates nothing. */
void text_console_write(xsMachine *the, const uint8_t *bytes, uint32_t count, void (*show)(xsMachine *the, const char *text));

/* The body of the port's `write`: checks its arguments, gives the range. */
const uint8_t *text_console_range(xsMachine *the, uint32_t *count);

#endif
