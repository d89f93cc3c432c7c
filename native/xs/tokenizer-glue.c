/* The Tokenizer class: a checked vocabulary section, text to ids and back. */
#include <stdlib.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "tokenizer.h"

void xs_tokenizer_destructor(void *data)
{
	free(data);
}

void xs_tokenizer_constructor(xsMachine *the)
{
	struct tokenizer t, *copy;
	int32_t size;
	glue_check_new(the, xs_tokenizer_destructor, "Tokenizer");
	if (xsmcArgc < 3)
		xsTypeError("Tokenizer: weights, offset and count are needed");
	uint8_t *bytes = glue_pinned(the, &xsArg(0), &size, 0, "Tokenizer: weights");
	int32_t offset = xsmcToInteger(xsArg(1)), count = xsmcToInteger(xsArg(2));
	if (offset < 0 || count < 0 || count > size - offset)
		xsRangeError("Tokenizer: the section leaves the weights");
	enum tokenizer_status status = tokenizer_init(&t, bytes + offset, (uint32_t)count);
	if (status != TOKENIZER_OK)
		xsRangeError("Tokenizer: %s", (char *)tokenizer_message(status));
	xsmcDefine(xsThis, xsID("weights"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	copy = malloc(sizeof(t));
	if (!copy)
		xsRangeError("Tokenizer: no memory");
	*copy = t;
	xsmcSetHostData(xsThis, copy);
}

/* encode(bytes, options): ids as an ArrayBuffer of 32-bit integers. Not for the token loop: it allocates. */
void xs_tokenizer_encode(xsMachine *the)
{
	struct tokenizer *t = glue_host(the, xs_tokenizer_destructor, "Tokenizer");
	void *text, *scratch;
	xsUnsignedValue n;
	if (xsmcArgc < 2)
		xsTypeError("Tokenizer.encode: bytes and options are needed");
	int32_t options = xsmcToInteger(xsArg(1));
	glue_buffer(the, &xsArg(0), &text, &n, 0);
	uint32_t need = tokenizer_scratch_size(n);
	if (n > TOKENIZER_MAX_TEXT || need == 0)
		xsRangeError("Tokenizer.encode: the text is longer than 64 MB");
	uint32_t capacity = n + 3;
	need = (need + 3) & ~3u;
	scratch = malloc(need + (size_t)capacity * 4);
	if (!scratch)
		xsRangeError("Tokenizer.encode: no memory for a text of %d bytes", (int)n);
	/* Nothing of XS is called between here and the end of encode, so the text does not move. */
	int32_t *ids = (int32_t *)((uint8_t *)scratch + need);
	int32_t count = tokenizer_encode(t, text, n, (uint32_t)options & 3, ids, capacity, scratch, need);
	if (count < 0) {
		free(scratch);
		xsRangeError("Tokenizer.encode: %s", (char *)tokenizer_message(count));
	}
	xsTry {
		xsmcSetArrayBuffer(xsResult, ids, count * 4);
	}
	xsCatch {
		free(scratch);
		xsThrow(xsException);
	}
	free(scratch);
}

/* copyPiece(previous, id, bytes, offset): writes the piece's bytes, returns their number. Allocates nothing. */
void xs_tokenizer_copyPiece(xsMachine *the)
{
	struct tokenizer *t = glue_host(the, xs_tokenizer_destructor, "Tokenizer");
	const uint8_t *piece;
	void *out;
	xsUnsignedValue size;
	if (xsmcArgc < 4)
		xsTypeError("Tokenizer.copyPiece: previous, id, bytes and offset are needed");
	int32_t previous = xsmcToInteger(xsArg(0)), id = xsmcToInteger(xsArg(1)), offset = xsmcToInteger(xsArg(3));
	int32_t length = tokenizer_piece(t, previous, id, &piece);
	if (length < 0)
		xsRangeError("Tokenizer.copyPiece: %s", (char *)tokenizer_message(length));
	glue_buffer(the, &xsArg(2), &out, &size, 1);
	if (offset < 0 || (xsUnsignedValue)offset > size || (xsUnsignedValue)length > size - (xsUnsignedValue)offset)
		xsRangeError("Tokenizer.copyPiece: the piece of %d bytes does not fit", (int)length);
	uint8_t *to = (uint8_t *)out + offset;
	for (int32_t i = 0; i < length; i++)
		to[i] = piece[i];
	xsmcSetInteger(xsResult, length);
}

void xs_tokenizer_get_vocabSize(xsMachine *the)
{
	struct tokenizer *t = glue_host(the, xs_tokenizer_destructor, "Tokenizer");
	xsmcSetInteger(xsResult, (xsIntegerValue)t->vocab);
}

void xs_tokenizer_get_bos(xsMachine *the)
{
	struct tokenizer *t = glue_host(the, xs_tokenizer_destructor, "Tokenizer");
	xsmcSetInteger(xsResult, t->bos == TOKENIZER_NONE ? -1 : (xsIntegerValue)t->bos);
}

void xs_tokenizer_get_eos(xsMachine *the)
{
	struct tokenizer *t = glue_host(the, xs_tokenizer_destructor, "Tokenizer");
	xsmcSetInteger(xsResult, t->eos == TOKENIZER_NONE ? -1 : (xsIntegerValue)t->eos);
}
