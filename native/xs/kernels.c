/* The functions of the kernels module that are not classes. */
#include <stdlib.h>
#include <stdlib.h>
#include "xsmc.h"
#include "xsHost.h"
#include "cores.h"
#include "crc32.h"
#include "glue.h"
#include "kernel-check.h"
#include "profile.h"
#include "ruvm.h"
#include "simd-kernels.h"

uint8_t profile_on;
uint64_t profile_entered, profile_inside, profile_idle;
static uint64_t started;
const rv_worker *second_core;

#define MOST_SECTIONS (7 + 6 * 255)

/* readModel(file): 32-bit integers, the shape, then six for each section; nothing when it is for the other reader. */
void xs_kernels_readModel(xsMachine *the)
{
	struct {
		ruvm_shape shape;
		ruvm_section sections[];
	} *read;
	int32_t size, count = 0;
	if (xsmcArgc < 1)
		xsTypeError("readModel: a file is needed");
	uint8_t *file = glue_pinned(the, &xsArg(0), &size, 0, "readModel: the file");
	/* Its header tells how many sections there are. */
	int32_t capacity = size > 32 ? file[20] | file[21] << 8 : 0;
	if (capacity > MOST_SECTIONS)
		return;
	read = malloc(sizeof(*read) + (size_t)capacity * sizeof(ruvm_section));
	if (!read)
		return;
	count = ruvm_read(file, (uint32_t)size, &read->shape, read->sections, capacity);
	if (count) {
		xsTry {
			xsmcSetArrayBuffer(xsResult, read, (xsIntegerValue)(sizeof(*read) + (size_t)count * sizeof(ruvm_section)));
		}
		xsCatch {
			free(read);
			xsThrow(xsException);
		}
	}
	free(read);
}

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
