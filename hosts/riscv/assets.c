/* Port assets: what lies in the asset partition, read where it is. */
#include <string.h>
#include "xsmc.h"
#include "xsHost.h"
#include "arguments.h"
#include "assets.h"

extern const uint8_t __assets[], __assets_size[];

const uint8_t *asset_find(const char *name, uint32_t *size)
{
	uint32_t count, limit = (uint32_t)__assets_size;
	if (memcmp(__assets, "RVAS", 4))
		return NULL;
	memcpy(&count, __assets + 4, 4);
	const struct asset *table = (const struct asset *)(__assets + 8);
	for (uint32_t i = 0; i < count && 8 + (i + 1) * sizeof(struct asset) <= limit; i++)
		if (!strncmp(table[i].name, name, ASSET_NAME) && table[i].offset < limit && table[i].size <= limit - table[i].offset) {
			*size = table[i].size;
			return __assets + table[i].offset;
		}
	return NULL;
}

void xs_assets_destructor(void *data)
{
	(void)data;
}

void xs_assets_constructor(xsMachine *the)
{
	uint32_t size;
	const char *name = text_argument(the, 0, "name");
	if (fxGetHostDestructor(the, &xsThis) != xs_assets_destructor)
		xsTypeError("a class of its own is needed here");
	const uint8_t *bytes = asset_find(name, &size);
	if (!bytes || !size)
		xsUnknownError("%s can't be opened: %s", (char *)name, bytes ? "it is empty" : "the flash has no such asset");
	xsmcSetHostBuffer(xsThis, (void *)bytes, (xsIntegerValue)size);
	xsmcPetrifyHostBuffer(xsThis);
}

void xs_assets_get_byteLength(xsMachine *the)
{
	xsmcSetInteger(xsResult, xsmcGetHostBufferLength(xsThis));
}
