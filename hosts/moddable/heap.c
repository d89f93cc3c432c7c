/*
 * What the XS heap takes, for the port runtime of every host of the SDK. XS's own figures exist only in
 * instrumented builds (and its count of collections starts anew every second), so this looks into the
 * machine; it can't include xsmc.h, whose names clash with those of xsAll.h.
 */
#include "xsAll.h"

/* A marker runs once in every collection while its object is reachable: that counts them, in any build. */
static void heap_mark(txMachine *the, void *data, txMarkRoot mark)
{
	(void)the;
	(void)mark;
	if (data)
		++*(int *)data;
}

void xs_heap_destructor(void *data)
{
	c_free(data);
}

static const txHostHooks hooks = { xs_heap_destructor, heap_mark, NULL };

void xs_heap_constructor(txMachine *the)
{
	int *collections = c_calloc(1, sizeof(int));
	if (!collections)
		mxRangeError("runtime: no memory");
	fxSetHostHooks(the, mxThis, &hooks);
	fxSetHostData(the, mxThis, collections);
}

void xs_heap_get_collections(txMachine *the)
{
	fxInteger(the, mxResult, *(int *)fxGetHostData(the, mxThis));
}

void xs_heap_get_slotsUsed(txMachine *the)
{
	fxNumber(the, mxResult, (txNumber)the->currentHeapCount * sizeof(txSlot));
}

void xs_heap_get_slotsSize(txMachine *the)
{
	fxNumber(the, mxResult, (txNumber)the->maximumHeapCount * sizeof(txSlot));
}

void xs_heap_get_chunksUsed(txMachine *the)
{
	fxNumber(the, mxResult, (txNumber)the->currentChunksSize);
}

void xs_heap_get_chunksSize(txMachine *the)
{
	fxNumber(the, mxResult, (txNumber)the->maximumChunksSize);
}
