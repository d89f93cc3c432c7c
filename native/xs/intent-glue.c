/* The IntentKernel class: an intent classifier in a Memory. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "intent-classifier.h"
#include "text-glue.h"

typedef struct {
	rv_intents intents;
	rv_embedder embedder;
	int32_t confidence;
	int32_t scored;
} classifier;

void xs_intents_destructor(void *data)
{
	free(data);
}

static void check_shape(xsMachine *the, int32_t classes, int32_t buckets)
{
	if (classes < 2 || classes > RV_INTENT_MAX_CLASSES)
		xsRangeError("IntentKernel: %d classes; it takes 2 to %d", (int)classes, RV_INTENT_MAX_CLASSES);
	if (buckets < 0 || buckets > RV_INTENT_MAX_BUCKETS || buckets % 32)
		xsRangeError("IntentKernel: %d buckets; it takes a multiple of 32 to %d", (int)buckets, RV_INTENT_MAX_BUCKETS);
}

/* intentBytes(dims, classes, buckets) */
void xs_intents_bytes(xsMachine *the)
{
	if (xsmcArgc < 3)
		xsTypeError("intentBytes: dims, classes and buckets are needed");
	int32_t dims = xsmcToInteger(xsArg(0)), classes = xsmcToInteger(xsArg(1)), buckets = xsmcToInteger(xsArg(2));
	if (dims < 1 || dims > RV_EMBEDDER_MAX_DIMS)
		xsRangeError("intentBytes: %d dimensions; it takes 1 to %d", (int)dims, RV_EMBEDDER_MAX_DIMS);
	check_shape(the, classes, buckets);
	xsmcSetInteger(xsResult, (xsIntegerValue)rv_intents_bytes(dims, classes, buckets));
}

void xs_intents_constructor(xsMachine *the)
{
	int32_t size;
	glue_check_new(the, xs_intents_destructor, "IntentKernel");
	if (xsmcArgc < 4)
		xsTypeError("IntentKernel: embedder, memory, classes and buckets are needed");
	const rv_embedder *embedder = glue_embedder(the, &xsArg(0), "IntentKernel");
	uint8_t *memory = glue_pinned(the, &xsArg(1), &size, 1, "IntentKernel: memory");
	int32_t classes = xsmcToInteger(xsArg(2)), buckets = xsmcToInteger(xsArg(3));
	check_shape(the, classes, buckets);
	if (rv_intents_bytes(embedder->dims, classes, buckets) > size)
		xsRangeError("IntentKernel: the memory is smaller than intentBytes says");
	xsmcDefine(xsThis, xsID("embedder"), xsArg(0), xsDontDelete | xsDontSet | xsDontEnum);
	xsmcDefine(xsThis, xsID("memory"), xsArg(1), xsDontDelete | xsDontSet | xsDontEnum);
	classifier *c = malloc(sizeof(classifier));
	if (!c)
		xsRangeError("IntentKernel: no memory");
	memset(c, 0, sizeof(*c));
	c->embedder = *embedder;
	rv_intents_bind(&c->intents, &c->embedder, memory, classes, buckets);
	xsmcSetHostData(xsThis, c);
}

/* classify(text): the likeliest class; `confidence` is of the last one. Allocates nothing. */
void xs_intents_classify(xsMachine *the)
{
	classifier *c = glue_host(the, xs_intents_destructor, "IntentKernel");
	uint32_t n;
	if (xsmcArgc < 1)
		xsTypeError("classify: a text is needed");
	const uint8_t *text = glue_text(the, &xsArg(0), &n, "classify");
	rv_intents_read(&c->intents, text, n);
	int32_t best = rv_intents_score(&c->intents, &c->confidence);
	c->scored = 1;
	xsmcSetInteger(xsResult, best);
}

/* learn(target, rate): one step for the text of the last classify. Allocates nothing. */
void xs_intents_learn(xsMachine *the)
{
	classifier *c = glue_host(the, xs_intents_destructor, "IntentKernel");
	int32_t target = xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) : -1, rate = xsmcArgc > 1 ? xsmcToInteger(xsArg(1)) : -1;
	if (!c->scored)
		xsRangeError("learn: classify a text first; learn is about the last one");
	if (target < 0 || target >= c->intents.classes)
		xsRangeError("learn: the target is %d, not from 0 to %d", (int)target, (int)(c->intents.classes - 1));
	if (rate < 0 || rate > 65536)
		xsRangeError("learn: the rate is %d, not from 0 to 65536", (int)rate);
	rv_intents_learn(&c->intents, target, rate);
}

void xs_intents_get_confidence(xsMachine *the)
{
	classifier *c = glue_host(the, xs_intents_destructor, "IntentKernel");
	xsmcSetInteger(xsResult, c->confidence);
}
