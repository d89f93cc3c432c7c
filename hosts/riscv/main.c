/* The program: a machine, sized for 400 KB of RAM, and the module that the image was made for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "assets.h"
#include "device.h"
#include "linked.h"
#include "machine.h"

#define MOST_ARGUMENTS 16

/* Slots of XS's stack. A bundled program's top level can have hundreds of names; the build gives it more. */
#ifndef STACK_SLOTS
#define STACK_SLOTS 768
#endif

const char machine_host[] = "riscv";
int program_argc;
char **program_argv;
extern const int image_name_modulo;

/* The asset "args" holds the arguments, each ended by 0. */
static void read_arguments(void)
{
	static char *arguments[MOST_ARGUMENTS];
	uint32_t size = 0;
	const char *text = (const char *)asset_find("args", &size), *end = text + size;
	while (text < end && program_argc < MOST_ARGUMENTS) {
		arguments[program_argc++] = (char *)text;
		text += strlen(text) + 1;
	}
	program_argv = arguments;
}

double machine_ram_peak(void)
{
	return device_ram_peak();
}

int main(void)
{
	xsCreation creation = {
		.initialChunkSize = 24 * 1024, .incrementalChunkSize = 4 * 1024,
		.initialHeapCount = 7040, .incrementalHeapCount = 128,
		.stackCount = STACK_SLOTS,
		.initialKeyCount = 64, .incrementalKeyCount = 32, .nameModulo = image_name_modulo, .symbolModulo = 3,
	};
	read_arguments();
	xsMachine *the = xsCreateMachine(&creation, "ruvllm-esp32", NULL);
	if (!the) {
		fprintf(stderr, "there is no memory for the machine\n");
		return 1;
	}
	xsBeginHost(the);
	{
		xsTry {
			machine_count_collections(the);
			machine_import(the, "ruvllm-esp32/platform/globals");
			/* The image's entry is its last module. */
			machine_import(the, linked_at(linked_count() - 1)->specifier);
		}
		xsCatch {
			xsSlot exception = xsException;
			machine_report(the, &exception);
			exit(1);
		}
	}
	xsEndHost(the);
	event_loop(the);
	return 0;
}
