/* Distances of a query to a block of vectors: the portable reference. */
#include <string.h>
#include "distance.h"

#define PRODUCT(c) sum += query[i + (c)] * vector[i + (c)]
#define PRODUCTS4(c) PRODUCT(c); PRODUCT((c) + 1); PRODUCT((c) + 2); PRODUCT((c) + 3)

/* Sixteen products without a jump: compilers do not unroll when they are asked for small code, as on boards. */
void rv_dot_block_portable(int32_t *dots, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count)
{
	for (const int8_t *vector = vectors; count > 0; count--, vector += stride) {
		int32_t sum = 0;
		for (int32_t i = 0; i < stride; i += 16) {
			PRODUCTS4(0);
			PRODUCTS4(4);
			PRODUCTS4(8);
			PRODUCTS4(12);
		}
		*dots++ = sum;
	}
}

void rv_dot_block_uint8(int32_t *dots, const uint8_t *query, const uint8_t *vectors, int32_t stride, int32_t count)
{
	for (const uint8_t *vector = vectors; count > 0; count--, vector += stride) {
		int32_t sum = 0;
		for (int32_t i = 0; i < stride; i += 16) {
			PRODUCTS4(0);
			PRODUCTS4(4);
			PRODUCTS4(8);
			PRODUCTS4(12);
		}
		*dots++ = sum;
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

#define DIFFERENCE(c) difference = query[i + (c)] - vector[i + (c)], sum += difference < 0 ? -difference : difference

void rv_manhattan_block(int32_t *distances, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count)
{
	for (const int8_t *vector = vectors; count > 0; count--, vector += stride) {
		int32_t sum = 0, difference;
		for (int32_t i = 0; i < stride; i += 4) {
			DIFFERENCE(0);
			DIFFERENCE(1);
			DIFFERENCE(2);
			DIFFERENCE(3);
		}
		*distances++ = sum;
	}
}
