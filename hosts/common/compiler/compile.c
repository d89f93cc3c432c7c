/* See compile.h. */
#include "compile.h"
#include "line-map.h"
#include "linked.h"

txMachine *compile_machine(void)
{
	txCreation creation = { 65536, 65536, 4096, 4096, 512, 1024, 1024, 127, 127, 65536, 127, 0 };
	return fxCreateMachine(&creation, "compiler", NULL, 0);
}

static void report(void *console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console;
	fprintf(stderr, "%s:%d: ", path ? path : "?", (int)line);
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "\n");
}

int compile(txMachine *the, const char *path, int lines, struct compiled *module)
{
	txParser *parser = &module->parser;
	txParserJump jump;
	module->script = NULL;
	fxInitializeParser(parser, the, 1024 * 1024, 1993);
	parser->firstJump = &jump;
	parser->reportError = report;
	if (c_setjmp(jump.jmp_buf) == 0) {
		FILE *file = fopen(path, "r");
		if (!file)
			c_longjmp(jump.jmp_buf, 1);
		parser->origin = parser->path = fxNewParserSymbol(parser, (txString)path);
		fxParserTree(parser, file, (txGetter)fgetc, mxCFlag | (lines ? mxDebugFlag : 0), NULL);
		fclose(file);
		line_map_apply(parser, path);
		fxParserHoist(parser);
		fxParserBind(parser);
		module->script = fxParserCode(parser);
	}
	if (module->script && !parser->errorCount)
		return 1;
	fprintf(stderr, "%s can't be compiled\n", path);
	return 0;
}

void write_bytes(const char *name, const char *index, const txByte *bytes, txSize size)
{
	printf("static const unsigned char %s_%s[] = {", name, index);
	for (txSize i = 0; i < size; i++)
		printf("%s%u,", i % 24 ? "" : "\n\t", (unsigned char)bytes[i]);
	printf("\n};\n");
}

/* XS comes with its platform (machine.c, modules.c), which asks for linked modules: here are none. */
int linked_count(void)
{
	return 0;
}

const struct linked *linked_at(int index)
{
	(void)index;
	return NULL;
}
