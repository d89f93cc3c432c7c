/* Port flash: a file mapped into memory that behaves as NOR flash does, power cuts included. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "xsmc.h"
#include "xsHost.h"
#include "arguments.h"
#include "glue.h"

#define SECTOR 4096
#define MOST (1 << 30)

/* Open files by address: the destructor gets only that. */
static struct flash {
	struct flash *next;
	uint8_t *data;
	size_t size;
	int file;
	/* Writes until the power goes: -1, it stays; 0, it is gone. */
	int32_t power;
	uint32_t seed;
} *flashes;

static struct flash *flash_of(const void *data)
{
	struct flash *one = flashes;
	while (one && one->data != data)
		one = one->next;
	return one;
}

void xs_flash_destructor(void *data)
{
	for (struct flash **link = &flashes; *link; link = &(*link)->next)
		if ((*link)->data == data) {
			struct flash *gone = *link;
			*link = gone->next;
			munmap(gone->data, gone->size);
			close(gone->file);
			free(gone);
			return;
		}
}

static struct flash *here(xsMachine *the)
{
	struct flash *one = NULL;
	if (xsmcTypeOf(xsThis) == xsReferenceType && fxGetHostDestructor(the, &xsThis) == xs_flash_destructor)
		one = flash_of(xsmcGetHostData(xsThis));
	if (!one)
		xsTypeError("this is no open flash");
	return one;
}

static int32_t number(xsMachine *the, int at, const char *name, int32_t low, int32_t high)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1;
	if (!(value >= low && value <= high) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("Flash: %s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return (int32_t)value;
}

/* An erased file of that size; -1 with errno. */
static int make(const char *path, int32_t bytes)
{
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	uint8_t ones[SECTOR];
	memset(ones, 0xFF, sizeof(ones));
	for (int32_t i = 0; file >= 0 && i < bytes; i += SECTOR)
		if (write(file, ones, SECTOR) != SECTOR) {
			int error = errno;
			close(file);
			unlink(path);
			errno = error;
			return -1;
		}
	return file;
}

void xs_flash_constructor(xsMachine *the)
{
	struct stat info;
	int32_t bytes = number(the, 1, "the size", 0, MOST);
	const char *path = text_argument(the, 0, "name");
	glue_check_new(the, xs_flash_destructor, "Flash");
	if (bytes % SECTOR)
		xsRangeError("Flash: the size is no multiple of %d", SECTOR);
	int file = open(path, O_RDWR | O_CLOEXEC);
	if (file < 0 && errno == ENOENT && bytes > 0)
		file = make(path, bytes);
	if (file < 0)
		xsUnknownError("%s can't be opened: %s", (char *)path, strerror(errno));
	if (fstat(file, &info) || !S_ISREG(info.st_mode) || info.st_size == 0 || info.st_size > MOST || info.st_size % SECTOR) {
		close(file);
		xsUnknownError("%s is no flash: its size must be a multiple of %d", (char *)path, SECTOR);
	}
	/* Two that write would tear each other's records. */
	if (flock(file, LOCK_EX | LOCK_NB)) {
		close(file);
		xsUnknownError("%s is in use", (char *)path);
	}
	struct flash *one = malloc(sizeof(*one));
	void *data = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (data == MAP_FAILED || !one) {
		close(file);
		free(one);
		xsUnknownError("%s can't be mapped", (char *)path);
	}
	*one = (struct flash){ flashes, data, (size_t)info.st_size, file, -1, 0 };
	flashes = one;
	xsmcSetHostBuffer(xsThis, data, (xsIntegerValue)info.st_size);
	xsmcPetrifyHostBuffer(xsThis);
}

void xs_flash_get_byteLength(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)here(the)->size);
}

static uint32_t draw(struct flash *f)
{
	f->seed = f->seed * 1664525 + 1013904223;
	return f->seed >> 8;
}

/* Whether the power stays through this write; when it goes, `count` becomes what is done of it. */
static int powered(xsMachine *the, struct flash *f, int32_t *count)
{
	if (f->power == 0)
		xsUnknownError("Flash: the power is gone; open it again");
	if (f->power < 0 || --f->power > 0)
		return 1;
	*count = (int32_t)(draw(f) % (uint32_t)(*count + 1));
	return 0;
}

static void flush(const struct flash *f, int32_t at, int32_t count)
{
	/* Pages. */
	int32_t first = at & ~(SECTOR - 1);
	msync(f->data + first, (size_t)(at + count - first), MS_ASYNC);
}

void xs_flash_erase(xsMachine *the)
{
	struct flash *f = here(the);
	int32_t at = number(the, 0, "the sector", 0, (int32_t)(f->size / SECTOR) - 1) * SECTOR, count = SECTOR;
	int whole = powered(the, f, &count);
	memset(f->data + at, 0xFF, (size_t)count);
	flush(f, at, count);
	if (!whole)
		xsUnknownError("Flash: the power went while a sector was erased");
}

/* program(offset, buffer, start, count) */
void xs_flash_program(xsMachine *the)
{
	struct flash *f = here(the);
	void *bytes;
	xsUnsignedValue size;
	int32_t at = number(the, 0, "the offset", 0, (int32_t)f->size), start = number(the, 2, "start", 0, MOST), count = number(the, 3, "count", 0, MOST);
	if (xsmcTypeOf(xsArg(1)) != xsReferenceType)
		xsTypeError("Flash: there are no bytes");
	glue_buffer(the, &xsArg(1), &bytes, &size, 0);
	if ((xsUnsignedValue)start > size || (xsUnsignedValue)count > size - (xsUnsignedValue)start)
		xsRangeError("Flash: the bytes leave their buffer");
	if (at % 4 || count % 4)
		xsRangeError("Flash: offset and length must be multiples of 4");
	if ((size_t)count > f->size - (size_t)at)
		xsRangeError("Flash: %d bytes at %d leave the flash", (int)count, (int)at);
	const uint8_t *from = (const uint8_t *)bytes + start;
	for (int32_t i = 0; i < count; i++)
		if (from[i] & ~f->data[at + i])
			xsRangeError("Flash: a bit at %d would have to be set; erase its sector first", (int)(at + i));
	int whole = powered(the, f, &count);
	for (int32_t i = 0; i < count; i++)
		f->data[at + i] &= from[i];
	flush(f, at, count);
	if (!whole)
		xsUnknownError("Flash: the power went while it was programmed");
}

void xs_flash_failAfter(xsMachine *the)
{
	struct flash *f = here(the);
	f->power = number(the, 0, "writes", 1, MOST);
	f->seed = (uint32_t)number(the, 1, "the seed", 0, 0x7FFFFFFF);
}

/* The mapping stays until the object goes, for kernels may read in it; but another can open the file. */
void xs_flash_close(xsMachine *the)
{
	struct flash *f = here(the);
	flock(f->file, LOCK_UN);
	f->power = 0;
}
