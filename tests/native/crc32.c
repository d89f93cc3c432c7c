/* native/crc32 against the definition, bit by bit: every alignment and short length, and in parts. */

#include "check.h"
#include "crc32.h"

static uint32_t by_bits(uint32_t seed, const uint8_t *bytes, uint32_t n)
{
	uint32_t crc = ~seed;
	for (uint32_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
	}
	return ~crc;
}

int main(int argc, char **argv)
{
	start(argc, argv, "crc32");
	CHECK(crc32_bytes(0, (const uint8_t *)"123456789", 9) == 0xCBF43926u, "check value of the catalogue of CRCs");
	CHECK(crc32_bytes(0, NULL, 0) == 0, "no bytes");
	CHECK(crc32_bytes(77, NULL, 0) == 77, "no bytes, continued");
	for (uint32_t offset = 0; offset < 8; offset++)
		for (uint32_t n = 0; n < 100; n++) {
			uint8_t *bytes = allocate(offset + n);
			uint32_t seed = below(2) ? (uint32_t)random64() : 0, cut = below(n + 1);
			for (uint32_t i = 0; i < n; i++)
				bytes[offset + i] = (uint8_t)random64();
			uint32_t expected = by_bits(seed, bytes + offset, n);
			CHECK(crc32_bytes(seed, bytes + offset, n) == expected, "%u bytes at %u", n, offset);
			uint32_t first = crc32_bytes(seed, bytes + offset, cut);
			CHECK(crc32_bytes(first, bytes + offset + cut, n - cut) == expected, "%u + %u bytes", cut, n - cut);
			free(bytes);
		}
	return finish();
}
