/*
 * The event loop. Timers live in JavaScript (clock.js): C knows only when to call it next. Input lines
 * go to one callback; other descriptors to functions of C (watch.h).
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "xsmc.h"
#include "xsHost.h"
#include "machine.h"
#include "event-loop.h"
#include "text.h"
#include "watch.h"

/* Standard input and the pipes of radios. */
#define MOST_WATCHED 64

static xsSlot tick_callback, line_callback;
static int has_tick, has_line, at_end;
static double wake_at = -1; /* microseconds, or -1 */
static struct watched {
	int fd;
	void (*ready)(xsMachine *the, void *context);
	void *context;
} watched[MOST_WATCHED];
static int watched_count;

double event_loop_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)(t.tv_nsec / 1000);
}

static void set_callback(xsMachine *the, xsSlot *root, int *has, xsSlot *function)
{
	if (!xsmcIsCallable(*function))
		xsTypeError("the callback is no function");
	if (!*has) {
		*root = *function;
		xsRemember(*root);
		*has = 1;
	}
	else
		*root = *function;
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

static void call(xsMachine *the, xsSlot *function, const char *line, size_t length)
{
	xsBeginHost(the);
	xsmcVars(2);
	xsVar(0) = xsAccess(*function);
	if (line)
		text_set(the, &xsVar(1), line, length);
	xsTry {
		xsCallFunction1(xsVar(0), xsUndefined, xsVar(1));
	}
	xsCatch {
		xsSlot exception = xsException;
		fflush(stdout);
		machine_report(the, &exception);
		_exit(1);
	}
	xsEndHost(the);
}

void event_loop_call(xsMachine *the, xsSlot *function)
{
	call(the, function, NULL, 0);
}

int event_loop_watch(int fd, void (*ready)(xsMachine *the, void *context), void *context)
{
	if (watched_count == MOST_WATCHED)
		return -1;
	watched[watched_count++] = (struct watched){ fd, ready, context };
	return 0;
}

static struct watched *find_watched(int fd)
{
	for (int i = 0; i < watched_count; i++)
		if (watched[i].fd == fd)
			return &watched[i];
	return NULL;
}

void event_loop_unwatch(int fd)
{
	struct watched *gone = find_watched(fd);
	if (gone)
		*gone = watched[--watched_count];
}

/* Reads what there is and hands out whole lines; the rest waits for more. */
static void read_lines(xsMachine *the)
{
	static char *buffer;
	static size_t size, used;
	if (size - used < 65536) {
		size = size * 2 + 131072;
		buffer = realloc(buffer, size);
		if (!buffer)
			abort();
	}
	ssize_t n = read(0, buffer + used, size - used - 1);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	size_t from = 0, scanned = used;
	if (n > 0)
		used += (size_t)n;
	for (char *feed; (feed = memchr(buffer + scanned, '\n', used - scanned)); scanned = from) {
		call(the, &line_callback, buffer + from, (size_t)(feed - buffer) - from);
		from = (size_t)(feed - buffer) + 1;
	}
	if (n <= 0) {
		at_end = 1;
		if (used > from)
			call(the, &line_callback, buffer + from, used - from);
		call(the, &line_callback, NULL, 0);
		used = 0;
		return;
	}
	memmove(buffer, buffer + from, used - from);
	used -= from;
}

/* Waits until `timeout` milliseconds (-1: for ever) are over or something can be read. */
static void wait_and_serve(xsMachine *the, int listens, int timeout)
{
	struct pollfd waiting[1 + MOST_WATCHED];
	int count = 0;
	if (listens)
		waiting[count++] = (struct pollfd){ 0, POLLIN, 0 };
	for (int i = 0; i < watched_count; i++)
		waiting[count++] = (struct pollfd){ watched[i].fd, POLLIN, 0 };
	if (poll(waiting, (nfds_t)count, timeout) <= 0)
		return;
	if (listens && waiting[0].revents)
		read_lines(the);
	/* Each of these calls may watch more, or fewer. */
	for (int i = listens; i < count; i++) {
		struct watched *one = waiting[i].revents ? find_watched(waiting[i].fd) : NULL;
		if (one)
			one->ready(the, one->context);
		while (machine_run_jobs(the))
			;
	}
}

void event_loop(xsMachine *the)
{
	for (;;) {
		while (machine_run_jobs(the))
			;
		fflush(stdout);
		int listens = has_line && !at_end;
		if (!listens && wake_at < 0 && !watched_count)
			return;
		int timeout = -1;
		if (wake_at >= 0) {
			double left = (wake_at - event_loop_now()) / 1000;
			timeout = left <= 0 ? 0 : left > 1e9 ? 1000000000 : (int)left + 1;
		}
		wait_and_serve(the, listens, timeout);
		if (wake_at >= 0 && event_loop_now() >= wake_at) {
			wake_at = -1;
			call(the, &tick_callback, NULL, 0);
		}
	}
}
