/* ruvllm-host MODULE [ARGUMENT ...]: runs a linked module, or a JavaScript file, on XS. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "xsmc.h"
#include "xsHost.h"
#include "machine.h"

const char machine_host[] = "desktop";
int program_argc;
char **program_argv;

double machine_ram_peak(void)
{
	return 0;
}

int main(int argc, char **argv)
{
	/* Room enough that tools never wait for it; boards have their own sizes in the manifest. */
	static const xsCreation creation = {
		.initialChunkSize = 8 * 1024 * 1024, .incrementalChunkSize = 4 * 1024 * 1024,
		.initialHeapCount = 256 * 1024, .incrementalHeapCount = 128 * 1024,
		.stackCount = 16 * 1024,
		.initialKeyCount = 8 * 1024, .incrementalKeyCount = 4 * 1024, .nameModulo = 1993, .symbolModulo = 127,
		.parserBufferSize = 1024 * 1024, .parserTableModulo = 1993,
	};
	char path[PATH_MAX];
	if (argc < 2) {
		fprintf(stderr, "usage: %s MODULE [ARGUMENT ...]\n", argv[0]);
		return 2;
	}
	const char *module = argv[1];
	struct stat info;
	if (!stat(module, &info)) {
		if (!realpath(module, path)) {
			perror(module);
			return 1;
		}
		module = path;
	}
	program_argc = argc - 2;
	program_argv = argv + 2;
	xsMachine *the = xsCreateMachine((xsCreation *)&creation, "ruvllm-esp32", NULL);
	if (!the) {
		fprintf(stderr, "there is no memory for the machine\n");
		return 1;
	}
	xsBeginHost(the);
	{
		xsTry {
			machine_count_collections(the);
			machine_import(the, "ruvllm-esp32/platform/globals");
			machine_import(the, module);
		}
		xsCatch {
			xsSlot exception = xsException;
			machine_report(the, &exception);
			exit(1);
		}
	}
	xsEndHost(the);
	event_loop(the);
	fflush(stdout);
	xsDeleteMachine(the);
	return 0;
}
