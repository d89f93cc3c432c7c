/*
 * Text between XS and the rest of the world. XS trusts its strings to be well-formed, writes the
 * character 0 as C0 80 so that strings can end with 0, and may hold lone surrogates; files and terminals
 * hold any bytes.
 */
#ifndef RV_TEXT_H
#define RV_TEXT_H

#include <stddef.h>
#include <stdio.h>
#include "xsmc.h"

/* Sets the slot to the text in these bytes; a byte that is no UTF-8 becomes U+FFFD. */
void text_set(xsMachine *the, xsSlot *slot, const char *bytes, size_t count);

/* Writes a string of XS as UTF-8; a lone surrogate becomes U+FFFD. */
void text_write(const char *string, FILE *file);

#endif
