/* Product quantisation (Jegou, Douze & Schmid 2011): a vector as the numbers of the nearest centroids of its parts. Plain C99. */
#ifndef RV_PRODUCT_QUANTIZER_H
#define RV_PRODUCT_QUANTIZER_H

#include <stdint.h>
#include "vector-space.h"

/*
 * Vectors of `dims` int8 in `subspaces` parts of the same size, each with 2^bits centroids (bits 4 or 8): a code of
 * subspaces * bits / 8 bytes. The codebook is [subspaces][2^bits][dims / subspaces] int8.
 */
typedef struct {
	int32_t dims, subspaces, bits;
} rv_pq;

/* Whether the numbers fit each other: dims a multiple of subspaces, whole bytes. */
int rv_pq_valid(const rv_pq *pq);

int32_t rv_pq_code_bytes(const rv_pq *pq);
int32_t rv_pq_codebook_bytes(const rv_pq *pq);

/* Bytes of training's scratch, 4-byte aligned. */
int32_t rv_pq_train_scratch_size(const rv_pq *pq, int32_t count);

/*
 * Lloyd's algorithm in integers in each part, from centroids evenly spaced among the samples; one that nobody chose moves to the
 * sample worst off. samples: `count` vectors, `stride` apart. Cost: iterations * count * 2^bits * dims products.
 */
void rv_pq_train(const rv_pq *pq, int8_t *codebook, const int8_t *samples, int32_t stride, int32_t count, int32_t iterations, void *scratch);

/* The nearest centroid of each part. */
void rv_pq_encode(const rv_pq *pq, const int8_t *codebook, uint8_t *code, const int8_t *vector);

/* table[subspaces][2^bits]: what each centroid adds to the squared distance (or, with dot, to the dot product) of a query. */
void rv_pq_table(const rv_pq *pq, const int8_t *codebook, int32_t *table, const int8_t *query, int dot);

/* The sum for one code. Cost: 6 instructions for each part. */
int32_t rv_pq_look_up(const rv_pq *pq, const int32_t *table, const uint8_t *code);

/* The same between two codes, from their centroids. */
int32_t rv_pq_between(const rv_pq *pq, const int8_t *codebook, const uint8_t *a, const uint8_t *b, int dot);

/* The centroids of a code: the vector it stands for. */
void rv_pq_decode(const rv_pq *pq, const int8_t *codebook, int8_t *vector, const uint8_t *code);

#endif
