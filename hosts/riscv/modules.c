/* Loads modules: their code runs where it lies, in flash. */
#include "xsAll.h"
#include "xsScript.h"
#include "linked.h"

void fxLoadModule(txMachine *the, txSlot *module, txID id)
{
	const struct linked *linked = linked_find(fxGetKeyName(the, id));
	txScript script;
	if (!linked)
		mxSyntaxError("the image has no such module");
	c_memset(&script, 0, sizeof(script));
	script.callback = (txCallback)linked->hosts;
	script.codeBuffer = (txByte *)linked->code;
	script.codeSize = linked->code_size;
	script.path = (txString)linked->specifier;
	script.version[0] = XS_MAJOR_VERSION;
	script.version[1] = XS_MINOR_VERSION;
	script.version[2] = XS_PATCH_VERSION;
	fxResolveModule(the, module, id, &script, C_NULL, C_NULL);
}

/* Code comes compiled: eval and Function have no parser here. */
txScript *fxParseScript(txMachine *the, void *stream, txGetter getter, txUnsigned flags)
{
	(void)stream;
	(void)getter;
	(void)flags;
	mxSyntaxError("this host has no parser");
	return C_NULL;
}

extern txByte __stack_end[];

char *fxCStackLimit(void)
{
	/* Room for C functions that do not ask. */
	return (char *)__stack_end + 2048;
}
