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
