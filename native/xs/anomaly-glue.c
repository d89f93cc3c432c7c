/* AnomalyStep: native/anomaly.h on a Memory of state, sample (int32 for each channel) and signature (2 bytes for each). */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "anomaly.h"

/* Sizes lie here, and not only in the Memory, which scripts can write. */
typedef struct {
	rv_anomaly *state;
	int32_t *sample;
	int32_t channels, taps, stride, patterns;
	uint32_t bytes;
} anomaly_step;

void xs_anomaly_destructor(void *data)
{
	free(data);
}

void xs_anomaly_constructor(xsMachine *the)
{
	anomaly_step s, *copy;
	int32_t size;
	glue_check_new(the, xs_anomaly_destructor, "AnomalyStep");
	if (xsmcArgc < 5)
		xsTypeError("AnomalyStep: memory, channels, taps, stride and patterns are needed");
	uint8_t *bytes = glue_pinned(the, &xsArg(0), &size, 1, "AnomalyStep: memory");
	s.channels = xsmcToInteger(xsArg(1));
	s.taps = xsmcToInteger(xsArg(2));
	s.stride = xsmcToInteger(xsArg(3));
	s.patterns = xsmcToInteger(xsArg(4));
	s.bytes = rv_anomaly_size(s.channels, s.taps, s.stride, s.patterns);
	if (!s.bytes)
		xsRangeError("AnomalyStep: channels, taps, stride or patterns are out of range");
	s.bytes = (s.bytes + 7) & ~7u;
	if (((uintptr_t)bytes & 7) || (uint32_t)size < s.bytes + 6 * (uint32_t)s.channels)
		xsRangeError("AnomalyStep: the memory has %d bytes and needs %d", (int)size, (int)(s.bytes + 6 * (uint32_t)s.channels));
	s.state = (rv_anomaly *)bytes;
	s.sample = (int32_t *)(bytes + s.bytes);
	xsmcDefine(xsThis, xsID("memory"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	copy = malloc(sizeof(s));
	if (!copy)
		xsRangeError("AnomalyStep: no memory");
	*copy = s;
	xsmcSetHostData(xsThis, copy);
}

static anomaly_step *here(xsMachine *the)
{
	return glue_host(the, xs_anomaly_destructor, "AnomalyStep");
}

static anomaly_step *checked(xsMachine *the)
{
	anomaly_step *s = here(the);
	if (!rv_anomaly_valid(s->state, s->channels, s->taps, s->stride, s->patterns))
		xsRangeError("AnomalyStep: the state is damaged; reset it");
	return s;
}

void xs_anomaly_reset(xsMachine *the)
{
	anomaly_step *s = here(the);
	memset(s->state, 0, s->bytes);
	rv_anomaly_init(s->state, s->channels, s->taps, s->stride, s->patterns);
}

void xs_anomaly_run(xsMachine *the)
{
	anomaly_step *s = checked(the);
	rv_anomaly_step(s->state, s->sample, xsmcArgc > 0 && xsmcToInteger(xsArg(0)) != 0);
}

void xs_anomaly_valid(xsMachine *the)
{
	anomaly_step *s = here(the);
	xsmcSetBoolean(xsResult, rv_anomaly_valid(s->state, s->channels, s->taps, s->stride, s->patterns));
}

void xs_anomaly_signature(xsMachine *the)
{
	anomaly_step *s = checked(the);
	rv_anomaly_signature(s->state, (int8_t *)(s->sample + s->channels));
}

/* 0 where the sizes are out of range; a multiple of 8. */
void xs_anomaly_stateBytes(xsMachine *the)
{
	if (xsmcArgc < 4)
		xsTypeError("stateBytes: channels, taps, stride and patterns are needed");
	uint32_t bytes = rv_anomaly_size(xsmcToInteger(xsArg(0)), xsmcToInteger(xsArg(1)), xsmcToInteger(xsArg(2)), xsmcToInteger(xsArg(3)));
	xsmcSetInteger(xsResult, (xsIntegerValue)((bytes + 7) & ~7u));
}
