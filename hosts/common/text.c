/* Text from bytes, and back. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "text.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define IS_NEXT(byte) (((byte) & 0xC0) == 0x80)

/* Bytes of the well-formed character at `p`, or 0. */
static size_t character(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return 1;
	size_t n = p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF5 ? 4 : 0;
	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if (!IS_NEXT(p[i]))
			return 0;
	/* Overlong forms, surrogates, and what lies beyond Unicode. */
	if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
		return 0;
	return n;
}

/* Writes the text to `out` unless that is NULL; gives its size. */
static size_t repair(const char *bytes, size_t count, char *out)
{
	const unsigned char *p = (const unsigned char *)bytes;
	size_t size = 0;
	for (size_t at = 0; at < count;) {
		size_t n = character(p + at, count - at), length = n;
		const char *from = bytes + at;
		if (!n) {
			from = REPLACEMENT;
			length = 3;
		}
		else if (!*from) {
			from = "\xC0\x80";
			length = 2;
		}
		if (out)
			memcpy(out + size, from, length);
		size += length;
		at += n ? n : 1;
	}
	return size;
}

void text_set(xsMachine *the, xsSlot *slot, const char *bytes, size_t count)
{
	size_t size = repair(bytes, count, NULL);
	char *copy = size <= 0x7FFFFFFF ? malloc(size + 1) : NULL;
	if (!copy)
		xsRangeError("there is no memory for a text of this size");
	repair(bytes, count, copy);
	fxStringBuffer(the, slot, copy, (xsIntegerValue)size);
	free(copy);
}

void text_write(const char *string, FILE *file)
{
	for (const char *odd; (odd = strpbrk(string, "\xC0\xED")); ) {
		fwrite(string, 1, (size_t)(odd - string), file);
		const unsigned char *p = (const unsigned char *)odd;
		if (p[0] == 0xC0 && p[1] == 0x80) {
			putc(0, file);
			string = odd + 2;
		}
		else if (p[0] == 0xED && p[1] > 0x9F && IS_NEXT(p[1]) && IS_NEXT(p[2])) {
			fputs(REPLACEMENT, file);
			string = odd + 3;
		}
		else {
			putc(*odd, file);
			string = odd + 1;
		}
	}
	fputs(string, file);
}
