/* The TextRanker class, and records of texts. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "profile.h"
#include "text-rank.h"

typedef struct {
	rv_texts texts;
	rv_rank_settings settings;
	uint32_t *found;
	int32_t most_found, scratch;
	rv_question question;
} ranker_record;

void xs_ranker_destructor(void *data)
{
	free(data);
}

static int32_t integer(xsMachine *the, int at, const char *name, int32_t low, int32_t high)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1;
	if (!(value >= low && value <= high) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("text: %s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return (int32_t)value;
}

/* The UTF-8 of a string; it stays where it is until XS is called again. */
static const uint8_t *text_of(xsMachine *the, int at, int32_t *bytes)
{
	xsType type = xsmcArgc > at ? xsmcTypeOf(xsArg(at)) : xsUndefinedType;
	if (type != xsStringType && type != xsStringXType)
		xsTypeError("text: this is no string");
	const char *text = xsmcToString(xsArg(at));
	size_t size = strlen(text);
	if (size > 0xFFFFFF)
		xsRangeError("text: it is longer than 16 MB");
	*bytes = (int32_t)size;
	return (const uint8_t *)text;
}

/* From buffer, offset, size; none when the first is no object. Numbers are converted first: that may call scripts, and buffers move then. */
static const int8_t *vector_of(xsMachine *the, int at, int32_t *dims)
{
	void *data;
	xsUnsignedValue size;
	*dims = 0;
	if (xsmcArgc < at + 3 || xsmcTypeOf(xsArg(at)) != xsReferenceType)
		return NULL;
	int32_t offset = integer(the, at + 1, "offset", 0, 0x7FFFFFFF), count = integer(the, at + 2, "dimensions", 1, 0xFFFF);
	glue_buffer(the, &xsArg(at), &data, &size, 0);
	if ((xsUnsignedValue)offset > size || (xsUnsignedValue)count > size - (xsUnsignedValue)offset)
		xsRangeError("text: the vector leaves its buffer");
	*dims = count;
	return (int8_t *)data + offset;
}

/* record(record, text, vector, offset, size) */
void xs_text_record(xsMachine *the)
{
	int32_t capacity, bytes, dims;
	if (xsmcArgc < 2)
		xsTypeError("textRecord: record and text are needed");
	uint8_t *record = glue_pinned(the, &xsArg(0), &capacity, 1, "textRecord: the record");
	const int8_t *vector = vector_of(the, 2, &dims);
	const uint8_t *text = text_of(the, 1, &bytes);
	if ((uintptr_t)record & 3)
		xsRangeError("textRecord: the record does not begin at a multiple of 4 bytes");
	xsmcSetInteger(xsResult, rv_text_record(record, capacity, text, bytes, vector, dims));
}

/* constructor(store, offsets, found, candidates, grams, gramWeight, vectorWeight) */
void xs_ranker_constructor(xsMachine *the)
{
	int32_t store_bytes, offset_bytes, found_bytes;
	glue_check_new(the, xs_ranker_destructor, "TextRanker");
	if (xsmcArgc < 7)
		xsTypeError("TextRanker: store, offsets, found and four numbers are needed");
	const uint8_t *store = glue_pinned(the, &xsArg(0), &store_bytes, 0, "TextRanker: the store");
	const uint8_t *offsets = glue_pinned(the, &xsArg(1), &offset_bytes, 0, "TextRanker: offsets");
	uint8_t *found = glue_pinned(the, &xsArg(2), &found_bytes, 1, "TextRanker: found");
	rv_rank_settings settings = { integer(the, 3, "candidates", 4, RV_CANDIDATES), integer(the, 4, "grams", 16, 1024) & ~3, integer(the, 5, "gramWeight", 0, 4096), integer(the, 6, "vectorWeight", 0, 4096) };
	int32_t size = (int32_t)(sizeof(ranker_record) - sizeof(rv_question)) + rv_question_size(&settings);
	if (((uintptr_t)store | (uintptr_t)offsets | (uintptr_t)found) & 3)
		xsRangeError("TextRanker: the buffers do not begin at multiples of 4 bytes");
	if (offset_bytes / 4 > 0xFFFF)
		xsRangeError("TextRanker: there are more than 65535 offsets");
	ranker_record *record = malloc((size_t)size);
	if (!record)
		xsRangeError("TextRanker: %d bytes are not available", (int)size);
	record->texts = (rv_texts){ store, (uint32_t)store_bytes, (const uint32_t *)offsets, offset_bytes / 4 };
	record->settings = settings;
	record->scratch = size;
	record->found = (uint32_t *)found;
	record->most_found = found_bytes / 12;
	record->question.count = record->question.gram_count = 0;
	xsmcSetHostData(xsThis, record);
	xsmcDefine(xsThis, xsID("store"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("offsets"), xsArg(1), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("found"), xsArg(2), xsDontDelete | xsDontSet | xsDontEnum);
}

/* rank(text, vector, offset, size, k) */
void xs_ranker_rank(xsMachine *the)
{
	ranker_record *record = glue_host(the, xs_ranker_destructor, "TextRanker");
	int32_t bytes, dims, most = record->most_found < record->settings.candidates ? record->most_found : record->settings.candidates;
	int32_t k = integer(the, 4, "k", 1, most);
	const int8_t *vector = vector_of(the, 1, &dims);
	const uint8_t *text = text_of(the, 0, &bytes);
	profile_enter();
	int32_t count = rv_texts_rank(&record->texts, &record->settings, &record->question, text, bytes, vector, dims, k);
	profile_leave();
	for (int32_t i = 0; i < count; i++) {
		record->found[3 * i] = record->question.best[i].id;
		record->found[3 * i + 1] = record->question.best[i].score;
		record->found[3 * i + 2] = record->question.best[i].coverage;
	}
	xsmcSetInteger(xsResult, count);
}

void xs_ranker_coverage(xsMachine *the)
{
	ranker_record *record = glue_host(the, xs_ranker_destructor, "TextRanker");
	int32_t bytes;
	const uint8_t *text = text_of(the, 0, &bytes);
	xsmcSetInteger(xsResult, (int32_t)rv_question_coverage(&record->settings, &record->question, text, bytes));
}

/* text(offset): the text of a record. */
void xs_ranker_text(xsMachine *the)
{
	ranker_record *record = glue_host(the, xs_ranker_destructor, "TextRanker");
	xsNumberValue offset = xsmcArgc > 0 ? xsmcToNumber(xsArg(0)) : -1;
	const rv_text *text = offset >= 0 && offset < 4294967295.0 && offset == (xsNumberValue)(uint32_t)offset ? rv_text_at(&record->texts, (uint32_t)offset) : NULL;
	if (!text)
		xsRangeError("TextRanker: there is no record");
	xsmcSetStringBuffer(xsResult, (char *)rv_text_bytes_of(text), text->bytes);
}

void xs_ranker_get_scratchBytes(xsMachine *the)
{
	ranker_record *record = glue_host(the, xs_ranker_destructor, "TextRanker");
	xsmcSetInteger(xsResult, record->scratch);
}
