/*
 * module-compiler SPECIFIER FILE.js INDEX > module.c
 *
 * Compiles a JavaScript module to byte code in C, with XS's own parser and coder: an array of code,
 * one of the names in it, and a function that makes its natives (`@ "xs_name"` bodies). When the file has
 * a table of lines (line-map.h), stacks name its sources.
 */
#include "xsAll.h"
#include "xsScript.h"
#include "line-map.h"
#include "linked.h"

static void write_bytes(const char *name, const char *index, const txByte *bytes, txSize size)
{
	printf("static const unsigned char %s_%s[] = {", name, index);
	for (txSize i = 0; i < size; i++)
		printf("%s%u,", i % 24 ? "" : "\n\t", (unsigned char)bytes[i]);
	printf("\n};\n");
}

/* The natives in the order in which the code counts them; their names are for messages and stacks. */
static int write_natives(const char *index, txParser *parser)
{
	int count = 0;
	for (txHostNode *node = parser->firstHostNode; node; node = node->nextHostNode, count++)
		printf("extern void %s(%s);\n", node->at->value, node->paramsCount < 0 ? "void *" : "xsMachine *");
	if (!count)
		return 0;
	printf("static void hosts_%s(xsMachine *the)\n{\n\tstatic xsHostBuilder builders[] = {\n", index);
	for (txHostNode *node = parser->firstHostNode; node; node = node->nextHostNode)
		printf("\t\t{ (xsCallback)%s, %d, 0 },\n", node->at->value, (int)node->paramsCount);
	printf("\t};\n");
	int i = 0;
	for (txHostNode *node = parser->firstHostNode; node; node = node->nextHostNode, i++)
		if (node->symbol && node->paramsCount >= 0)
			printf("\tbuilders[%d].id = xsID(\"%s\");\n", i, node->symbol->string);
	printf("\txsResult = xsBuildHosts(%d, builders);\n}\n", count);
	return count;
}

/* Errors of the parser. */
static void report(void *console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console;
	fprintf(stderr, "%s:%d: ", path ? path : "?", (int)line);
	vfprintf(stderr, format, arguments);
	fprintf(stderr, "\n");
}

int main(int argc, char **argv)
{
	txParser parser;
	txParserJump jump;
	txScript *volatile script = NULL;
	if (argc != 4) {
		fprintf(stderr, "usage: %s SPECIFIER FILE.js INDEX\n", argv[0]);
		return 2;
	}
	const char *index = argv[3];
	/* The coder numbers functions by the machine that asks. */
	txCreation creation = { 65536, 65536, 4096, 4096, 512, 1024, 1024, 127, 127, 65536, 127, 0 };
	txMachine *the = fxCreateMachine(&creation, "compiler", NULL, 0);
	fxInitializeParser(&parser, the, 1024 * 1024, 1993);
	parser.firstJump = &jump;
	parser.reportError = report;
	if (c_setjmp(jump.jmp_buf) == 0) {
		FILE *file = fopen(argv[2], "r");
		if (!file)
			c_longjmp(jump.jmp_buf, 1);
		parser.origin = parser.path = fxNewParserSymbol(&parser, argv[2]);
		fxParserTree(&parser, file, (txGetter)fgetc, mxCFlag | mxDebugFlag, NULL);
		fclose(file);
		line_map_apply(&parser, argv[2]);
		fxParserHoist(&parser);
		fxParserBind(&parser);
		script = fxParserCode(&parser);
	}
	if (!script || parser.errorCount) {
		fprintf(stderr, "%s can't be compiled\n", argv[2]);
		return 1;
	}
	printf("#include \"xsmc.h\"\n#include \"xsHost.h\"\n#include \"linked.h\"\n");
	write_bytes("code", index, script->codeBuffer, script->codeSize);
	write_bytes("symbols", index, script->symbolsBuffer, script->symbolsSize);
	int natives = write_natives(index, &parser);
	printf("const struct linked linked_%s = { \"%s\", code_%s, sizeof(code_%s), symbols_%s, sizeof(symbols_%s), %s%s };\n",
		index, argv[1], index, index, index, index, natives ? "(void (*)(void *))hosts_" : "NULL", natives ? index : "");
	fxTerminateParser(&parser);
	return 0;
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
