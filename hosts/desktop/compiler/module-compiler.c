/*
 * module-compiler SPECIFIER FILE.js INDEX > module.c
 *
 * Compiles a JavaScript module to byte code in C, with XS's own parser and coder: an array of code,
 * one of the names in it, and a function that makes its natives (`@ "xs_name"` bodies). When the file
 * names a source map, lines and path are the original's, so that stacks show TypeScript.
 */
#include "xsAll.h"
#include "xsScript.h"
#include "linked.h"

static void write_bytes(const char *name, const char *index, const txByte *bytes, txSize size)
{
	printf("static const unsigned char %s_%s[] = {", name, index);
	for (txSize i = 0; i < size; i++)
		printf("%s%u,", i % 24 ? "" : "\n\t", (unsigned char)bytes[i]);
	printf("\n};\n");
}

/* The coder's table of natives: length (below 0: a destructor), id, name. */
static int write_natives(const char *index, txByte *p)
{
	txID count, id;
	mxDecode2(p, count);
	txByte *first = p;
	for (txID i = 0; i < count; i++) {
		txS1 length = *p++;
		mxDecode2(p, id);
		printf("extern void %s(%s);\n", (char *)p, length < 0 ? "void *" : "xsMachine *");
		p += strlen((char *)p) + 1;
	}
	printf("static void hosts_%s(xsMachine *the)\n{\n\tstatic const xsHostBuilder builders[] = {\n", index);
	p = first;
	for (txID i = 0; i < count; i++) {
		txS1 length = *p++;
		mxDecode2(p, id);
		/* Names of natives are ids of the script, which only get their number at run time: left out. */
		printf("\t\t{ (xsCallback)%s, %d, 0 },\n", (char *)p, length);
		p += strlen((char *)p) + 1;
	}
	printf("\t};\n\txsResult = xsBuildHosts(%d, (xsHostBuilder *)builders);\n}\n", count);
	return count;
}

/* Replaces lines and path by those of the source map that the file names, if it is there. */
static void apply_map(txParser *parser, txString input, txString name)
{
	txString path = fxCombinePath(parser, input, name);
	FILE *file = fopen(path, "r");
	if (!file)
		return;
	parser->path = fxNewParserSymbol(parser, path);
	fxParserSourceMap(parser, file, (txGetter)fgetc, mxDebugFlag, &name);
	fclose(file);
	if (parser->errorCount == 0 && name)
		parser->path = fxNewParserSymbol(parser, name);
}

int main(int argc, char **argv)
{
	txParser parser;
	txParserJump jump;
	txScript *volatile script = NULL;
	txString name = NULL;
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
	if (c_setjmp(jump.jmp_buf) == 0) {
		FILE *file = fopen(argv[2], "r");
		if (!file)
			c_longjmp(jump.jmp_buf, 1);
		parser.origin = parser.path = fxNewParserSymbol(&parser, argv[2]);
		fxParserTree(&parser, file, (txGetter)fgetc, mxCFlag | mxDebugFlag, &name);
		fclose(file);
		if (name)
			apply_map(&parser, argv[2], name);
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
	int natives = script->hostsBuffer ? write_natives(index, script->hostsBuffer) : 0;
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
