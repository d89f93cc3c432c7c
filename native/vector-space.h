/* Vectors of small integers and the distances between them. Plain C99, as simd-kernels.h. */
#ifndef RV_VECTOR_SPACE_H
#define RV_VECTOR_SPACE_H

#include <stdint.h>

/* The numbers are those of src/ruvector/metrics.ts, and of saved indices. */
enum rv_metric { RV_EUCLIDEAN, RV_COSINE, RV_MANHATTAN, RV_HAMMING, RV_DOT, RV_POINCARE, RV_LORENTZ, RV_METRICS };
enum rv_element { RV_INT8, RV_UINT8, RV_BITS, RV_INT16, RV_ELEMENTS };

#define RV_MOST_DIMENSIONS 4096

/*
 * A metric over vectors of `dims` elements, each stored in `stride` bytes, zeros behind it.
 *
 * Distances are compared as keys, unsigned 32-bit numbers, the nearest the smallest:
 *   euclidean   the squared distance
 *   cosine      (1 - cosine) * 2^30; a zero vector has the cosine 0 with all
 *   manhattan   the sum of absolute differences
 *   hamming     the number of bits that differ
 *   dot         2^31 - 1 - dot product
 *   poincare    cosh(distance) - 1, as the bits of an IEEE 754 single (which order as integers do)
 *   lorentz     the same
 * With uint8 the differences of elements are those of the unsigned numbers. Points of the Poincare ball are int16, 32767
 * being the radius. Points of the Lorentz model are int16: the first is the number of fraction bits of the others,
 * -14 to 15, and stands where x0 would be, which follows from them: x0^2 = 1 + x1^2 + x2^2 + ...
 */
typedef struct {
	uint8_t metric, element;
	uint16_t dims;
	uint32_t stride;
} rv_space;

/* 0 when the metric does not fit the element (int8 and uint8: euclidean, cosine, manhattan, dot; bits: hamming, a multiple of 8; int16: the others). */
int rv_space_init(rv_space *space, int32_t metric, int32_t element, int32_t dims);

/* Bytes of a vector as it is given. */
int32_t rv_space_bytes(const rv_space *space);

/* Whether keys need a number beside each vector, see rv_space_aux. */
int rv_space_has_aux(const rv_space *space);

/* 0 when a point lies outside the ball, or its fraction bits are out of range. */
int rv_space_takes(const rv_space *space, const void *stored);

/* Copies a vector as it is given to its stored form; gives what rv_space_takes does. */
int rv_space_store(const rv_space *space, void *stored, const void *given);

/* The way back. */
void rv_space_load(const rv_space *space, void *given, const void *stored);

/* What depends on one vector only: its squared length, its inverse length, its conformal factor. Cost: about a product of the vector. */
uint32_t rv_space_aux(const rv_space *space, const void *stored);

/*
 * keys[i] of a query (stored form, 16-byte aligned for speed) to `count` vectors, `stride` bytes apart; aux[i] belong to
 * them. Cost on rv32, per dimension: dot products 4 instructions, manhattan 7, hamming 0.7.
 */
void rv_space_keys(const rv_space *space, uint32_t *keys, const void *query, uint32_t query_aux, const void *vectors, const uint32_t *aux, int32_t count);

/* Hyperbolic keys of one pair, see vector-hyperbolic.c. */
uint32_t rv_poincare_aux(const rv_space *space, const int16_t *x);
uint32_t rv_poincare_key(const rv_space *space, const int16_t *x, uint32_t x_aux, const int16_t *y, uint32_t y_aux);
uint32_t rv_lorentz_aux(const rv_space *space, const int16_t *x);
uint32_t rv_lorentz_key(const rv_space *space, const int16_t *x, uint32_t x_aux, const int16_t *y, uint32_t y_aux);

#endif
