/* Packing of hidden states: see native/hidden-pack.h. */
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "hidden-pack.h"
#include "profile.h"

static int32_t integer(xsMachine *the, int at, const char *name, int32_t low, int32_t high)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1;
	if (!(value >= low && value <= high) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("states: %s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return (int32_t)value;
}

typedef struct {
	int32_t *states;
	uint8_t *bytes;
	int32_t count, room;
} arguments;

/* states, their offset in bytes, count; bytes, their offset, how many. Numbers first: scripts that convert them may move buffers. */
static arguments read_arguments(xsMachine *the, int packs)
{
	arguments a;
	void *states, *bytes;
	xsUnsignedValue states_size, bytes_size;
	int32_t from = integer(the, 1, "the offset", 0, 0x7FFFFFFC), at = integer(the, 4, "the offset", 0, 0x7FFFFFFF);
	a.count = integer(the, 2, "count", 1, RV_PACK_MAX);
	a.room = integer(the, 5, "the offset", 0, 0x7FFFFFFF);
	if (xsmcTypeOf(xsArg(0)) != xsReferenceType || xsmcTypeOf(xsArg(3)) != xsReferenceType)
		xsTypeError("states: this is no buffer");
	glue_buffer(the, &xsArg(0), &states, &states_size, !packs);
	glue_buffer(the, &xsArg(3), &bytes, &bytes_size, packs);
	if ((uint64_t)(uint32_t)from + 4 * (uint64_t)(uint32_t)a.count > states_size)
		xsRangeError("states: there are no %d values there", (int)a.count);
	if ((uint64_t)(uint32_t)at + (uint32_t)a.room > bytes_size || from % 4)
		xsRangeError("states: the bytes leave their buffer");
	a.states = (int32_t *)(void *)((uint8_t *)states + from);
	a.bytes = (uint8_t *)bytes + at;
	return a;
}

void xs_states_pack(xsMachine *the)
{
	arguments a = read_arguments(the, 1);
	profile_enter();
	int32_t bytes = rv_pack(a.bytes, a.room, a.states, a.count);
	profile_leave();
	if (bytes < 0)
		xsRangeError("packStates: there is no room for %d values in %d bytes; %d always do", (int)a.count, (int)a.room, (int)RV_PACK_BYTES(a.count, 32));
	xsmcSetInteger(xsResult, bytes);
}

void xs_states_unpack(xsMachine *the)
{
	arguments a = read_arguments(the, 0);
	profile_enter();
	int32_t bytes = rv_unpack(a.states, a.count, a.bytes, a.room);
	profile_leave();
	xsmcSetInteger(xsResult, bytes);
}
