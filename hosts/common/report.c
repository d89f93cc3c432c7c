/*
 * What XS reports in its debug build (which is what gives stacks their lines): errors of the parser
 * and messages go to standard error. Thrown exceptions are left out: a script may catch them, and what
 * nobody catches is reported with its stack by machine.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A report comes in pieces: where, what, and "!\n". */
static int inside_exception;

static int pass(const char *format)
{
	if (strstr(format, "exception: "))
		inside_exception = 1;
	if (!inside_exception)
		return 1;
	if (!strcmp(format, "!\n"))
		inside_exception = 0;
	return 0;
}

int report_vprintf(const char *format, va_list arguments)
{
	return pass(format) ? vfprintf(stderr, format, arguments) : 0;
}

int report_printf(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	int n = report_vprintf(format, arguments);
	va_end(arguments);
	return n;
}
