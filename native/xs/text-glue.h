/* Texts as natives take them, and embedders for those that build on them. */
#ifndef RV_XS_TEXT_GLUE_H
#define RV_XS_TEXT_GLUE_H

#include "glue.h"
#include "text-embedder.h"

/*
 * A string (as UTF-8) or a buffer's bytes; to be used before XS is called again. TypeError for anything else, RangeError for more
 * than RV_TEXT_BYTES; both name `what`.
 */
const uint8_t *glue_text(xsMachine *the, xsSlot *slot, uint32_t *count, const char *what);

/* The embedder of an object of class EmbedderKernel, else TypeError. */
const rv_embedder *glue_embedder(xsMachine *the, xsSlot *slot, const char *what);

#endif
