/* Memory: a block outside the XS heap that kernels may keep pointers into. */
#include <stdlib.h>
#if defined(__riscv) && !defined(ESP_PLATFORM)
#include <unistd.h>
#endif
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"

#define ALIGNMENT 64

/* How many there are: without any, a collection gives nothing back. */
static int32_t memories;

void xs_memory_destructor(void *data)
{
	/* The byte before the block says how far it was moved to be aligned. */
	if (data) {
		memories--;
		free((uint8_t *)data - ((uint8_t *)data)[-1]);
	}
}

void xs_memory_constructor(xsMachine *the)
{
	glue_check_new(the, xs_memory_destructor, "Memory");
	xsNumberValue wanted = xsmcArgc > 0 ? xsmcToNumber(xsArg(0)) : 0;
	if (!(wanted >= 1 && wanted <= 0x7FFFFF00) || wanted != (xsNumberValue)(int32_t)wanted)
		xsRangeError("Memory: the size must be an integer from 1 to 2^31 - 256");
	int32_t bytes = (int32_t)wanted;
	uint8_t *block = calloc(1, (size_t)bytes + ALIGNMENT);
	if (!block) {
		/* What scripts have let go of is given back only by a collection, and XS does not count these bytes. */
		xsCollectGarbage();
		block = calloc(1, (size_t)bytes + ALIGNMENT);
	}
	if (!block)
		xsRangeError("Memory: %d bytes are not available", (int)bytes);
	uint8_t shift = (uint8_t)(ALIGNMENT - ((uintptr_t)block & (ALIGNMENT - 1)));
	block[shift - 1] = shift;
	memories++;
	xsmcSetHostBuffer(xsThis, block + shift, bytes);
}

void xs_memory_get_byteLength(xsMachine *the)
{
	glue_host(the, xs_memory_destructor, "Memory");
	xsmcSetInteger(xsResult, xsmcGetHostBufferLength(xsThis));
}

/*
 * Bytes that malloc has not looked at yet, when its library tells: picolibc clears what it gives and what it
 * gets back, eight instructions for each byte of a trial. ESP-IDF has that library with a malloc of its own.
 */
#if defined(__PICOLIBC__) && !defined(ESP_PLATFORM)
static int32_t untouched(void)
{
	extern uint8_t __heap_end[];
	return (int32_t)(__heap_end - (uint8_t *)sbrk(0));
}
#else
static int32_t untouched(void)
{
	return 0;
}
#endif

/* What malloc adds to two blocks, at most. */
#define HEADERS 64

static int fits(int32_t bytes, int32_t spare)
{
	/* volatile: a compiler may leave out blocks that nobody uses, and take them for granted. */
	void *volatile block = malloc((size_t)bytes + ALIGNMENT), *volatile rest = block ? malloc((size_t)spare + 1) : NULL;
	int both = rest != NULL;
	free(rest);
	free(block);
	return both;
}

static int32_t size_argument(xsMachine *the, int index, const char *name)
{
	xsNumberValue value = xsmcArgc > index ? xsmcToNumber(xsArg(index)) : -1;
	if (!(value >= 0 && value <= 0x7FFFFF00) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("availableMemory: %s is no integer from 0 to 2^31 - 256", (char *)name);
	return (int32_t)value;
}

void xs_memory_available(xsMachine *the)
{
	int32_t wanted = size_argument(the, 0, "wanted"), spare = size_argument(the, 1, "spare");
	int64_t certain = (int64_t)untouched() - spare - ALIGNMENT - HEADERS;
	int32_t low = 0, high = wanted;
	if (certain >= wanted)
		low = wanted;
	else if (certain > 0 && !memories)
		/* Nothing larger was ever given back. */
		low = high = (int32_t)certain;
	else if (fits(wanted, spare))
		low = wanted;
	else {
		if (memories)
			xsCollectGarbage();
		if (memories && fits(wanted, spare))
			low = wanted;
		else if (certain > 0)
			low = (int32_t)certain;
	}
	while (high - low > 256) {
		int32_t middle = low + (high - low) / 2;
		if (fits(middle, spare))
			low = middle;
		else
			high = middle;
	}
	xsmcSetInteger(xsResult, low);
}
