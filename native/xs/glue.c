/* Checks that all natives share. */
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"

void *glue_host(xsMachine *the, xsDestructor destructor, const char *name)
{
	if (xsmcTypeOf(xsThis) != xsReferenceType || fxGetHostDestructor(the, &xsThis) != destructor)
		xsTypeError("this is no %s", (char *)name);
	void *data = xsmcGetHostData(xsThis);
	if (!data)
		xsTypeError("this is no %s", (char *)name);
	return data;
}

void glue_check_new(xsMachine *the, xsDestructor destructor, const char *name)
{
	if (fxGetHostDestructor(the, &xsThis) != destructor || xsmcGetHostData(xsThis))
		xsTypeError("%s: a class of its own is needed here", (char *)name);
}

uint8_t *glue_pinned(xsMachine *the, xsSlot *slot, int32_t *size, int writable, const char *what)
{
	void *data = NULL;
	xsUnsignedValue count = 0;
	int pinned = 0;
	if (xsmcTypeOf(*slot) == xsReferenceType) {
		xsTry {
			/* Throws for all but host buffers; asked first, since other host objects have no length to trust. */
			xsmcGetHostBufferLength(*slot);
			pinned = 1;
		}
		xsCatch {
		}
	}
	if (!pinned)
		xsTypeError("%s must be a Memory or a mapped asset: kernels keep pointers, and an ArrayBuffer moves", (char *)what);
	if (writable)
		xsmcGetBufferWritable(*slot, &data, &count);
	else
		xsmcGetBufferReadable(*slot, &data, &count);
	if (!data || count > 0x7FFFFFFF)
		xsTypeError("%s is empty", (char *)what);
	*size = (int32_t)count;
	return data;
}

/* In every XS, but only in newer ones' header. */
extern void *fxGetHostDataIf(xsMachine *the, xsSlot *slot);

void glue_buffer(xsMachine *the, xsSlot *slot, void **data, xsUnsignedValue *size, int writable)
{
	/* XS takes the size of a host object without a buffer from its property byteLength: anything at all. */
	if (fxGetHostDataIf(the, slot))
		xsmcGetHostBufferLength(*slot);
	if (writable)
		xsmcGetBufferWritable(*slot, data, size);
	else
		xsmcGetBufferReadable(*slot, data, size);
	/* An object made from one of a class has that class's place for a pointer, but none in it. */
	if (!*data && *size)
		xsTypeError("this is no buffer");
}
