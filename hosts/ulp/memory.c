/*
 * memset and memcpy, for compilers call them by themselves: small, as they are for starts and events. Compiled apart from what is
 * optimised at link time, and so that their loops do not become calls of themselves.
 */
#include <stddef.h>
#include <stdint.h>

void *memset(void *to, int value, size_t count)
{
	for (uint8_t *p = to, *end = p + count; p < end;)
		*p++ = (uint8_t)value;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
	const uint8_t *f = from;
	for (uint8_t *p = to, *end = p + count; p < end;)
		*p++ = *f++;
	return to;
}
