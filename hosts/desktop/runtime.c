/* Port runtime: arguments, exit, memory. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "xsmc.h"
#include "xsHost.h"
#include "arguments.h"
#include "machine.h"
#include "text.h"

void xs_runtime_args(xsMachine *the)
{
	xsmcVars(1);
	xsResult = xsmcNewArray(0);
	for (int i = 0; i < program_argc; i++) {
		text_set(the, &xsVar(0), program_argv[i], strlen(program_argv[i]));
		xsmcSetIndex(xsResult, (xsIndex)i, xsVar(0));
	}
}

void xs_runtime_exit(xsMachine *the)
{
	int code = integer_argument(the, 0, 0, 255, "code");
	fflush(stdout);
	fflush(stderr);
	_exit(code);
}

void xs_runtime_memoryUse(xsMachine *the)
{
	static const char *const names[] = { "collections", "slotsUsed", "slotsSize", "chunksUsed", "chunksSize" };
	double figures[5];
	machine_memory(the, figures);
	xsmcVars(1);
	xsResult = xsmcNewObject();
	for (int i = 0; i < 5; i++) {
		xsmcSetNumber(xsVar(0), figures[i]);
		xsmcSet(xsResult, xsID((char *)names[i]), xsVar(0));
	}
}

void xs_runtime_collect(xsMachine *the)
{
	xsCollectGarbage();
}
