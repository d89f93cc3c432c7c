/* The vectors of an index, and the codebook that they share. */
#include "hnsw-parts.h"

int rv_hnsw_has(const rv_hnsw *index, int32_t id)
{
	hnsw_view view = hnsw_view_of(index);
	return id >= 0 && id < index->capacity && hnsw_occupied(&view, (uint32_t)id);
}

void rv_hnsw_read(const rv_hnsw *index, int32_t id, void *vector)
{
	hnsw_view view = hnsw_view_of(index);
	const uint8_t *stored = hnsw_stored(&view, (uint32_t)id);
	if (view.pq.subspaces) {
		rv_pq_decode(&view.pq, (int8_t *)view.base + view.at.codebook, vector, stored);
		stored = vector;
	}
	rv_space_load(&view.space, vector, stored);
}

rv_space rv_hnsw_space(const rv_hnsw *index)
{
	return hnsw_view_of(index).space;
}

int32_t rv_hnsw_train_size(const rv_hnsw *index, int32_t count)
{
	hnsw_view view = hnsw_view_of(index);
	return (int32_t)(hnsw_align((uint32_t)count * index->dims, 4)) + rv_pq_train_scratch_size(&view.pq, count);
}

void rv_hnsw_train(rv_hnsw *index, const void *samples, int32_t count, int32_t iterations, void *work)
{
	hnsw_view view = hnsw_view_of(index);
	int8_t *copy = work;
	/* In stored form, one after another. */
	view.space.stride = index->dims;
	for (int32_t i = 0; i < count; i++)
		rv_space_store(&view.space, copy + i * index->dims, (const uint8_t *)samples + i * index->dims);
	rv_pq_train(&view.pq, (int8_t *)view.base + view.at.codebook, copy, index->dims, count, iterations, copy + hnsw_align((uint32_t)count * index->dims, 4));
	index->trained = 1;
}
