/* Values of one width in a stream of bits, lowest bits first, 32 bits at a time. */
#include "hidden-pack.h"

static int32_t width_of(const int32_t *v, int32_t n)
{
	const int32_t *end = v + n;
	uint32_t all = 0;
	do {
		all |= (uint32_t)(*v ^ (*v >> 31));
	} while (++v < end);
	return all ? 33 - __builtin_clz(all) : 1;
}

int32_t rv_pack(uint8_t *out, int32_t room, const int32_t *v, int32_t n)
{
	const int32_t *end = v + n;
	int32_t width = width_of(v, n), bytes = RV_PACK_BYTES(n, width), used = 0;
	uint32_t mask = 0xFFFFFFFFu >> (32 - width), word = 0;
	if (bytes > room)
		return -1;
	*out++ = (uint8_t)width;
	do {
		uint32_t x = (uint32_t)*v & mask;
		word |= x << used;
		used += width;
		if (used >= 32) {
			out[0] = (uint8_t)word;
			out[1] = (uint8_t)(word >> 8);
			out[2] = (uint8_t)(word >> 16);
			out[3] = (uint8_t)(word >> 24);
			out += 4;
			used -= 32;
			/* What did not fit: width - used bits are gone, 1 to 32. */
			word = x >> (width - used - 1) >> 1;
		}
	} while (++v < end);
	for (; used > 0; used -= 8, word >>= 8)
		*out++ = (uint8_t)word;
	return bytes;
}

int32_t rv_unpack(int32_t *v, int32_t n, const uint8_t *in, int32_t bytes)
{
	int32_t width = bytes > 0 ? *in++ : 0, have = 0;
	if (width < 1 || width > 32)
		return -1;
	int32_t taken = RV_PACK_BYTES(n, width), up = 32 - width, last = n * width & 7;
	const uint8_t *after = in + taken - 1;
	int32_t *end = v + n;
	if (taken > bytes || (last && after[-1] >> last))
		return -1;
	uint32_t word = 0;
	do {
		uint32_t x = word;
		if (have >= width) {
			/* Not all 32: those are taken as they come. */
			word >>= width;
			have -= width;
		}
		else {
			uint32_t next = in[0];
			if (after - in >= 4) {
				next |= (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
				in += 4;
			}
			else
				for (int32_t shift = 8; ++in < after; shift += 8)
					next |= (uint32_t)*in << shift;
			x |= next << have;
			have += 32 - width;
			word = next >> (31 - have) >> 1;
		}
		*v++ = (int32_t)(x << up) >> up;
	} while (v < end);
	return taken;
}
