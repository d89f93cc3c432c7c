/* The EmbedderKernel class: a checked file, text to a vector. And the features alone. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "text-features.h"
#include "text-glue.h"

const uint8_t *glue_text(xsMachine *the, xsSlot *slot, uint32_t *count, const char *what)
{
	const uint8_t *text;
	xsUnsignedValue size;
	xsType type = xsmcTypeOf(*slot);
	if (type == xsStringType || type == xsStringXType) {
		text = (const uint8_t *)xsmcToString(*slot);
		size = (xsUnsignedValue)strlen((const char *)text);
	}
	else {
		void *data;
		if (type != xsReferenceType)
			xsTypeError("%s: the text is neither a string nor bytes", (char *)what);
		glue_buffer(the, slot, &data, &size, 0);
		text = data;
	}
	if (size > RV_TEXT_BYTES)
		xsRangeError("%s: the text is longer than 1 MB; cut it into parts", (char *)what);
	*count = (uint32_t)size;
	return text;
}

/* In every XS, but only in newer ones' header. */
extern void *fxGetHostDataIf(xsMachine *the, xsSlot *slot);

void xs_embedder_destructor(void *data)
{
	free(data);
}

const rv_embedder *glue_embedder(xsMachine *the, xsSlot *slot, const char *what)
{
	/* Asked first: XS throws at the destructor of what is no host object. */
	void *data = xsmcTypeOf(*slot) == xsReferenceType ? fxGetHostDataIf(the, slot) : NULL;
	if (!data || fxGetHostDestructor(the, slot) != xs_embedder_destructor)
		xsTypeError("%s: this is no embedder", (char *)what);
	return data;
}

void xs_embedder_constructor(xsMachine *the)
{
	rv_embedder embedder, *copy;
	int32_t size;
	glue_check_new(the, xs_embedder_destructor, "EmbedderKernel");
	if (xsmcArgc < 3)
		xsTypeError("EmbedderKernel: file, offset and count are needed");
	uint8_t *bytes = glue_pinned(the, &xsArg(0), &size, 0, "EmbedderKernel: file");
	int32_t offset = xsmcToInteger(xsArg(1)), count = xsmcToInteger(xsArg(2));
	if (offset < 0 || count < 0 || offset > size || count > size - offset)
		xsRangeError("EmbedderKernel: the range leaves the file");
	enum rv_embedder_status status = rv_embedder_init(&embedder, bytes + offset, (uint32_t)count);
	if (status != RV_EMBEDDER_OK)
		xsRangeError("%s", (char *)rv_embedder_message(status));
	xsmcDefine(xsThis, xsID("file"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	copy = malloc(sizeof(embedder));
	if (!copy)
		xsRangeError("EmbedderKernel: no memory");
	*copy = embedder;
	xsmcSetHostData(xsThis, copy);
}

/* embed(text, out, offset): writes dims bytes into the buffer `out`. Allocates nothing. */
void xs_embedder_embed(xsMachine *the)
{
	const rv_embedder *embedder = glue_host(the, xs_embedder_destructor, "EmbedderKernel");
	int8_t vector[RV_EMBEDDER_MAX_DIMS];
	void *out;
	xsUnsignedValue size;
	uint32_t count;
	if (xsmcArgc < 3)
		xsTypeError("EmbedderKernel.embed: text, out and offset are needed");
	int32_t offset = xsmcToInteger(xsArg(2));
	const uint8_t *text = glue_text(the, &xsArg(0), &count, "embed");
	rv_embedder_embed(embedder, vector, text, count);
	if (xsmcTypeOf(xsArg(1)) != xsReferenceType)
		xsTypeError("embed: out is no buffer");
	glue_buffer(the, &xsArg(1), &out, &size, 1);
	if (offset < 0 || (xsUnsignedValue)offset > size || (xsUnsignedValue)embedder->dims > size - (xsUnsignedValue)offset)
		xsRangeError("embed: out has no room for %d bytes at %d", (int)embedder->dims, (int)offset);
	memcpy((uint8_t *)out + offset, vector, (size_t)embedder->dims);
}

void xs_embedder_get_dims(xsMachine *the)
{
	const rv_embedder *embedder = glue_host(the, xs_embedder_destructor, "EmbedderKernel");
	xsmcSetInteger(xsResult, embedder->dims);
}

/* textFeatures(text): 32-bit numbers as an ArrayBuffer, at most the first 4,096. For tests and tools: it allocates. */
void xs_text_features(xsMachine *the)
{
	enum { MOST = 4096 };
	uint32_t n, letters[RV_WORD_LETTERS], *features;
	int32_t length, count = 0;
	if (xsmcArgc < 1)
		xsTypeError("textFeatures: a text is needed");
	features = malloc((MOST + RV_WORD_FEATURES) * 4);
	if (!features)
		xsRangeError("textFeatures: no memory");
	xsTry {
		const uint8_t *bytes = glue_text(the, &xsArg(0), &n, "textFeatures");
		rv_text text = { bytes, bytes + n, 0 };
		while (count < MOST && (length = rv_text_word(&text, letters)) > 0)
			count += rv_text_features(&text, letters, length, features + count);
		xsmcSetArrayBuffer(xsResult, features, (count < MOST ? count : MOST) * 4);
	}
	xsCatch {
		free(features);
		xsThrow(xsException);
	}
	free(features);
}
