/*
 * module-compiler SPECIFIER FILE.js INDEX > module.c
 *
 * A JavaScript module as byte code in C: an array of code, one of the names in it, and a function that
 * makes its natives (`@ "xs_name"` bodies). The machine that loads it replaces names by its own ids.
 */
#include "compile.h"

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

int main(int argc, char **argv)
{
	static struct compiled module;
	if (argc != 4) {
		fprintf(stderr, "usage: %s SPECIFIER FILE.js INDEX\n", argv[0]);
		return 2;
	}
	const char *index = argv[3];
	if (!compile(compile_machine(), argv[2], 1, &module))
		return 1;
	txScript *script = module.script;
	printf("#include \"xsmc.h\"\n#include \"xsHost.h\"\n#include \"linked.h\"\n");
	write_bytes("code", index, script->codeBuffer, script->codeSize);
	write_bytes("symbols", index, script->symbolsBuffer, script->symbolsSize);
	int natives = write_natives(index, &module.parser);
	printf("const struct linked linked_%s = { \"%s\", code_%s, sizeof(code_%s), symbols_%s, sizeof(symbols_%s), %s%s };\n",
		index, argv[1], index, index, index, index, natives ? "(void (*)(void *))hosts_" : "NULL", natives ? index : "");
	return 0;
}
