/*
 * memset, memcpy and memmove by words: the C library's go byte by byte, to be small, which is most of what starting takes.
 * Boards have such functions in their ROM. Compiled so that the compiler does not turn the loops into calls of themselves.
 */
#include <stddef.h>
#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) word;

#define WORD_ALIGNED(p) (((uintptr_t)(p) & 3) == 0)
#define BLOCK 32

void *memset(void *to, int value, size_t count)
{
	uint8_t *p = to;
	word all = (uint8_t)value * 0x01010101u;
	for (; count && !WORD_ALIGNED(p); count--)
		*p++ = (uint8_t)value;
	for (; count >= BLOCK; count -= BLOCK, p += BLOCK) {
		word *w = (word *)p;
		w[0] = all; w[1] = all; w[2] = all; w[3] = all; w[4] = all; w[5] = all; w[6] = all; w[7] = all;
	}
	for (; count >= 4; count -= 4, p += 4)
		*(word *)p = all;
	while (count--)
		*p++ = (uint8_t)value;
	return to;
}

static void forward(uint8_t *to, const uint8_t *from, size_t count)
{
	if ((((uintptr_t)to ^ (uintptr_t)from) & 3) == 0) {
		for (; count && !WORD_ALIGNED(to); count--)
			*to++ = *from++;
		for (; count >= BLOCK; count -= BLOCK, to += BLOCK, from += BLOCK) {
			word *t = (word *)to;
			const word *f = (const word *)from;
			word a = f[0], b = f[1], c = f[2], d = f[3];
			t[0] = a; t[1] = b; t[2] = c; t[3] = d;
			a = f[4]; b = f[5]; c = f[6]; d = f[7];
			t[4] = a; t[5] = b; t[6] = c; t[7] = d;
		}
		for (; count >= 4; count -= 4, to += 4, from += 4)
			*(word *)to = *(const word *)from;
	}
	while (count--)
		*to++ = *from++;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
	forward(to, from, count);
	return to;
}

void *memmove(void *to, const void *from, size_t count)
{
	uint8_t *t = to;
	const uint8_t *f = from;
	if (t <= f || t >= f + count)
		forward(t, f, count);
	else if ((((uintptr_t)t ^ (uintptr_t)f) & 3) == 0) {
		for (t += count, f += count; count && !WORD_ALIGNED(t); count--)
			*--t = *--f;
		for (; count >= 4; count -= 4) {
			t -= 4;
			f -= 4;
			*(word *)t = *(const word *)f;
		}
		while (count--)
			*--t = *--f;
	}
	else
		for (t += count, f += count; count; count--)
			*--t = *--f;
	return to;
}
