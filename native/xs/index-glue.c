/* The VectorIndex class: an index in a block that scripts own, with scratch of its own. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "hnsw.h"
#include "profile.h"

typedef struct {
	rv_hnsw *index;
	rv_found *found;
	int32_t most_found, most_ef, distances, scratch_bytes;
	uint8_t writable, busy;
	xsMachine *the;
	xsSlot *filter;
	uint8_t *scratch;
} index_record;

void xs_index_destructor(void *data)
{
	free(data);
}

static index_record *record_of(xsMachine *the, int change)
{
	index_record *record = glue_host(the, xs_index_destructor, "VectorIndex");
	/* A filter is a script: it must not use the scratch that its search is in. */
	if (record->busy)
		xsUnknownError("VectorIndex: a filter must not use the index that asks it");
	if (change && !record->writable)
		xsTypeError("VectorIndex: this one is read-only; copy its bytes into a Memory");
	return record;
}

static int32_t integer(xsMachine *the, int at, const char *name, int32_t low, int32_t high)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1;
	if (!(value >= low && value <= high) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("VectorIndex: %s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return (int32_t)value;
}

/* `least` bytes of a buffer from arguments: buffer, offset, count. */
static uint8_t *range(xsMachine *the, int at, int32_t *count, int writable)
{
	void *data;
	xsUnsignedValue size;
	if (xsmcArgc < at + 3 || xsmcTypeOf(xsArg(at)) != xsReferenceType)
		xsTypeError("VectorIndex: this is no vector");
	int32_t offset = integer(the, at + 1, "offset", 0, 0x7FFFFFFF);
	*count = integer(the, at + 2, "size", 0, 0x7FFFFFFF);
	glue_buffer(the, &xsArg(at), &data, &size, writable);
	if ((xsUnsignedValue)offset > size || (xsUnsignedValue)*count > size - (xsUnsignedValue)offset)
		xsRangeError("VectorIndex: the vector leaves its buffer");
	return (uint8_t *)data + offset;
}

static uint8_t *vector_of(xsMachine *the, const index_record *record, int at, int writable)
{
	rv_space space = rv_hnsw_space(record->index);
	int32_t count, bytes = rv_space_bytes(&space);
	uint8_t *vector = range(the, at, &count, writable);
	if (count != bytes)
		xsRangeError("VectorIndex: the vector has %d bytes, not %d", (int)count, (int)bytes);
	return vector;
}

/* From the arguments: ten numbers in a buffer at an offset. */
static void config_of(xsMachine *the, int at, rv_hnsw_config *config)
{
	void *data;
	xsUnsignedValue size;
	int32_t numbers[10];
	if (xsmcArgc < at + 2 || xsmcTypeOf(xsArg(at)) != xsReferenceType)
		xsTypeError("VectorIndex: a configuration is needed");
	int32_t offset = integer(the, at + 1, "offset", 0, 0x7FFFFFFF);
	glue_buffer(the, &xsArg(at), &data, &size, 0);
	if (size < sizeof(numbers) || (xsUnsignedValue)offset > size - sizeof(numbers))
		xsRangeError("VectorIndex: the configuration is too short");
	memcpy(numbers, (uint8_t *)data + offset, sizeof(numbers));
	*config = (rv_hnsw_config){ numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], (uint32_t)numbers[7], numbers[8], numbers[9] };
}

void xs_index_size(xsMachine *the)
{
	rv_hnsw_config config;
	config_of(the, 0, &config);
	xsmcSetInteger(xsResult, rv_hnsw_size(&config));
}

/* constructor(block, its byteLength, found, ef, numbers | undefined, offset) */
void xs_index_constructor(xsMachine *the)
{
	rv_hnsw_config config;
	index_record record;
	int32_t size, found_bytes;
	glue_check_new(the, xs_index_destructor, "VectorIndex");
	if (xsmcArgc < 5)
		xsTypeError("VectorIndex: block, found and ef are needed");
	int fresh = xsmcTypeOf(xsArg(4)) == xsReferenceType;
	memset(&record, 0, sizeof(record));
	record.index = (rv_hnsw *)glue_pinned(the, &xsArg(0), &size, fresh, "VectorIndex: the block");
	record.found = (rv_found *)glue_pinned(the, &xsArg(2), &found_bytes, 1, "VectorIndex: found");
	record.most_found = found_bytes / (int32_t)sizeof(rv_found);
	record.most_ef = integer(the, 3, "ef", 1, RV_HNSW_MOST);
	if ((uintptr_t)record.index & 3)
		xsRangeError("VectorIndex: the block does not begin at a multiple of 4 bytes");
	if (fresh) {
		config_of(the, 4, &config);
		int32_t need = rv_hnsw_size(&config);
		if (!need || need > size)
			xsRangeError("VectorIndex: %s", need ? "the block is too small" : "a number of the configuration is out of range");
		rv_hnsw_init(record.index, &config);
	}
	else if (!rv_hnsw_check(record.index, (uint32_t)size))
		xsRangeError("VectorIndex: the block is no sound index");
	/* A Memory can be written to, a mapped file not; asking throws for the latter. */
	record.writable = 1;
	if (!fresh) {
		xsTry {
			glue_pinned(the, &xsArg(0), &size, 1, "VectorIndex: the block");
		}
		xsCatch {
			record.writable = 0;
		}
	}
	record.scratch_bytes = rv_hnsw_scratch_size(record.index, record.most_ef) + (int32_t)sizeof(record) + 15;
	index_record *copy = malloc((size_t)record.scratch_bytes);
	if (!copy)
		xsRangeError("VectorIndex: %d bytes are not available", (int)record.scratch_bytes);
	record.scratch = (uint8_t *)(((uintptr_t)(copy + 1) + 15) & ~(uintptr_t)15);
	*copy = record;
	xsmcSetHostData(xsThis, copy);
	/* They live as long as this does. */
	xsmcDefine(xsThis, xsID("block"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("found"), xsArg(2), xsDontDelete | xsDontSet | xsDontEnum);
}

void xs_index_insert(xsMachine *the)
{
	index_record *record = record_of(the, 1);
	int32_t id = integer(the, 0, "the number", 0, record->index->capacity - 1);
	if (rv_hnsw_has(record->index, id))
		xsRangeError("VectorIndex: %d is taken", (int)id);
	if (record->index->subspaces && !record->index->trained)
		xsRangeError("VectorIndex: product quantisation needs training first");
	uint8_t *vector = vector_of(the, record, 1, 0);
	if (!rv_hnsw_insert(record->index, id, vector, record->scratch))
		xsRangeError("VectorIndex: the point lies outside the space");
}

static int32_t known(xsMachine *the, const index_record *record)
{
	int32_t id = integer(the, 0, "the number", 0, record->index->capacity - 1);
	if (!rv_hnsw_has(record->index, id))
		xsRangeError("VectorIndex: there is no vector %d", (int)id);
	return id;
}

void xs_index_remove(xsMachine *the)
{
	index_record *record = record_of(the, 1);
	int32_t id = known(the, record);
	rv_hnsw_remove(record->index, id, record->scratch);
}

void xs_index_has(xsMachine *the)
{
	index_record *record = record_of(the, 0);
	xsNumberValue id = xsmcArgc > 0 ? xsmcToNumber(xsArg(0)) : -1;
	xsmcSetBoolean(xsResult, id >= 0 && id < record->index->capacity && id == (xsNumberValue)(int32_t)id && rv_hnsw_has(record->index, (int32_t)id));
}

void xs_index_read(xsMachine *the)
{
	index_record *record = record_of(the, 0);
	int32_t id = known(the, record);
	rv_hnsw_read(record->index, id, vector_of(the, record, 1, 1));
}

static int ask(void *context, uint32_t id)
{
	index_record *record = context;
	xsMachine *the = record->the;
	xsSlot answer = xsCallFunction1(*record->filter, xsUndefined, xsInteger((xsIntegerValue)id));
	return xsmcToBoolean(answer);
}

/* search(buffer, offset, count, k, ef, filter) */
void xs_index_search(xsMachine *the)
{
	index_record *record = record_of(the, 0);
	int32_t most = record->most_found, count = 0;
	int32_t k = integer(the, 3, "k", 1, most), ef = integer(the, 4, "ef", 0, record->most_ef);
	int filtered = xsmcArgc > 5 && xsmcTypeOf(xsArg(5)) == xsReferenceType;
	if (ef && k > record->most_ef)
		xsRangeError("VectorIndex: k is above the widest beam, %d", (int)record->most_ef);
	if (record->index->subspaces && !record->index->trained)
		xsRangeError("VectorIndex: product quantisation needs training first");
	const uint8_t *vector = vector_of(the, record, 0, 0);
	uint64_t before = profile_on ? profile_ticks() : 0;
	record->busy = 1;
	record->the = the;
	record->filter = filtered ? &xsArg(5) : NULL;
	if (filtered) {
		xsTry {
			count = rv_hnsw_search(record->index, vector, k, ef, ask, record, record->found, record->scratch, &record->distances);
		}
		xsCatch {
			record->busy = 0;
			xsThrow(xsException);
		}
	}
	else
		count = rv_hnsw_search(record->index, vector, k, ef, NULL, NULL, record->found, record->scratch, &record->distances);
	record->busy = 0;
	if (profile_on)
		profile_inside += profile_ticks() - before;
	if (count < 0)
		xsRangeError("VectorIndex: the point lies outside the space");
	xsmcSetInteger(xsResult, count);
}

/* train(buffer, offset, count, rounds) */
void xs_index_train(xsMachine *the)
{
	index_record *record = record_of(the, 1);
	int32_t bytes, rounds = integer(the, 3, "rounds", 1, 1000), dims = record->index->dims;
	if (!record->index->subspaces || record->index->count)
		xsRangeError("VectorIndex: %s", record->index->count ? "training comes before the first vector" : "there is no codebook to train");
	uint8_t *samples = range(the, 0, &bytes, 0);
	int32_t count = bytes / dims;
	if (bytes % dims || count < 1 << record->index->code_bits)
		xsRangeError("VectorIndex: training needs %d vectors of %d bytes at least", 1 << record->index->code_bits, (int)dims);
	if (bytes > 1 << 28)
		xsRangeError("VectorIndex: these are too many samples");
	void *work = malloc((size_t)rv_hnsw_train_size(record->index, count));
	if (!work)
		xsRangeError("VectorIndex: %d bytes are not available", (int)rv_hnsw_train_size(record->index, count));
	rv_hnsw_train(record->index, samples, count, rounds, work);
	free(work);
}

void xs_index_get_count(xsMachine *the)
{
	xsmcSetInteger(xsResult, record_of(the, 0)->index->count);
}

void xs_index_get_distances(xsMachine *the)
{
	xsmcSetInteger(xsResult, record_of(the, 0)->distances);
}

void xs_index_get_scratchBytes(xsMachine *the)
{
	xsmcSetInteger(xsResult, record_of(the, 0)->scratch_bytes);
}
