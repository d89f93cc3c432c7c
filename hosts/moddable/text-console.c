/*
 * A piece of a model may end inside a character, and a string must not: the first bytes of a character
 * are held back until the rest comes.
 */
#include <string.h>
#include "text-console.h"

static char text[TEXT_CONSOLE_CAPACITY + 1];
static uint32_t length;

/* How many bytes at the end begin a character that is not complete. */
static uint32_t incomplete(void)
{
	for (uint32_t back = 1; back <= 3 && back <= length; back++) {
		uint8_t c = (uint8_t)text[length - back];
		if (c >= 0xc0)
			return back < (c < 0xe0 ? 2u : c < 0xf0 ? 3u : 4u) ? back : 0;
		if (c < 0x80)
			return 0;
	}
	return 0;
}

static void flush(xsMachine *the, void (*show)(xsMachine *the, const char *text))
{
	char last[4];
	uint32_t keep = incomplete();
	if (length == keep)
		return;
	memcpy(last, text + length - keep, keep);
	text[length - keep] = 0;
	(*show)(the, text);
	memcpy(text, last, keep);
	length = keep;
}

void text_console_write(xsMachine *the, const uint8_t *bytes, uint32_t count, void (*show)(xsMachine *the, const char *text))
{
	for (uint32_t i = 0; i < count; i++) {
		/* A string can't hold a zero. */
		text[length++] = bytes[i] ? (char)bytes[i] : ' ';
		if (length == TEXT_CONSOLE_CAPACITY)
			flush(the, show);
	}
	flush(the, show);
}

const uint8_t *text_console_range(xsMachine *the, uint32_t *count)
{
	void *bytes;
	xsUnsignedValue size;
	if (xsmcArgc < 3 || xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("write: bytes, offset and count are needed");
	xsIntegerValue offset = xsmcToInteger(xsArg(1)), wanted = xsmcToInteger(xsArg(2));
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (offset < 0 || wanted < 0 || (xsUnsignedValue)offset > size || (xsUnsignedValue)wanted > size - (xsUnsignedValue)offset)
		xsRangeError("write: the range leaves the buffer");
	*count = (uint32_t)wanted;
	return (const uint8_t *)bytes + offset;
}
