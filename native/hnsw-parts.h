/* What the files of the index share. */
#ifndef RV_HNSW_PARTS_H
#define RV_HNSW_PARTS_H

#include <string.h>
#include "hnsw.h"
#include "product-quantizer.h"

#define NONE 0xFFFFu

/* Where things lie in the block, from its beginning. */
typedef struct {
	uint32_t codebook, vectors, aux, occupied, links, uppers, upper_links, size;
	/* Bytes of a vector, or of its code. */
	uint32_t stride;
} hnsw_layout;

static inline uint32_t hnsw_align(uint32_t x, uint32_t to)
{
	return (x + to - 1) / to * to;
}

/* The header of an empty index; 0 when a number is out of range. */
int hnsw_header(rv_hnsw *index, const rv_hnsw_config *config);

hnsw_layout hnsw_layout_of(const rv_hnsw *index);

/* 0 for most vectors, from their number and the seed: a level more with probability 1 / m each time. */
int32_t hnsw_level(uint32_t id, uint32_t seed, uint32_t m);

/* An index with what is looked up once for a call. */
typedef struct {
	rv_hnsw *index;
	rv_space space;
	rv_pq pq;
	hnsw_layout at;
	uint8_t *base;
} hnsw_view;

hnsw_view hnsw_view_of(const rv_hnsw *index);

static inline uint8_t *hnsw_stored(const hnsw_view *view, uint32_t id)
{
	return view->base + view->at.vectors + id * view->at.stride;
}

static inline int hnsw_has_aux(const hnsw_view *view)
{
	return !view->pq.subspaces && rv_space_has_aux(&view->space);
}

static inline uint32_t *hnsw_aux(const hnsw_view *view, uint32_t id)
{
	return (uint32_t *)(view->base + view->at.aux) + (hnsw_has_aux(view) ? id : 0);
}

static inline int hnsw_occupied(const hnsw_view *view, uint32_t id)
{
	return view->base[view->at.occupied + (id >> 3)] >> (id & 7) & 1;
}

/* Links of a vector in a layer: `count` places; those in use come first. */
typedef struct {
	uint8_t *first;
	int32_t count;
} hnsw_links;

/* count 0 when the vector does not reach the layer. */
hnsw_links hnsw_links_of(const hnsw_view *view, uint32_t id, int32_t layer);

/* NONE at the end. */
static inline uint32_t hnsw_link(const hnsw_view *view, const hnsw_links *links, int32_t i)
{
	if (view->index->id_bytes == 1)
		return links->first[i] == 0xFF ? NONE : links->first[i];
	uint16_t id;
	memcpy(&id, links->first + 2 * i, 2);
	return id;
}

void hnsw_set_link(const hnsw_view *view, hnsw_links *links, int32_t i, uint32_t id);

/* Whom distances are measured from: a vector in stored form, or with product quantisation its table. */
typedef struct {
	const void *vector;
	uint32_t aux;
} hnsw_query;

/* The query from a vector as it was given, prepared in scratch. 0 when the metric does not take it. */
int hnsw_prepare(const hnsw_view *view, hnsw_query *query, const void *vector, uint8_t *scratch);

void hnsw_keys(const hnsw_view *view, uint32_t *keys, const hnsw_query *query, uint32_t first, int32_t count);

static inline uint32_t hnsw_key(const hnsw_view *view, const hnsw_query *query, uint32_t id)
{
	uint32_t key;
	hnsw_keys(view, &key, query, id, 1);
	return key;
}

/* Between two that are in the index. */
uint32_t hnsw_pair_key(const hnsw_view *view, uint32_t a, uint32_t b);

/* The best so far, nearest first, with marks; and which vectors were seen. Lies in scratch. */
typedef struct {
	rv_found *found;
	int32_t count, most;
	uint32_t *seen;
	int32_t distances;
} hnsw_pool;

/* Marks a candidate whose neighbours were looked at. */
#define EXPANDED 0x80000000u

static inline int hnsw_before(uint32_t key, uint32_t id, const rv_found *other)
{
	return key < other->key || (key == other->key && id < (other->id & ~EXPANDED));
}

/* Keeps the pool sorted; gives the place, or -1 when it is too far. */
int32_t hnsw_pool_insert(hnsw_pool *pool, uint32_t key, uint32_t id);

/* Beam search in one layer from what is in the pool, until all of it is expanded. */
void hnsw_search_layer(const hnsw_view *view, hnsw_pool *pool, const hnsw_query *query, int32_t layer, rv_hnsw_filter filter, void *context, hnsw_pool *accepted);

/* One step after another to the nearest, from the entry down to `layer` + 1; the nearest becomes the pool. */
void hnsw_descend(const hnsw_view *view, hnsw_pool *pool, const hnsw_query *query, int32_t layer);

/* Links a vector may keep: at most `most` of the candidates (nearest first), by the heuristic; in place. Gives how many. */
int32_t hnsw_select(const hnsw_view *view, rv_found *candidates, int32_t count, int32_t most);

/* Scratch: query or its table, seen bits, pool, second pool. */
typedef struct {
	uint8_t *query;
	uint32_t *seen;
	rv_found *first, *second;
} hnsw_scratch;

hnsw_scratch hnsw_scratch_of(const hnsw_view *view, void *scratch, int32_t ef);

#endif
