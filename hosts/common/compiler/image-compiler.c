/*
 * image-compiler SPECIFIER FILE.js [SPECIFIER FILE.js ...] > image.c
 *
 * All modules of an image as constant data, for machines whose code stays in flash: names get their ids
 * here, so that neither code nor names are copied to RAM. Beside the code of each module, the image has
 * one table of all names (XS's own first), as XS keeps them in memory; hosts/riscv/keys.c hands it over.
 */
#include "compile.h"

#define NAME_MODULO 251
#define LARGEST 16384

static const char *names[LARGEST];
static int name_count = XS_ID_COUNT;
static int heads[NAME_MODULO], next_of[LARGEST];
static unsigned sums[LARGEST];

/* As fxNewName does. */
static unsigned sum_of(const char *name)
{
	unsigned sum = 0;
	for (; *name; name++)
		sum = (sum << 1) + (unsigned char)*name;
	return sum & 0x7FFFFFFF;
}

static void enter(int id, const char *name)
{
	unsigned modulo = (sums[id] = sum_of(name)) % NAME_MODULO;
	names[id] = name;
	next_of[id] = heads[modulo];
	heads[modulo] = id;
}

static txID id_of(const char *name)
{
	for (int id = heads[sum_of(name) % NAME_MODULO]; id; id = next_of[id])
		if (!strcmp(names[id], name))
			return (txID)id;
	if (name_count == LARGEST) {
		fprintf(stderr, "more than %d names\n", LARGEST);
		exit(1);
	}
	enter(name_count, strdup(name));
	return (txID)name_count++;
}

/* Replaces the numbers of names in the code by ids. */
static void resolve(txMachine *the, txScript *script)
{
	static txID ids[LARGEST];
	txByte *p = script->symbolsBuffer;
	txID count;
	mxDecodeID(p, count);
	ids[0] = XS_NO_ID;
	for (txID i = 1; i < count; i++, p += strlen((char *)p) + 1)
		ids[i] = id_of((char *)p);
	extern void fxRemapIDs(txMachine *, txByte *, txSize, txID *);
	fxRemapIDs(the, script->codeBuffer, script->codeSize, ids);
}

/* Functions and strings stay where the image has them: their instructions have a form that does not copy. */
static void keep_in_place(txScript *script)
{
	txByte *p = script->codeBuffer, *end = p + script->codeSize;
	while (p < end) {
		txByte *code = p;
		txU1 one;
		txU2 two;
		txS4 four;
		switch (*(txU1 *)code) {
		case XS_CODE_CODE_1: *code = (txByte)XS_CODE_CODE_ARCHIVE_1; break;
		case XS_CODE_CODE_2: *code = (txByte)XS_CODE_CODE_ARCHIVE_2; break;
		case XS_CODE_CODE_4: *code = (txByte)XS_CODE_CODE_ARCHIVE_4; break;
		case XS_CODE_STRING_1: *code = (txByte)XS_CODE_STRING_ARCHIVE_1; break;
		case XS_CODE_STRING_2: *code = (txByte)XS_CODE_STRING_ARCHIVE_2; break;
		case XS_CODE_STRING_4: *code = (txByte)XS_CODE_STRING_ARCHIVE_4; break;
		}
		txS1 size = gxCodeSizes[*(txU1 *)code];
		p++;
		/* As fxRemapIDs walks: a fixed size, an id, or a length of 1, 2 or 4 bytes. */
		if (size > 0)
			p = code + size;
		else if (size == 0)
			p += sizeof(txID);
		else if (size == -1) {
			one = *(txU1 *)p;
			p += 1 + one;
		}
		else if (size == -2) {
			mxDecode2(p, two);
			p += two;
		}
		else {
			mxDecode4(p, four);
			p += four;
		}
	}
}

static int write_natives(const char *index, txParser *parser)
{
	int count = 0;
	for (txHostNode *node = parser->firstHostNode; node; node = node->nextHostNode, count++)
		printf("extern void %s();\n", node->at->value);
	if (!count)
		return 0;
	printf("static void hosts_%s(txMachine *the)\n{\n\tstatic const txHostFunctionBuilder builders[] = {\n", index);
	for (txHostNode *node = parser->firstHostNode; node; node = node->nextHostNode)
		printf("\t\t{ (txCallback)%s, %d, %d },\n", node->at->value, (int)node->paramsCount,
			node->symbol && node->paramsCount >= 0 ? (int)id_of(node->symbol->string) : XS_NO_ID);
	printf("\t};\n\tfxBuildHosts(the, %d, builders);\n\tmxPullSlot(mxResult);\n}\n", count);
	return count;
}

static void write_string(const char *text)
{
	putchar('"');
	for (; *text; text++)
		if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\' || *text == '?')
			printf("\\%03o", (unsigned char)*text);
		else
			putchar(*text);
	putchar('"');
}

static void write_names(void)
{
	printf("#define KEY(id, link, text, hash) { .next = (txSlot *)(link), .ID = id, .flag = XS_DONT_ENUM_FLAG, .kind = XS_KEY_X_KIND, "
		".value = { .key = { (txString)(text), hash } } }\n#define SYMBOL(text) { .kind = XS_STRING_X_KIND, .value = { .string = (txString)(text) } }\n");
	printf("static const txSlot keys[] = {\n");
	for (int id = 0; id < name_count; id++)
		if (id < XS_SYMBOL_ID_COUNT) {
			printf("\tSYMBOL(");
			write_string(gxIDStrings[id]);
			printf("),\n");
		}
		else {
			printf("\tKEY(%d, ", id);
			printf(next_of[id] ? "keys + %d, " : "NULL, ", next_of[id]);
			write_string(names[id]);
			printf(", %uu),\n", sums[id]);
		}
	printf("};\nconst txSlot *const image_key_array[] = {");
	for (int id = 0; id < name_count; id++)
		printf("%skeys + %d,", id % 8 ? " " : "\n\t", id);
	printf("\n};\nconst int image_key_count = %d;\nconst txSlot *const image_names[] = {", name_count);
	for (int i = 0; i < NAME_MODULO; i++)
		printf(heads[i] ? "%skeys + %d," : "%sNULL,", i % 8 ? " " : "\n\t", heads[i]);
	printf("\n};\nconst int image_name_modulo = %d;\n", NAME_MODULO);
}

int main(int argc, char **argv)
{
	if (argc < 3 || argc % 2 == 0) {
		fprintf(stderr, "usage: %s SPECIFIER FILE.js [SPECIFIER FILE.js ...]\n", argv[0]);
		return 2;
	}
	txMachine *the = compile_machine();
	int count = (argc - 1) / 2;
	int *natives = calloc((size_t)count, sizeof(int));
	for (int id = XS_SYMBOL_ID_COUNT; id < XS_ID_COUNT; id++)
		enter(id, gxIDStrings[id]);
	printf("#include \"xsAll.h\"\n#include \"linked.h\"\n");
	for (int i = 0; i < count; i++) {
		struct compiled *module = calloc(1, sizeof(struct compiled));
		char index[16];
		snprintf(index, sizeof(index), "%d", i);
		if (!compile(the, argv[2 * i + 2], 0, module))
			return 1;
		id_of(argv[2 * i + 1]);
		resolve(the, module->script);
		keep_in_place(module->script);
		write_bytes("code", index, module->script->codeBuffer, module->script->codeSize);
		natives[i] = write_natives(index, &module->parser);
	}
	write_names();
	printf("static const struct linked modules[] = {\n");
	for (int i = 0; i < count; i++) {
		printf("\t{ \"%s\", code_%d, sizeof(code_%d), NULL, 0, ", argv[2 * i + 1], i, i);
		printf(natives[i] ? "(void (*)(void *))hosts_%d },\n" : "NULL },\n", i);
	}
	printf("};\nint linked_count(void)\n{\n\treturn %d;\n}\n", count);
	printf("const struct linked *linked_at(int index)\n{\n\treturn modules + index;\n}\n");
	return 0;
}
