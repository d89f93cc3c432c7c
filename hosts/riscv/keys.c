/* The names of the image (image-compiler.c), which XS reads where they lie instead of building its own. */
#include "xsAll.h"

extern const txSlot *const image_key_array[], *const image_names[];
extern const int image_key_count, image_name_modulo;

void fxBuildKeys(txMachine *the)
{
	/* As in a machine that shares another's keys: those below keyOffset are read from keyArrayHost. */
	the->keyArrayHost = (txSlot **)image_key_array;
	the->keyOffset = the->keyIndex = (txID)image_key_count;
	the->keyCount += the->keyOffset;
	if (the->nameModulo != image_name_modulo)
		fxAbort(the, XS_FATAL_CHECK_EXIT);
	/* New names go in front of those of the image. */
	c_memcpy(the->nameTable, image_names, (size_t)image_name_modulo * sizeof(txSlot *));
}
