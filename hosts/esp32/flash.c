/* Port flash: a data partition, mapped for as long as somebody holds it. */
#include <stdlib.h>
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "glue.h"
#include "esp_err.h"
#include "esp_partition.h"

#define SECTOR 4096
/* Bytes are copied before they are written: while flash is written, data in flash (a preloaded constant) can't be read. */
#define PIECE 256

/* Mapped partitions by address: the destructor gets only that. */
static struct flash {
	struct flash *next;
	const uint8_t *data;
	const esp_partition_t *partition;
	esp_partition_mmap_handle_t handle;
} *flashes;

void xs_flash_destructor(void *data)
{
	for (struct flash **link = &flashes; *link; link = &(*link)->next)
		if ((*link)->data == data) {
			struct flash *gone = *link;
			*link = gone->next;
			esp_partition_munmap(gone->handle);
			free(gone);
			return;
		}
}

static struct flash *here(xsMachine *the)
{
	if (xsmcTypeOf(xsThis) == xsReferenceType && fxGetHostDestructor(the, &xsThis) == xs_flash_destructor)
		for (struct flash *one = flashes; one; one = one->next)
			if (one->data == xsmcGetHostData(xsThis))
				return one;
	xsTypeError("this is no open flash");
	return NULL;
}

static int32_t number(xsMachine *the, int at, const char *name, int32_t low, int32_t high)
{
	xsNumberValue value = xsmcArgc > at ? xsmcToNumber(xsArg(at)) : -1;
	if (!(value >= low && value <= high) || value != (xsNumberValue)(int32_t)value)
		xsRangeError("Flash: %s is no integer from %d to %d", (char *)name, (int)low, (int)high);
	return (int32_t)value;
}

static void check(xsMachine *the, esp_err_t error, const char *what)
{
	if (error != ESP_OK)
		xsUnknownError("Flash: %s failed: %s", (char *)what, (char *)esp_err_to_name(error));
}

void xs_flash_constructor(xsMachine *the)
{
	const void *data;
	glue_check_new(the, xs_flash_destructor, "Flash");
	if (xsmcArgc < 1 || (xsmcTypeOf(xsArg(0)) != xsStringType && xsmcTypeOf(xsArg(0)) != xsStringXType))
		xsTypeError("Flash: the partition's name is no text");
	const esp_partition_t *partition = esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, xsmcToString(xsArg(0)));
	if (!partition)
		xsUnknownError("Flash: there is no data partition of that name; add it to the partition table");
	for (struct flash *one = flashes; one; one = one->next)
		if (one->partition == partition)
			xsUnknownError("Flash: the partition is in use");
	struct flash *one = malloc(sizeof(*one));
	if (!one)
		xsUnknownError("Flash: no memory");
	esp_err_t error = esp_partition_mmap(partition, 0, partition->size, ESP_PARTITION_MMAP_DATA, &data, &one->handle);
	if (error != ESP_OK)
		free(one);
	check(the, error, "mapping");
	one->data = data;
	one->partition = partition;
	one->next = flashes;
	flashes = one;
	xsmcSetHostBuffer(xsThis, (void *)data, (xsIntegerValue)partition->size);
	xsmcPetrifyHostBuffer(xsThis);
}

void xs_flash_get_byteLength(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)here(the)->partition->size);
}

void xs_flash_erase(xsMachine *the)
{
	struct flash *f = here(the);
	int32_t sector = number(the, 0, "the sector", 0, (int32_t)(f->partition->size / SECTOR) - 1);
	check(the, esp_partition_erase_range(f->partition, (size_t)sector * SECTOR, SECTOR), "erasing");
}

/* program(offset, buffer, start, count) */
void xs_flash_program(xsMachine *the)
{
	struct flash *f = here(the);
	void *bytes;
	xsUnsignedValue size;
	uint8_t piece[PIECE];
	int32_t total = (int32_t)f->partition->size;
	int32_t at = number(the, 0, "the offset", 0, total), start = number(the, 2, "start", 0, 0x7FFFFFFF), count = number(the, 3, "count", 0, 0x7FFFFFFF);
	if (xsmcTypeOf(xsArg(1)) != xsReferenceType)
		xsTypeError("Flash: there are no bytes");
	glue_buffer(the, &xsArg(1), &bytes, &size, 0);
	if ((xsUnsignedValue)start > size || (xsUnsignedValue)count > size - (xsUnsignedValue)start)
		xsRangeError("Flash: the bytes leave their buffer");
	if (at % 4 || count % 4 || count > total - at)
		xsRangeError("Flash: %d bytes at %d leave the flash, or are no multiples of 4", (int)count, (int)at);
	const uint8_t *from = (const uint8_t *)bytes + start;
	for (int32_t i = 0; i < count; i++)
		if (from[i] & ~f->data[at + i])
			xsRangeError("Flash: a bit at %d would have to be set; erase its sector first", (int)(at + i));
	for (int32_t done = 0; done < count; done += PIECE) {
		int32_t some = count - done < PIECE ? count - done : PIECE;
		memcpy(piece, from + done, (size_t)some);
		check(the, esp_partition_write(f->partition, (size_t)(at + done), piece, (size_t)some), "programming");
	}
}
