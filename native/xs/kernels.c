/* The functions of the kernels module that are not classes. */
#include <stdlib.h>
#include "xsmc.h"
#include "xsHost.h"
#include "cores.h"
#include "crc32.h"
#include "glue.h"
#include "kernel-check.h"
#include "profile.h"
#include "simd-kernels.h"

uint8_t profile_on;
uint64_t profile_entered, profile_inside;
static uint64_t started;
const rv_worker *second_core;

void xs_kernels_profile(xsMachine *the)
{
	profile_on = xsmcArgc > 0 && xsmcToBoolean(xsArg(0));
	profile_inside = 0;
	started = profile_ticks();
}

void xs_kernels_kernelTicks(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)profile_inside);
}

void xs_kernels_totalTicks(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)(profile_ticks() - started));
}

void xs_kernels_crc32(xsMachine *the)
{
	void *data;
	xsUnsignedValue size;
	if (xsmcArgc < 4)
		xsTypeError("crc32: bytes, offset, count and seed are needed");
	xsNumberValue offset = xsmcToNumber(xsArg(1)), count = xsmcToNumber(xsArg(2)), seed = xsmcToNumber(xsArg(3));
	if (xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("crc32: this is no buffer");
	glue_buffer(the, &xsArg(0), &data, &size, 0);
	if (!(offset >= 0 && count >= 0 && offset + count <= size))
		xsRangeError("crc32: the range leaves the buffer");
	if (!(seed >= 0 && seed <= 4294967295.0))
		xsRangeError("crc32: the seed is no 32-bit number");
	xsmcSetNumber(xsResult, (xsNumberValue)crc32_bytes((uint32_t)seed, (const uint8_t *)data + (uint32_t)offset, (uint32_t)count));
}

void xs_kernels_tickUnit(xsMachine *the)
{
	xsmcSetString(xsResult, PROFILE_UNIT);
}

void xs_kernels_variant(xsMachine *the)
{
	xsmcSetString(xsResult, RV_VARIANT);
}

void xs_kernels_kernelSelfTest(xsMachine *the)
{
	void *block = malloc((size_t)rv_kernel_check_scratch_size() + 63);
	if (!block)
		xsRangeError("kernelSelfTest: %d bytes are not available", (int)rv_kernel_check_scratch_size() + 63);
	const char *name = rv_kernel_check(&rv_bound_kernels, (void *)(((uintptr_t)block + 63) & ~(uintptr_t)63));
	free(block);
	if (name)
		xsmcSetString(xsResult, (char *)name);
}

void xs_kernels_useCores(xsMachine *the)
{
	xsNumberValue cores = xsmcArgc > 0 ? xsmcToNumber(xsArg(0)) : 0;
	if (cores != 1 && cores != 2)
		xsRangeError("useCores: 1 or 2 are possible");
	second_core = cores == 2 ? rv_worker_start() : NULL;
	xsmcSetInteger(xsResult, second_core ? 2 : 1);
}

void xs_kernels_cores(xsMachine *the)
{
	xsmcSetInteger(xsResult, second_core ? 2 : 1);
}
