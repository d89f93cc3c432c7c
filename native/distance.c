/* Distances of a query to a block of vectors: the portable reference. */
#include <string.h>
#include "distance.h"

void rv_dot_block_portable(int32_t *dots, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count)
{
	for (int32_t i = 0; i < count; i++, vectors += stride) {
		int32_t sum = 0;
		for (int32_t c = 0; c < stride; c++)
			sum += query[c] * vectors[c];
		dots[i] = sum;
	}
}

/* Bits set in a word: neighbours are added, then pairs, then nibbles (Wegner 1960; Warren, Hacker's Delight, 5-1). */
static uint32_t bits(uint32_t x)
{
	x -= (x >> 1) & 0x55555555;
	x = (x & 0x33333333) + ((x >> 2) & 0x33333333);
	return ((x + (x >> 4)) & 0x0F0F0F0F) * 0x01010101 >> 24;
}

void rv_hamming_block_portable(int32_t *distances, const uint8_t *query, const uint8_t *vectors, int32_t stride, int32_t count)
{
	for (int32_t i = 0; i < count; i++, vectors += stride) {
		uint32_t sum = 0;
		for (int32_t c = 0; c < stride; c += 4) {
			uint32_t a, b;
			memcpy(&a, query + c, 4);
			memcpy(&b, vectors + c, 4);
			sum += bits(a ^ b);
		}
		distances[i] = (int32_t)sum;
	}
}

void rv_dot_block_uint8(int32_t *dots, const uint8_t *query, const uint8_t *vectors, int32_t stride, int32_t count)
{
	for (int32_t i = 0; i < count; i++, vectors += stride) {
		uint32_t sum = 0;
		for (int32_t c = 0; c < stride; c++)
			sum += (uint32_t)query[c] * vectors[c];
		dots[i] = (int32_t)sum;
	}
}

void rv_manhattan_block(int32_t *distances, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count)
{
	for (int32_t i = 0; i < count; i++, vectors += stride) {
		int32_t sum = 0;
		for (int32_t c = 0; c < stride; c++) {
			int32_t difference = query[c] - vectors[c];
			sum += difference < 0 ? -difference : difference;
		}
		distances[i] = sum;
	}
}
