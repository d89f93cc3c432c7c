/* Spaces: how vectors are stored, and keys in the flat ones. */
#include <string.h>
#include "distance.h"
#include "vector-space.h"

int rv_space_init(rv_space *space, int32_t metric, int32_t element, int32_t dims)
{
	static const uint8_t fits[RV_METRICS] = {
		1 << RV_INT8 | 1 << RV_UINT8, 1 << RV_INT8 | 1 << RV_UINT8, 1 << RV_INT8 | 1 << RV_UINT8, 1 << RV_BITS,
		1 << RV_INT8 | 1 << RV_UINT8, 1 << RV_INT16, 1 << RV_INT16,
	};
	if (metric < 0 || metric >= RV_METRICS || element < 0 || element >= RV_ELEMENTS || !(fits[metric] >> element & 1))
		return 0;
	if (dims < 1 || dims > RV_MOST_DIMENSIONS || (element == RV_BITS && dims % 8) || (metric == RV_LORENTZ && dims < 2))
		return 0;
	space->metric = (uint8_t)metric;
	space->element = (uint8_t)element;
	space->dims = (uint16_t)dims;
	/* Sixteen bytes are what the vector kernels load; hyperbolic vectors are few numbers, and have no such kernel. */
	uint32_t granule = element == RV_INT16 ? 4 : 16;
	space->stride = ((uint32_t)rv_space_bytes(space) + granule - 1) / granule * granule;
	return 1;
}

int32_t rv_space_bytes(const rv_space *space)
{
	return space->element == RV_BITS ? space->dims / 8 : space->element == RV_INT16 ? 2 * space->dims : space->dims;
}

int rv_space_has_aux(const rv_space *space)
{
	return space->metric == RV_EUCLIDEAN || space->metric == RV_COSINE || space->metric == RV_POINCARE || space->metric == RV_LORENTZ;
}

/* Differences stay the same when both sides move, and the signed kernel is the fast one. */
static int is_shifted(const rv_space *space)
{
	return space->element == RV_UINT8 && (space->metric == RV_EUCLIDEAN || space->metric == RV_MANHATTAN);
}

int rv_space_takes(const rv_space *space, const void *stored)
{
	const int16_t *point = stored;
	if (space->metric == RV_LORENTZ)
		return point[0] >= -14 && point[0] <= 15;
	return space->metric != RV_POINCARE || rv_poincare_aux(space, point) != 0;
}

int rv_space_store(const rv_space *space, void *stored, const void *given)
{
	int32_t bytes = rv_space_bytes(space);
	uint8_t *to = stored;
	memmove(to, given, (size_t)bytes);
	memset(to + bytes, 0, (size_t)((int32_t)space->stride - bytes));
	if (is_shifted(space))
		for (int32_t i = 0; i < bytes; i++)
			to[i] ^= 0x80;
	return rv_space_takes(space, stored);
}

void rv_space_load(const rv_space *space, void *given, const void *stored)
{
	int32_t bytes = rv_space_bytes(space);
	uint8_t *to = given;
	memmove(to, stored, (size_t)bytes);
	if (is_shifted(space))
		for (int32_t i = 0; i < bytes; i++)
			to[i] ^= 0x80;
}

static void dot_block(const rv_space *space, int32_t *dots, const void *query, const void *vectors, int32_t count)
{
	int32_t stride = (int32_t)space->stride;
	if (space->element == RV_UINT8 && !is_shifted(space))
		rv_dot_block_uint8(dots, query, vectors, stride, count);
	else if (((uintptr_t)query | (uintptr_t)vectors) & 15)
		/* A mapped file may begin at any word. */
		rv_dot_block_portable(dots, query, vectors, stride, count);
	else
		rv_dot_block(dots, query, vectors, stride, count);
}

#define MANTISSA ((1u << 27) - 1)

/* 2^42 / sqrt(square) * 2^-shift, a number from 2^26 on in the lower 27 bits, and the shift (0 to 15) in the others; 0 for 0. */
static uint32_t inverse_root(uint32_t square)
{
	uint32_t shift = 0, root = 0;
	if (!square)
		return 0;
	/* The square times 2^(2 shift), from 2^30 on. */
	uint64_t wide = (uint64_t)square << 32;
	while (!(wide >> 62)) {
		wide <<= 2;
		shift++;
	}
	/* sqrt(wide) has 32 bits. */
	for (uint32_t bit = 1u << 31; bit; bit >>= 1)
		if ((uint64_t)(root | bit) * (root | bit) <= wide)
			root |= bit;
	uint32_t mantissa = (uint32_t)((UINT64_C(1) << 58) / root);
	return (mantissa > MANTISSA ? MANTISSA : mantissa) | shift << 27;
}

/* dot / (|x| |y|) in Q30, from the inverse roots. */
static int32_t cosine(int32_t dot, uint32_t x, uint32_t y)
{
	if (!x || !y || !dot)
		return 0;
	/* 1 / |x| = mantissa * 2^(shift - 42); the product of both mantissas keeps its upper 32 bits, so that dot times it has 62. */
	uint64_t magnitude = dot < 0 ? (uint64_t)-(int64_t)dot : (uint64_t)dot;
	uint64_t product = (uint64_t)(x & MANTISSA) * (y & MANTISSA) >> 22;
	int32_t shift = 32 - (int32_t)(x >> 27) - (int32_t)(y >> 27);
	uint64_t value = (magnitude * product + (UINT64_C(1) << (shift - 1))) >> shift;
	if (value > 1u << 30)
		value = 1u << 30;
	return dot < 0 ? -(int32_t)value : (int32_t)value;
}

uint32_t rv_space_aux(const rv_space *space, const void *stored)
{
	int32_t square;
	if (space->metric == RV_POINCARE)
		return rv_poincare_aux(space, stored);
	if (space->metric == RV_LORENTZ)
		return rv_lorentz_aux(space, stored);
	if (!rv_space_has_aux(space))
		return 0;
	dot_block(space, &square, stored, stored, 1);
	return space->metric == RV_COSINE ? inverse_root((uint32_t)square) : (uint32_t)square;
}

void rv_space_keys(const rv_space *space, uint32_t *keys, const void *query, uint32_t query_aux, const void *vectors, const uint32_t *aux, int32_t count)
{
	int32_t *dots = (int32_t *)keys;
	const uint8_t *vector = vectors;
	switch (space->metric) {
	case RV_EUCLIDEAN:
		dot_block(space, dots, query, vectors, count);
		for (int32_t i = 0; i < count; i++)
			keys[i] = query_aux + aux[i] - 2 * (uint32_t)dots[i];
		break;
	case RV_COSINE:
		dot_block(space, dots, query, vectors, count);
		for (int32_t i = 0; i < count; i++)
			keys[i] = (1u << 30) - (uint32_t)cosine(dots[i], query_aux, aux[i]);
		break;
	case RV_DOT:
		dot_block(space, dots, query, vectors, count);
		for (int32_t i = 0; i < count; i++)
			keys[i] = 0x7FFFFFFFu - (uint32_t)dots[i];
		break;
	case RV_MANHATTAN:
		rv_manhattan_block(dots, query, vectors, (int32_t)space->stride, count);
		break;
	case RV_HAMMING:
		if (((uintptr_t)query | (uintptr_t)vectors) & 15)
			rv_hamming_block_portable(dots, query, vectors, (int32_t)space->stride, count);
		else
			rv_hamming_block(dots, query, vectors, (int32_t)space->stride, count);
		break;
	case RV_POINCARE:
		for (int32_t i = 0; i < count; i++, vector += space->stride)
			keys[i] = rv_poincare_key(space, query, query_aux, (const int16_t *)vector, aux[i]);
		break;
	default:
		for (int32_t i = 0; i < count; i++, vector += space->stride)
			keys[i] = rv_lorentz_key(space, query, query_aux, (const int16_t *)vector, aux[i]);
	}
}
