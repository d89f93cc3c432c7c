/* Loads modules: linked byte code by specifier, JavaScript files by absolute path. */
#include "xsAll.h"
#include "xsScript.h"
#include "line-map.h"
#include "linked.h"

static void *copy(const void *bytes, size_t size)
{
	void *block = malloc(size ? size : 1);
	if (block)
		memcpy(block, bytes, size);
	return block;
}

/* XS writes machine ids into the code and frees it after the module's body has run: hand over a copy. */
static txScript *linked_script(const struct linked *module)
{
	txScript *script = calloc(1, sizeof(txScript));
	if (!script)
		return NULL;
	script->callback = (txCallback)module->hosts;
	script->codeBuffer = copy(module->code, (size_t)module->code_size);
	script->codeSize = module->code_size;
	script->symbolsBuffer = copy(module->symbols, (size_t)module->symbols_size);
	script->symbolsSize = module->symbols_size;
	script->path = (txString)module->specifier;
	script->version[0] = XS_MAJOR_VERSION;
	script->version[1] = XS_MINOR_VERSION;
	script->version[2] = XS_PATCH_VERSION;
	return script;
}

static char parse_error[1024];

static void report(void *console, txString path, txInteger line, txString format, c_va_list arguments)
{
	(void)console;
	int n = snprintf(parse_error, sizeof(parse_error), "%s:%d: ", path ? path : "?", (int)line);
	if (n >= 0 && n < (int)sizeof(parse_error))
		vsnprintf(parse_error + n, sizeof(parse_error) - (size_t)n, format, arguments);
}

/* Parses a file; NULL leaves the reason in parse_error. Stacks name its sources (line-map.h). */
static txScript *parse_file(txMachine *the, txString path)
{
	txParser parser;
	txParserJump jump;
	txScript *volatile script = NULL;
	FILE *volatile file = fopen(path, "r");
	if (!file) {
		snprintf(parse_error, sizeof(parse_error), "%s can't be read: %s", path, strerror(errno));
		return NULL;
	}
	fxInitializeParser(&parser, the, the->parserBufferSize, the->parserTableModulo);
	parser.firstJump = &jump;
	parser.reportError = report;
	snprintf(parse_error, sizeof(parse_error), "%s can't be parsed", path);
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser.origin = parser.path = fxNewParserSymbol(&parser, path);
		fxParserTree(&parser, file, (txGetter)fgetc, mxDebugFlag, NULL);
		line_map_apply(&parser, path);
		fxParserHoist(&parser);
		fxParserBind(&parser);
		if (parser.errorCount == 0)
			script = fxParserCode(&parser);
	}
	fclose(file);
	fxTerminateParser(&parser);
	return script;
}

void fxLoadModule(txMachine *the, txSlot *module, txID id)
{
	txString path = fxGetKeyName(the, id);
	const struct linked *linked = linked_find(path);
	txScript *script = linked ? linked_script(linked) : parse_file(the, path);
	if (!script)
		mxSyntaxError("%s", parse_error);
	fxResolveModule(the, module, id, script, C_NULL, C_NULL);
}
