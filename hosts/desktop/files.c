/* Port files: whole files, for scripts that run on the desktop. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "xsmc.h"
#include "xsHost.h"
#include "arguments.h"
#include "glue.h"

void xs_files_read(xsMachine *the)
{
	const char *path = text_argument(the, 0, "path");
	FILE *file = fopen(path, "rb");
	if (!file)
		xsUnknownError("%s can't be read: %s", (char *)path, strerror(errno));
	long size = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
	if (size < 0 || size > 0x7FFFFFFF) {
		fclose(file);
		xsUnknownError("%s is no file of at most 2 GB", (char *)path);
	}
	rewind(file);
	xsTry {
		xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)size);
	}
	xsCatch {
		fclose(file);
		xsThrow(xsException);
	}
	size_t got = fread(xsmcToArrayBuffer(xsResult), 1, (size_t)size, file);
	fclose(file);
	if (got != (size_t)size)
		xsUnknownError("the file changed while it was read");
}

void xs_files_write(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue size;
	if (xsmcArgc < 2 || xsmcTypeOf(xsArg(1)) != xsReferenceType)
		xsTypeError("path and bytes are needed");
	/* Before the path: this may run a script, and then texts move. */
	glue_buffer(the, &xsArg(1), &bytes, &size, 0);
	const char *path = text_argument(the, 0, "path");
	FILE *file = fopen(path, "wb");
	if (!file)
		xsUnknownError("%s can't be written: %s", (char *)path, strerror(errno));
	size_t written = fwrite(bytes, 1, size, file);
	if (fclose(file) || written != size)
		xsUnknownError("writing failed: %s", strerror(errno));
}

void xs_files_exists(xsMachine *the)
{
	xsmcSetBoolean(xsResult, access(text_argument(the, 0, "path"), F_OK) == 0);
}
