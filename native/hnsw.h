/*
 * Hierarchical navigable small worlds (Malkov & Yashunin 2018) in one block of bytes of a fixed size, which has no
 * pointers: the same bytes are searched in memory, in a file, and in mapped flash. Plain C99, as simd-kernels.h.
 */
#ifndef RV_HNSW_H
#define RV_HNSW_H

#include <stdint.h>
#include "vector-space.h"

#define RV_HNSW_MOST 65534
#define RV_HNSW_MOST_LINKS 64

typedef struct {
	/* Numbers of vector-space.h. */
	int32_t metric, element, dims;
	/* Vectors at most; they are called 0 to capacity - 1. */
	int32_t capacity;
	/* Links of a vector in the upper layers (2 to 32; 0: no graph, every search is exact), and in the lowest (m to 64). */
	int32_t m, m0;
	/* Candidates when links are chosen: m0 to 1024. */
	int32_t ef_construction;
	/* Of the levels. */
	uint32_t seed;
	/* Product quantisation of euclidean and dot (dot: int8 only), see product-quantizer.h; 0 subspaces: vectors as they are. */
	int32_t subspaces, code_bits;
} rv_hnsw_config;

typedef struct {
	uint32_t key;
	uint32_t id;
} rv_found;

/* The block: begins with this header, everything little-endian; docs/ruvector.md says what follows. */
typedef struct {
	uint32_t magic;
	uint8_t version, metric, element, id_bytes;
	uint16_t dims, capacity;
	uint16_t count, entry;
	uint8_t m, m0;
	uint16_t ef_construction;
	uint32_t seed;
	/* Of vectors in upper layers, and their links. */
	uint16_t uppers, upper_links;
	uint32_t size;
	/* Of the whole block with 0 here; written when it is saved. */
	uint32_t crc;
	uint8_t subspaces, code_bits;
	/* Whether the codebook was trained. */
	uint8_t trained, reserved;
	uint32_t reserved2[3];
} rv_hnsw;

#define RV_HNSW_MAGIC 0x4E485652u /* "RVHN" */

/* Bytes of the block; 0 when a number is out of its range, or 2^31 bytes are not enough. Cost: 30 instructions for each vector of the capacity. */
int32_t rv_hnsw_size(const rv_hnsw_config *config);

/* Makes an empty index in a block of that size, 4-byte aligned (16 for speed). */
void rv_hnsw_init(rv_hnsw *index, const rv_hnsw_config *config);

/* Whether bytes that came from outside are a sound index: every number and link is looked at. Needs 4-byte alignment. */
int rv_hnsw_check(const rv_hnsw *index, uint32_t size);

/* Bytes that insert, remove (ef = 0) and search need to work in, 16-byte aligned. ef: of the search, up to the capacity. */
int32_t rv_hnsw_scratch_size(const rv_hnsw *index, int32_t ef);

int rv_hnsw_has(const rv_hnsw *index, int32_t id);
/* The vector as it was given; with product quantisation what its code stands for. */
void rv_hnsw_read(const rv_hnsw *index, int32_t id, void *vector);
rv_space rv_hnsw_space(const rv_hnsw *index);

/*
 * Product quantisation learns its codebook from samples (vectors as they are given, one after another) before the first vector
 * comes. work: of rv_hnsw_train_size bytes.
 */
int32_t rv_hnsw_train_size(const rv_hnsw *index, int32_t count);
void rv_hnsw_train(rv_hnsw *index, const void *samples, int32_t count, int32_t iterations, void *work);

/* Puts a vector (as it is given) under a number that is free. 0 when the metric does not take it. */
int rv_hnsw_insert(rv_hnsw *index, int32_t id, const void *vector, void *scratch);

/* Takes out a vector that is there; those that pointed to it get its neighbours to choose from. Cost: a look at all links. */
void rv_hnsw_remove(rv_hnsw *index, int32_t id, void *scratch);

typedef int (*rv_hnsw_filter)(void *context, uint32_t id);

/*
 * The k nearest that pass the filter (NULL: all), nearest first, equals by number. ef below k counts as k; 0 looks at every
 * vector. What the filter lets pass too seldom is found by looking at every vector. -1 when the metric does not take the
 * query. *distances: keys computed.
 */
int32_t rv_hnsw_search(const rv_hnsw *index, const void *query, int32_t k, int32_t ef, rv_hnsw_filter filter, void *context, rv_found *found, void *scratch, int32_t *distances);

#endif
