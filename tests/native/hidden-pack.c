/* Packed hidden states: back as they were; the stream bit by bit; what is damaged is refused and changes nothing. */

#include "check.h"
#include "hidden-pack.h"

static int32_t width_slowly(const int32_t *v, int32_t n)
{
	int32_t width = 1;
	for (int32_t i = 0; i < n; i++)
		while ((int64_t)v[i] < -((int64_t)1 << (width - 1)) || (int64_t)v[i] >= (int64_t)1 << (width - 1))
			width++;
	return width;
}

/* Bit `at` of the stream behind the width. */
static int bit(const uint8_t *packed, int64_t at)
{
	return packed[1 + at / 8] >> (at % 8) & 1;
}

static void fill(int32_t *v, int32_t n, int32_t width)
{
	for (int32_t i = 0; i < n; i++)
		v[i] = (int32_t)((int64_t)random64() >> (64 - width));
	if (below(2))
		v[below((uint32_t)n)] = below(2) ? INT32_MIN >> (32 - width) : (int32_t)(0x7FFFFFFFu >> (32 - width));
}

static void round_trip(int32_t n, int32_t width)
{
	int32_t *v = allocate((size_t)n * 4), *back = allocate((size_t)n * 4), bytes;
	fill(v, n, width);
	int32_t expected = width_slowly(v, n), size = 1 + (int32_t)(((int64_t)n * expected + 7) / 8);
	uint8_t *packed = allocate((size_t)size);
	CHECK(rv_pack(packed, size - 1, v, n) == -1, "a byte too little for %d of %d bits", n, expected);
	bytes = rv_pack(packed, size, v, n);
	CHECK(bytes == size && packed[0] == expected, "%d bytes of width %d, not %d of %d", bytes, packed[0], size, expected);
	for (int64_t at = 0; at < (int64_t)n * expected; at++)
		if (bit(packed, at) != (int)((uint32_t)v[at / expected] >> (at % expected) & 1))
			CHECK(0, "bit %ld of %d values of %d bits", (long)at, n, expected);
	memset(back, 0x55, (size_t)n * 4);
	CHECK(rv_unpack(back, n, packed, size) == size, "%d values of %d bits", n, expected);
	CHECK(!memcmp(v, back, (size_t)n * 4), "%d values of %d bits are others", n, expected);

	memset(back, 0x55, (size_t)n * 4);
	uint8_t *shorter = allocate((size_t)size - 1);
	memcpy(shorter, packed, (size_t)size - 1);
	CHECK(rv_unpack(back, n, shorter, size - 1) == -1, "a byte is missing");
	if (n * expected % 8) {
		packed[size - 1] ^= 0x80;
		CHECK(rv_unpack(back, n, packed, size) == -1, "the last byte is not filled with zeros");
	}
	static const uint8_t none[] = { 0, 33, 64, 255 };
	packed[0] = none[below(4)];
	CHECK(rv_unpack(back, n, packed, size) == -1, "width %d", packed[0]);
	for (int32_t i = 0; i < n; i++)
		if (back[i] != 0x55555555)
			CHECK(0, "value %d was written", i);
	free(shorter);
	free(packed);
	free(back);
	free(v);
}

/* Whatever is taken is read to its end, and packs to the same bytes or less. */
static void damaged(void)
{
	int32_t n = 1 + (int32_t)below(80), size = (int32_t)below(330), back[80], taken;
	uint8_t *bytes = allocate((size_t)size), again[330];
	for (int32_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)random64();
	if (size && below(2))
		bytes[0] = (uint8_t)(1 + below(32));
	taken = rv_unpack(back, n, bytes, size);
	if (taken >= 0) {
		CHECK(taken <= size && taken == RV_PACK_BYTES(n, bytes[0]), "%d of %d bytes", taken, size);
		CHECK(rv_pack(again, 330, back, n) <= taken, "more than it was");
		if (again[0] == bytes[0])
			CHECK(!memcmp(again, bytes, (size_t)taken), "packed again");
	}
	free(bytes);
}

int main(int argc, char **argv)
{
	static const int32_t sizes[] = { 1, 2, 3, 7, 8, 9, 31, 32, 33, 64, 96, 257 };
	start(argc, argv, "hidden-pack");
	for (int32_t width = 1; width <= 32; width++)
		for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
			for (int32_t round = 0; round < 4; round++)
				round_trip(sizes[i], width);
	round_trip(RV_PACK_MAX / PART, 32);
	for (int32_t round = 0; round < PART_OF(200000); round++)
		damaged();
	return finish();
}
