/* Memory: a block outside the XS heap that kernels may keep pointers into. */
#include <stdlib.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"

#define ALIGNMENT 64

void xs_memory_destructor(void *data)
{
	/* The byte before the block says how far it was moved to be aligned. */
	if (data)
		free((uint8_t *)data - ((uint8_t *)data)[-1]);
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
	xsmcSetHostBuffer(xsThis, block + shift, bytes);
}

void xs_memory_get_byteLength(xsMachine *the)
{
	glue_host(the, xs_memory_destructor, "Memory");
	xsmcSetInteger(xsResult, xsmcGetHostBufferLength(xsThis));
}

static int fits(int32_t bytes, int32_t spare)
{
	/* volatile: a compiler may leave out blocks that nobody uses, and take them for granted. */
	void *volatile block = malloc((size_t)bytes + ALIGNMENT), *volatile rest = malloc((size_t)spare + 1);
	int both = block && rest;
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
	int32_t low = 0, high = wanted;
	if (!fits(wanted, spare))
		xsCollectGarbage();
	if (fits(wanted, spare))
		low = wanted;
	while (high - low > 256) {
		int32_t middle = low + (high - low) / 2;
		if (fits(middle, spare))
			low = middle;
		else
			high = middle;
	}
	xsmcSetInteger(xsResult, low);
}
