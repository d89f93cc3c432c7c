/* The Operator class: binds a kernel to its buffers once, then runs it with one small argument. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "operator.h"
#include "profile.h"

#define MAX_PARAMS 24

void xs_operator_destructor(void *data)
{
	free(data);
}

int32_t bind_integer(binder *b, const char *field, int32_t low, int32_t high)
{
	xsMachine *the = b->the;
	int32_t value = b->params[b->next++];
	if (value < low || value > high)
		xsRangeError("%s: %s is %d, not from %d to %d", (char *)b->name, (char *)field, (int)value, (int)low, (int)high);
	return value;
}

static int32_t place(binder *b, const char *field, int64_t bytes, int32_t alignment, int32_t size, const char *where)
{
	xsMachine *the = b->the;
	int32_t offset = b->params[b->next++];
	if (offset < 0 || bytes < 0 || (int64_t)offset + bytes > size)
		xsRangeError("%s: %s leaves the %s", (char *)b->name, (char *)field, (char *)where);
	if (offset % alignment)
		xsRangeError("%s: %s is not a multiple of %d", (char *)b->name, (char *)field, (int)alignment);
	return offset;
}

void *bind_arena(binder *b, const char *field, int64_t bytes, int32_t alignment)
{
	return b->arena + place(b, field, bytes, alignment, b->arena_bytes, "arena");
}

const void *bind_weights(binder *b, const char *field, int64_t bytes, int32_t alignment)
{
	return b->weights + place(b, field, bytes, alignment, b->weights_bytes, "weights");
}

/* The kernels look codes up and multiply: a code that does not occur would be a weight of 2. */
static void check_ternary(xsMachine *the, const uint8_t *tiles, int64_t bytes)
{
	for (int64_t i = 0; i < bytes; i++)
		if (tiles[i] & tiles[i] >> 1 & 0x55)
			xsRangeError("matvec: there is a ternary weight of 2");
}

int32_t bind_matrix(binder *b, operator_record *op)
{
	xsMachine *the = b->the;
	int32_t at = b->next++;
	int32_t rows = bind_integer(b, "rows", 1, 1 << 20), columns = bind_integer(b, "columns", 1, RV_MAX_COLUMNS);
	int32_t shift = bind_integer(b, "shift", 0, 60), type = bind_integer(b, "type", MATRIX_INT8, MATRIX_BINARY);
	int32_t end = b->next, tile_rows = (rows + RV_TILE_ROWS - 1) / RV_TILE_ROWS;
	const uint16_t *scales;
	b->next = at;
	if (type == MATRIX_INT8) {
		int64_t tiles = (int64_t)tile_rows * ((columns + RV_TILE_COLUMNS - 1) / RV_TILE_COLUMNS) * RV_TILE_BYTES;
		const int8_t *bytes = bind_weights(b, "tiles", tiles + (int64_t)rows * 2, RV_TILE_COLUMNS);
		scales = (const uint16_t *)(bytes + tiles);
		op->matrix = (rv_matrix){ bytes, scales, rows, columns, shift };
	}
	else {
		if (type < MATRIX_INT4)
			xsRangeError("%s: there is no matrix of type %d", (char *)b->name, (int)type);
		if (columns > RV_MAX_COLUMNS_GROUPED)
			xsRangeError("%s: columns is %d, more than %d", (char *)b->name, (int)columns, RV_MAX_COLUMNS_GROUPED);
		int64_t count = (int64_t)tile_rows * ((columns + RV_GROUP - 1) / RV_GROUP);
		int64_t tiles = count * (type == MATRIX_INT4 ? RV_TILE_BYTES : type == MATRIX_TERNARY ? RV_TILE_BYTES_TERNARY : RV_TILE_BYTES_BINARY);
		const uint8_t *bytes = bind_weights(b, "tiles", tiles + count * RV_TILE_ROWS + (int64_t)rows * 2, RV_TILE_COLUMNS);
		scales = (const uint16_t *)(bytes + tiles + count * RV_TILE_ROWS);
		op->grouped = (rv_matrix_grouped){ bytes, bytes + tiles, scales, rows, columns, shift };
		if (type == MATRIX_TERNARY)
			check_ternary(the, bytes, tiles);
	}
	b->next = end;
	for (int32_t r = 0; r < rows; r++)
		if (scales[r] >> 15)
			xsRangeError("%s: the scale of row %d is not below 32768", (char *)b->name, (int)r);
	return type;
}

void xs_operator_constructor(xsMachine *the)
{
	int32_t params[MAX_PARAMS];
	binder b;
	operator_record op, *copy;
	glue_check_new(the, xs_operator_destructor, "Operator");
	if (xsmcArgc < 6)
		xsTypeError("Operator: kind, arena, weights and params are needed");
	int32_t kind = xsmcTypeOf(xsArg(0)) == xsIntegerType ? xsmcToInteger(xsArg(0)) : -1;
	if (kind < 0 || kind >= operator_kind_count)
		xsRangeError("Operator: there is no such kind");
	memset(&b, 0, sizeof(b));
	memset(&op, 0, sizeof(op));
	b.the = the;
	b.name = operator_kinds[kind].name;
	b.arena = glue_pinned(the, &xsArg(1), &b.arena_bytes, 1, "Operator: arena");
	b.weights = glue_pinned(the, &xsArg(2), &b.weights_bytes, 0, "Operator: weights");
	void *data;
	xsUnsignedValue bytes;
	xsNumberValue offset = xsmcToNumber(xsArg(4)), count = xsmcToNumber(xsArg(5));
	if (count != operator_kinds[kind].params)
		xsRangeError("%s: %d parameters are needed", (char *)b.name, (int)operator_kinds[kind].params);
	glue_buffer(the, &xsArg(3), &data, &bytes, 0);
	if (!(offset >= 0 && offset + count * 4 <= bytes))
		xsRangeError("%s: the parameters leave their buffer", (char *)b.name);
	b.count = operator_kinds[kind].params;
	memcpy(params, (uint8_t *)data + (uint32_t)offset, (size_t)b.count * 4);
	b.params = params;
	op.limit = 1;
	operator_kinds[kind].bind(&b, &op);
	/* The operator keeps its buffers alive, whatever a script does to it. */
	xsmcDefine(xsThis, xsID("arena"), xsArg(1), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("weights"), xsArg(2), xsDontDelete | xsDontSet | xsDontEnum);
	copy = malloc(sizeof(op));
	if (!copy)
		xsRangeError("%s: no memory", (char *)b.name);
	*copy = op;
	xsmcSetHostData(xsThis, copy);
}

void xs_operator_run(xsMachine *the)
{
	operator_record *op = glue_host(the, xs_operator_destructor, "Operator");
	int32_t argument = xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) : 0;
	if (argument < 0 || argument >= op->limit)
		xsRangeError("Operator.run: %d is not from 0 to %d", (int)argument, (int)(op->limit - 1));
	profile_enter();
	int32_t result = op->run(op, argument);
	profile_leave();
	xsmcSetInteger(xsResult, result);
}
