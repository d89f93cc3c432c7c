/* Port assets: files mapped into memory, read-only and without a copy. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "xsmc.h"
#include "xsHost.h"

/* Mapped files by address: the destructor gets only that. */
static struct mapping {
	struct mapping *next;
	void *data;
	size_t size;
} *mappings;

void xs_assets_destructor(void *data)
{
	for (struct mapping **link = &mappings; *link; link = &(*link)->next)
		if ((*link)->data == data) {
			struct mapping *gone = *link;
			*link = gone->next;
			munmap(gone->data, gone->size);
			free(gone);
			return;
		}
}

void xs_assets_constructor(xsMachine *the)
{
	struct stat info;
	if (xsmcArgc < 1 || xsmcTypeOf(xsArg(0)) != xsStringType)
		xsTypeError("openAsset: the name is no text");
	if (fxGetHostDestructor(the, &xsThis) != xs_assets_destructor)
		xsTypeError("openAsset: a class of its own is needed here");
	const char *path = xsmcToString(xsArg(0));
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		xsUnknownError("%s can't be opened: %s", (char *)path, strerror(errno));
	if (fstat(file, &info) || !S_ISREG(info.st_mode) || info.st_size == 0 || info.st_size > 0x7FFFFFFF) {
		close(file);
		xsUnknownError("%s is %s", (char *)path, info.st_size ? "no file of at most 2 GB" : "empty");
	}
	struct mapping *mapping = malloc(sizeof(*mapping));
	void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	close(file);
	if (data == MAP_FAILED || !mapping) {
		free(mapping);
		xsUnknownError("%s can't be mapped", (char *)path);
	}
	*mapping = (struct mapping){ mappings, data, (size_t)info.st_size };
	mappings = mapping;
	xsmcSetHostBuffer(xsThis, data, (xsIntegerValue)info.st_size);
	xsmcPetrifyHostBuffer(xsThis);
}

void xs_assets_get_byteLength(xsMachine *the)
{
	xsmcSetInteger(xsResult, xsmcGetHostBufferLength(xsThis));
}
