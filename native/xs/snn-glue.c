/* Gate: native/snn-gate.h, its learning and coherence on a Memory of state and, where coherence is wanted, room for it. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "snn-coherence.h"
#include "snn-learn.h"

/* src/snn/gate-state.ts reads the state by these. */
_Static_assert(offsetof(rv_gate, threshold) == 40 && offsetof(rv_gate, event) == 56 && offsetof(rv_gate_event, strength) == 18
	&& offsetof(rv_gate_event, confidence) == 20 && offsetof(rv_gate, network) == 188 && offsetof(rv_gate, lines) == 324 && sizeof(rv_gate) % 4 == 0, "layout of the state");

enum { COHERENCE_BYTES = sizeof(rv_coherence) + sizeof(rv_coherence_scratch) };

/* `sizes` is a copy of header and encoders: a table in a Memory can be written by scripts, and these are what is not checked again. */
typedef struct {
	rv_gate *state;
	const rv_snn_table *table;
	rv_coherence *coherence; /* or NULL */
	uint32_t header;
	uint8_t sizes[sizeof(rv_snn_table) + RV_SNN_ENCODERS * sizeof(rv_snn_encoder)];
} gate;

void xs_gate_destructor(void *data)
{
	free(data);
}

/* The table at an offset of a pinned buffer; NULL, and a fault, where there is none. */
static const rv_snn_table *table_at(xsMachine *the, xsSlot *file, xsSlot *at, int32_t *left, int32_t *fault)
{
	int32_t size;
	const uint8_t *bytes = glue_pinned(the, file, &size, 0, "the table");
	int32_t offset = xsmcToInteger(*at);
	if (offset < 0 || offset > size || ((uintptr_t)(bytes + offset) & 3))
		xsRangeError("the table's offset leaves its file, or is no multiple of 4");
	*left = size - offset;
	*fault = rv_snn_table_fault(bytes + offset, (uint32_t)*left);
	return (const rv_snn_table *)(const void *)(bytes + offset);
}

void xs_gate_constructor(xsMachine *the)
{
	int32_t size, left, fault;
	glue_check_new(the, xs_gate_destructor, "Gate");
	if (xsmcArgc < 3)
		xsTypeError("Gate: memory, table and offset are needed");
	uint8_t *bytes = glue_pinned(the, &xsArg(0), &size, 1, "Gate: memory");
	const rv_snn_table *t = table_at(the, &xsArg(1), &xsArg(2), &left, &fault);
	if (fault)
		xsRangeError("Gate: the table has fault %d", (int)fault);
	if (((uintptr_t)bytes & 7) || size < (int32_t)sizeof(rv_gate))
		xsRangeError("Gate: the memory has %d bytes and needs %d", (int)size, (int)sizeof(rv_gate));
	const uint8_t *own = (const uint8_t *)t;
	if (own < bytes + size && bytes < own + t->bytes)
		xsRangeError("Gate: the table lies in the state's memory");
	gate *g = malloc(sizeof(*g));
	if (!g)
		xsRangeError("Gate: no memory");
	g->state = (rv_gate *)(void *)bytes;
	g->table = t;
	g->coherence = size >= (int32_t)(sizeof(rv_gate) + COHERENCE_BYTES) ? (rv_coherence *)(void *)(g->state + 1) : NULL;
	g->header = sizeof(*t) + t->encoders * sizeof(rv_snn_encoder);
	memcpy(g->sizes, t, g->header);
	xsmcSetHostData(xsThis, g);
	xsmcDefine(xsThis, xsID("memory"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("table"), xsArg(1), xsDontDelete | xsDontSet | xsDontEnum);
}

static gate *here(xsMachine *the)
{
	gate *g = glue_host(the, xs_gate_destructor, "Gate");
	if (memcmp(g->sizes, g->table, g->header))
		xsRangeError("Gate: the table was changed");
	return g;
}

static gate *checked(xsMachine *the)
{
	gate *g = here(the);
	if (!rv_gate_valid(g->state, g->table))
		xsRangeError("Gate: the state is damaged; reset it");
	return g;
}

void xs_gate_reset(xsMachine *the)
{
	gate *g = here(the);
	rv_gate_reset(g->state, g->table);
}

void xs_gate_valid(xsMachine *the)
{
	gate *g = here(the);
	xsmcSetBoolean(xsResult, rv_gate_valid(g->state, g->table));
}

/* process(bytes, offset, frames): frames taken, up to a wake; negative where it ends by one. */
void xs_gate_process(xsMachine *the)
{
	void *data;
	xsUnsignedValue size;
	if (xsmcArgc < 3)
		xsTypeError("process: samples, offset and frames are needed");
	int32_t offset = xsmcToInteger(xsArg(1)), frames = xsmcToInteger(xsArg(2));
	gate *g = checked(the);
	if (xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("process: samples are no buffer");
	glue_buffer(the, &xsArg(0), &data, &size, 0);
	if (offset < 0 || frames < 0 || (xsUnsignedValue)offset > size || (xsUnsignedValue)frames > (size - (xsUnsignedValue)offset) / (2u * g->table->channels))
		xsRangeError("process: the samples end before the last frame");
	const uint8_t *first = (const uint8_t *)data + offset;
	if ((uintptr_t)first & 1)
		xsRangeError("process: the samples lie at an odd address");
	int32_t taken = rv_snn_learn_push(g->state, g->table, (const int16_t *)(const void *)first, frames);
	xsmcSetInteger(xsResult, g->state->woke ? -taken : taken);
}

void xs_gate_mode(xsMachine *the)
{
	gate *g = here(the);
	if (xsmcArgc < 1)
		xsTypeError("mode: a mode is needed");
	rv_snn_learn_mode(g->state, xsmcToInteger(xsArg(0)));
}

void xs_gate_reward(xsMachine *the)
{
	gate *g = checked(the);
	int32_t feedback = xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) : -1;
	if (feedback < RV_SNN_WRONG || feedback > RV_SNN_MISSED)
		xsRangeError("reward: 0, 1 or 2");
	xsmcSetBoolean(xsResult, rv_snn_reward(g->state, g->table, feedback));
}

void xs_gate_forget(xsMachine *the)
{
	gate *g = checked(the);
	rv_snn_forget(g->state, g->table);
}

void xs_gate_coherence(xsMachine *the)
{
	gate *g = here(the);
	if (!g->coherence)
		xsRangeError("coherence: the memory has no room for it");
	/* Of sound, what is not strong is noise of its own in each band; sensors spike seldom, and each spike counts. */
	int32_t lines = g->table->lines < RV_COHERENCE_LINES ? g->table->lines : RV_COHERENCE_LINES, sound = g->table->kind == RV_SNN_SOUND;
	rv_coherence_of(g->coherence, sound ? g->state->lines.strong : g->state->lines.raster, lines, sound ? 3 : 2, (rv_coherence_scratch *)(void *)(g->coherence + 1));
}

void xs_gate_stateBytes(xsMachine *the)
{
	int coherent = xsmcArgc > 0 && xsmcToBoolean(xsArg(0));
	xsmcSetInteger(xsResult, (xsIntegerValue)(sizeof(rv_gate) + (coherent ? COHERENCE_BYTES : 0)));
}

void xs_gate_tableFault(xsMachine *the)
{
	int32_t left, fault;
	if (xsmcArgc < 2)
		xsTypeError("tableFault: file and offset are needed");
	table_at(the, &xsArg(0), &xsArg(1), &left, &fault);
	xsmcSetInteger(xsResult, fault);
}
