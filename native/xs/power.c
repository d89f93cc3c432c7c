/* The port power for XS: power.js has checked the arguments; what would harm memory is checked again. */
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "crc32.h"
#include "glue.h"
#include "sleep.h"

static xsNumberValue number(xsMachine *the, int at, xsNumberValue low, xsNumberValue high)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : low - 1;
	if (!(value >= low && value <= high))
		xsRangeError("power: argument %d is out of range", at);
	return value;
}

/* (buffer, offset, count): bytes to be used before XS is called again. */
static const uint8_t *range(xsMachine *the, uint32_t most, uint32_t *count)
{
	void *data;
	xsUnsignedValue size;
	xsNumberValue offset = number(the, 1, 0, 0x7FFFFFFF), wanted = number(the, 2, 0, most);
	if (xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("power: there are no bytes");
	glue_buffer(the, &xsArg(0), &data, &size, 0);
	if (offset > size || wanted > size - offset)
		xsRangeError("power: the bytes leave their buffer");
	*count = (uint32_t)wanted;
	return (const uint8_t *)data + (uint32_t)offset;
}

void xs_power_sleep(xsMachine *the)
{
	struct wake_sources sources = {
		(int64_t)number(the, 1, -1, 31536000000000.0), (int32_t)number(the, 2, -1, 63), (int32_t)number(the, 3, 0, 1), xsmcArgc > 4 && xsmcTest(xsArg(4)),
	};
	xsmcSetInteger(xsResult, xsmcTest(xsArg(0)) ? sleep_deep(&sources) : sleep_light(&sources));
}

void xs_power_cause(xsMachine *the)
{
	xsmcSetInteger(xsResult, sleep_cause());
}

static uint32_t check_of(const struct retained *kept)
{
	return crc32_bytes(crc32_bytes(0, (const uint8_t *)&kept->count, sizeof(kept->count)), kept->bytes, kept->count);
}

void xs_power_keep(xsMachine *the)
{
	uint32_t count, room;
	struct retained *kept = sleep_retained(&room);
	const uint8_t *bytes = range(the, room, &count);
	memmove(kept->bytes, bytes, count);
	kept->count = count;
	kept->check = check_of(kept);
}

void xs_power_kept(xsMachine *the)
{
	uint32_t room;
	const struct retained *kept = sleep_retained(&room);
	if (kept->count <= room && kept->check == check_of(kept))
		xsmcSetArrayBuffer(xsResult, (void *)kept->bytes, (xsIntegerValue)kept->count);
}

void xs_power_retainedBytes(xsMachine *the)
{
	uint32_t room;
	sleep_retained(&room);
	xsmcSetInteger(xsResult, (xsIntegerValue)room);
}

void xs_power_clockHertz(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)sleep_clock_hertz());
}

void xs_power_gateBytes(xsMachine *the)
{
	uint32_t size;
	sleep_gate_memory(&size);
	xsmcSetInteger(xsResult, (xsIntegerValue)size);
}

void xs_power_gateMemory(xsMachine *the)
{
	uint32_t size;
	uint8_t *memory = sleep_gate_memory(&size);
	if (memory) {
		xsResult = xsNewHostObject(NULL);
		xsmcSetHostBuffer(xsResult, memory, (xsIntegerValue)size);
	}
}

void xs_power_loadGate(xsMachine *the)
{
	uint32_t size, room;
	const uint8_t *image = range(the, 0x7FFFFFFF, &size);
	if (!sleep_gate_memory(&room))
		xsmcSetInteger(xsResult, SLEEP_NO_GATE);
	else
		xsmcSetInteger(xsResult, size > room ? SLEEP_GATE_SIZE : sleep_gate_load(image, size));
}

void xs_power_startGate(xsMachine *the)
{
	xsmcSetInteger(xsResult, sleep_gate_start((uint32_t)number(the, 0, 1, 0x7FFFFFFF)));
}

void xs_power_stopGate(xsMachine *the)
{
	xsmcSetInteger(xsResult, sleep_gate_stop());
}
