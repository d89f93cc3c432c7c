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

void xs_runtime_host(xsMachine *the)
{
	xsmcSetString(xsResult, (char *)machine_host);
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
	static const char *const names[] = { "collections", "slotsUsed", "slotsSize", "chunksUsed", "chunksSize", "ramPeak" };
	double figures[6];
	machine_memory(the, figures);
	figures[5] = machine_ram_peak();
	xsmcVars(1);
	xsResult = xsmcNewObject();
	for (int i = 0; i < (figures[5] ? 6 : 5); i++) {
		xsmcSetNumber(xsVar(0), figures[i]);
		xsmcSet(xsResult, xsID((char *)names[i]), xsVar(0));
	}
}

void xs_runtime_collect(xsMachine *the)
{
	xsCollectGarbage();
}
