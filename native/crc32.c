/* Slicing by 4. The polynomial and the source are in crc32.h. */

#include "crc32.h"

#include "crc32-table.h"

static uint32_t step(uint32_t crc, uint8_t byte)
{
	return (crc >> 8) ^ CRC32_TABLE[0][(crc ^ byte) & 255u];
}

/* Four bytes from a 4-byte boundary, the first lowest; one load on little-endian targets. */
static uint32_t load(const uint8_t *bytes)
{
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint32_t word;
	__builtin_memcpy(&word, __builtin_assume_aligned(bytes, 4), 4);
	return word;
#else
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
#endif
}

uint32_t crc32_bytes(uint32_t seed, const uint8_t *bytes, uint32_t n)
{
	uint32_t crc = ~seed;
	for (; n > 0 && ((uintptr_t)bytes & 3u); n--)
		crc = step(crc, *bytes++);
	for (; n >= 4; n -= 4, bytes += 4) {
		crc ^= load(bytes);
		crc = CRC32_TABLE[3][crc & 255u] ^ CRC32_TABLE[2][(crc >> 8) & 255u]
			^ CRC32_TABLE[1][(crc >> 16) & 255u] ^ CRC32_TABLE[0][crc >> 24];
	}
	for (; n > 0; n--)
		crc = step(crc, *bytes++);
	return ~crc;
}
