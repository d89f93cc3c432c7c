/* The serial line of a board, in builds without xsbug: see serial.c. */
#ifndef RV_SERIAL_H
#define RV_SERIAL_H

#include <stdint.h>

/* Each call opens the line when it is not open yet. */
void serial_write(const uint8_t *bytes, uint32_t count);

/*
 * The next complete line of input, zero-terminated and without its end (CR, LF or both), or NULL while
 * there is none; valid until the next call. Never waits. Bytes beyond SERIAL_LINE - 1 are dropped.
 */
char *serial_read_line(void);
#define SERIAL_LINE 4096

#endif
