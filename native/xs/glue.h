/* What the files of the glue share: checks of `this` and of buffers. */
#ifndef RV_XS_GLUE_H
#define RV_XS_GLUE_H

#include <stdint.h>
#include "xsmc.h"

/* Host data of `this`; TypeError unless it was made by the class with this destructor. */
void *glue_host(xsMachine *the, xsDestructor destructor, const char *name);

/* For constructors: TypeError when `this` belongs to another class (Reflect.construct can do that). */
void glue_check_new(xsMachine *the, xsDestructor destructor, const char *name);

/*
 * A host buffer (Memory or mapped asset): memory that does not move, so that pointers into it may be
 * kept. TypeError naming `what` for anything else; also for a read-only one when `writable`.
 */
uint8_t *glue_pinned(xsMachine *the, xsSlot *slot, int32_t *size, int writable, const char *what);

/*
 * Bytes of any buffer, to be used before XS is called again (an ArrayBuffer moves). Throws for what is
 * no buffer, host objects of other classes among them.
 */
void glue_buffer(xsMachine *the, xsSlot *slot, void **data, xsUnsignedValue *size, int writable);

#endif
