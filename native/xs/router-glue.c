/* RouterKernel: native/chip-router.h on a Memory of state and request. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "chip-router.h"
#include "content-features.h"
#include "text-glue.h"

/* src/espnow-federation/router/micro-fast-grnn.ts reads and writes them by these. */
_Static_assert(sizeof(rv_router) == 136 && offsetof(rv_router, slow) == 8 && offsetof(rv_router, alive) == 40 && offsetof(rv_router, work) == 42
	&& offsetof(rv_router, cell) == 46 && sizeof(rv_grnn) == 58 && offsetof(rv_router, readout) == 104 && offsetof(rv_router, nudge) == 124
	&& offsetof(rv_router, chosen) == 134, "layout of the state");
_Static_assert(sizeof(rv_router_request) == 156 && offsetof(rv_router_request, load) == 32 && offsetof(rv_router_request, position) == 48
	&& offsetof(rv_router_request, input) == 52 && offsetof(rv_router_request, score) == 92, "layout of a request");

/* Sizes lie here, and not only in the Memory, which scripts can write. */
typedef struct {
	rv_router *state;
	rv_router_request *request;
	uint8_t kind, chips;
} router;

void xs_router_destructor(void *data)
{
	free(data);
}

void xs_router_constructor(xsMachine *the)
{
	int32_t size;
	glue_check_new(the, xs_router_destructor, "RouterKernel");
	if (xsmcArgc < 3)
		xsTypeError("RouterKernel: memory, kind and chips are needed");
	uint8_t *bytes = glue_pinned(the, &xsArg(0), &size, 1, "RouterKernel: memory");
	int32_t kind = xsmcToInteger(xsArg(1)), chips = xsmcToInteger(xsArg(2));
	if (kind != RV_ROUTER_LOAD && kind != RV_ROUTER_CONTENT)
		xsRangeError("RouterKernel: kind %d is neither 0 nor 1", (int)kind);
	if (kind == RV_ROUTER_LOAD ? chips < 1 || chips > RV_ROUTER_CHIPS : chips < 2 || chips > RV_ROUTER_ROWS)
		xsRangeError("RouterKernel: %d chips; it takes 1 to 16, or 2 to 4 experts", (int)chips);
	if (((uintptr_t)bytes & 3) || size < (int32_t)(sizeof(rv_router) + sizeof(rv_router_request)))
		xsRangeError("RouterKernel: the memory has %d bytes and needs %d", (int)size, (int)(sizeof(rv_router) + sizeof(rv_router_request)));
	xsmcDefine(xsThis, xsID("memory"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	router *r = malloc(sizeof(*r));
	if (!r)
		xsRangeError("RouterKernel: no memory");
	r->state = (rv_router *)(void *)bytes;
	r->request = (rv_router_request *)(void *)(bytes + sizeof(rv_router));
	r->kind = (uint8_t)kind;
	r->chips = (uint8_t)chips;
	rv_router_init(r->state, kind, chips);
	xsmcSetHostData(xsThis, r);
}

static router *here(xsMachine *the)
{
	router *r = glue_host(the, xs_router_destructor, "RouterKernel");
	r->state->kind = r->kind;
	r->state->chips = r->chips;
	return r;
}

void xs_router_reset(xsMachine *the)
{
	rv_router_reset(here(the)->state);
}

void xs_router_step(xsMachine *the)
{
	router *r = here(the);
	rv_router_step(r->state, r->request);
}

void xs_router_route(xsMachine *the)
{
	router *r = here(the);
	xsmcSetInteger(xsResult, rv_router_route(r->state, r->request));
}

void xs_router_decide(xsMachine *the)
{
	router *r = here(the);
	rv_router_step(r->state, r->request);
	xsmcSetInteger(xsResult, rv_router_route(r->state, r->request));
}

static int32_t whole(xsMachine *the, int index, int32_t low, int32_t high, const char *name)
{
	xsNumberValue value = xsmcArgc > index ? xsmcToNumber(xsArg(index)) : low - 1.0;
	if (!(value >= low && value <= high))
		xsRangeError("%s is no number from %d to %d", (char *)name, (int)low, (int)high);
	return (int32_t)value;
}

/* observe(chip, microseconds, work, hop) */
void xs_router_observe(xsMachine *the)
{
	router *r = here(the);
	int32_t chip = whole(the, 0, 0, r->chips - 1, "observe: chip"), time = whole(the, 1, 0, INT32_MAX, "observe: microseconds");
	int32_t work = whole(the, 2, 1, 65535, "observe: work"), hop = whole(the, 3, 0, INT32_MAX, "observe: hop");
	if (r->kind != RV_ROUTER_LOAD)
		xsRangeError("observe: experts are not timed");
	rv_router_observe(r->state, chip, (uint32_t)time, (uint32_t)work, (uint32_t)hop);
}

void xs_router_learn(xsMachine *the)
{
	router *r = here(the);
	rv_router_learn(r->state, whole(the, 0, -128, 127, "learn: reward"));
}

/* read(text): words */
void xs_router_read(xsMachine *the)
{
	router *r = here(the);
	uint32_t size, at = 0;
	int32_t words = 0;
	if (xsmcArgc < 1)
		xsTypeError("read: a text is needed");
	if (r->kind != RV_ROUTER_CONTENT)
		xsRangeError("read: chips are no experts for texts");
	const uint8_t *text = glue_text(the, &xsArg(0), &size, "read");
	rv_router_reset(r->state);
	while (words < RV_CONTENT_WORDS && (at = rv_content_word(text, size, at, r->request->input)) != 0) {
		rv_router_step(r->state, r->request);
		words++;
	}
	xsmcSetInteger(xsResult, words);
}

/* contentWord(text, offset, out) */
void xs_router_contentWord(xsMachine *the)
{
	uint32_t size;
	void *out;
	xsUnsignedValue room;
	int8_t features[RV_CONTENT_FEATURES];
	int32_t offset = whole(the, 1, 0, INT32_MAX, "contentWord: offset");
	if (xsmcArgc < 3)
		xsTypeError("contentWord: text, offset and out are needed");
	const uint8_t *text = glue_text(the, &xsArg(0), &size, "contentWord");
	if ((uint32_t)offset > size)
		xsRangeError("contentWord: the offset lies behind the text");
	uint32_t end = rv_content_word(text, size, (uint32_t)offset, features);
	if (xsmcTypeOf(xsArg(2)) != xsReferenceType)
		xsTypeError("contentWord: out is no buffer");
	if (end) {
		glue_buffer(the, &xsArg(2), &out, &room, 1);
		if (room < sizeof(features))
			xsRangeError("contentWord: out has no room for 8 bytes");
		memcpy(out, features, sizeof(features));
	}
	xsmcSetInteger(xsResult, (xsIntegerValue)end);
}

void xs_router_stateBytes(xsMachine *the)
{
	xsmcSetInteger(xsResult, sizeof(rv_router));
}

void xs_router_requestBytes(xsMachine *the)
{
	xsmcSetInteger(xsResult, sizeof(rv_router_request));
}

void xs_router_log2(xsMachine *the)
{
	xsNumberValue x = xsmcArgc > 0 ? xsmcToNumber(xsArg(0)) : 1;
	xsmcSetInteger(xsResult, rv_router_log2(!(x > 1) ? 1 : x > INT32_MAX ? INT32_MAX : (uint32_t)x));
}
