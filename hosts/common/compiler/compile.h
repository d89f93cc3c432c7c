/* JavaScript modules to byte code, with XS's own parser and coder. */
#ifndef RV_COMPILE_H
#define RV_COMPILE_H

#include "xsAll.h"
#include "xsScript.h"

struct compiled {
	txScript *script;
	txParser parser; /* owns the names of the natives */
};

/* A machine for parsers and coders, which number things by the machine that asks. */
txMachine *compile_machine(void);

/*
 * Compiles FILE.js; when it has a table of lines (line-map.h), stacks name its sources.
 * `lines`: whether the code notes lines at all. Errors go to stderr; 0 when there were any.
 */
int compile(txMachine *the, const char *path, int lines, struct compiled *module);

/* A C array of bytes, NAME_INDEX. */
void write_bytes(const char *name, const char *index, const txByte *bytes, txSize size);

#endif
