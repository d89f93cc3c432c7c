/* The event loop: promise jobs, timers (clock.js), and lines from the UART. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "xsmc.h"
#include "xsHost.h"
#include "device.h"
#include "event-loop.h"
#include "machine.h"
#include "text.h"

#define LONGEST_LINE 32768

static xsSlot tick_callback, line_callback;
static int has_tick, has_line;
static double wake_at = -1; /* microseconds, or -1 */
static char *line;
static size_t line_size, line_used;
static int line_lost; /* the rest of a line that was too long is dropped */

double event_loop_now(void)
{
	return (double)device_time() / 10;
}

static void set_callback(xsMachine *the, xsSlot *root, int *has, xsSlot *function)
{
	if (!xsmcIsCallable(*function))
		xsTypeError("the callback is no function");
	*root = *function;
	if (!*has)
		xsRemember(*root);
	*has = 1;
}

void event_loop_set_tick(xsMachine *the, xsSlot *function)
{
	set_callback(the, &tick_callback, &has_tick, function);
}

void event_loop_wake_at(double when)
{
	wake_at = when;
}

void event_loop_set_line(xsMachine *the, xsSlot *function)
{
	set_callback(the, &line_callback, &has_line, function);
}

static void call(xsMachine *the, xsSlot *function, const char *text, size_t length)
{
	xsBeginHost(the);
	xsmcVars(2);
	xsVar(0) = xsAccess(*function);
	if (text)
		text_set(the, &xsVar(1), text, length);
	xsTry {
		xsCallFunction1(xsVar(0), xsUndefined, xsVar(1));
	}
	xsCatch {
		xsSlot exception = xsException;
		machine_report(the, &exception);
		_exit(1);
	}
	xsEndHost(the);
}

/* A line that memory does not hold is answered with an error, and forgotten. */
static void put(char c)
{
	if (line_used == line_size && !line_lost) {
		size_t size = line_size + (line_size < 1024 ? 256 : 1024);
		char *larger = size > LONGEST_LINE ? NULL : realloc(line, size);
		if (larger) {
			line = larger;
			line_size = size;
		}
		else {
			line_lost = 1;
			printf("{\"error\":{\"code\":\"LINE_LENGTH\",\"message\":\"the line is longer than this machine's memory allows (%u bytes)\"}}\n", (unsigned)line_used);
		}
	}
	if (!line_lost)
		line[line_used++] = c;
}

static void read_lines(xsMachine *the)
{
	for (int c; (c = device_read()) >= 0;) {
		if (c != '\n' && c != '\r') {
			put((char)c);
			continue;
		}
		size_t length = line_used;
		int lost = line_lost;
		char *text = line;
		/* The callback may read and set lines; the buffer is its own as long as it runs. */
		line = NULL;
		line_used = line_size = 0;
		line_lost = 0;
		if (!lost && length)
			call(the, &line_callback, text, length);
		free(text);
		return;
	}
}

void event_loop(xsMachine *the)
{
	for (;;) {
		while (machine_run_jobs(the))
			;
		if (!has_line && wake_at < 0)
			return;
		if (has_line)
			read_lines(the);
		if (wake_at >= 0 && event_loop_now() >= wake_at) {
			wake_at = -1;
			call(the, &tick_callback, NULL, 0);
			continue;
		}
		while (machine_run_jobs(the))
			;
		device_wait(wake_at < 0 ? UINT64_MAX : (uint64_t)(wake_at * 10));
	}
}
