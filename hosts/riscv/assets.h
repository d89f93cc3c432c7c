/*
 * The asset partition: "RVAS", a count, then for each asset its name (48 bytes, ended by 0), offset and
 * size; little endian; offsets from the partition's start, multiples of 64. Written by tools/build/assets.ts.
 */
#ifndef RV_ASSETS_H
#define RV_ASSETS_H

#include <stdint.h>

#define ASSET_NAME 48

struct asset {
	char name[ASSET_NAME];
	uint32_t offset, size;
};

/* NULL when there is none of this name; else its bytes. */
const uint8_t *asset_find(const char *name, uint32_t *size);

#endif
