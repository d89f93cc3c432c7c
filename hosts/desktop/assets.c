/* Port assets: files mapped into memory, read-only and without a copy. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "xsmc.h"
#include "xsHost.h"
#include "arguments.h"

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

/* A path; or the name of a model that came with the package, whose folder the tools put in the environment. */
static int open_asset(const char *name)
{
	char path[PATH_MAX];
	int file = open(name, O_RDONLY | O_CLOEXEC);
	const char *root = getenv("RUVLLM_ESP32_ROOT");
	if (file >= 0 || !root || strchr(name, '/') || snprintf(path, sizeof(path), "%s/models/%s", root, name) >= (int)sizeof(path))
		return file;
	int error = errno;
	file = open(path, O_RDONLY | O_CLOEXEC);
	errno = error;
	return file;
}

void xs_assets_constructor(xsMachine *the)
{
	struct stat info;
	const char *path = text_argument(the, 0, "name");
	if (fxGetHostDestructor(the, &xsThis) != xs_assets_destructor)
		xsTypeError("a class of its own is needed here");
	int file = open_asset(path);
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
