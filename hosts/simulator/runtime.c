/* Port runtime, in the simulator. */
#include "xsmc.h"
#include "xsHost.h"

void xs_runtime_host(xsMachine *the)
{
	xsmcSetString(xsResult, "simulator");
}

/*
 * The simulator has no exit code: a line says it, which tools/sdk-check understands. Then the machine
 * stops as if the debugger had asked for it, and the simulator stays.
 */
void xs_runtime_exit(xsMachine *the)
{
	int code = xsmcArgc > 0 ? xsmcToInteger(xsArg(0)) & 255 : 0;
	xsLog("\n#exit %d\n", code);
	fxAbort(the, xsDebuggerExit);
}
