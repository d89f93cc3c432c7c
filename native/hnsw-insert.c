/* Insertion: where a vector's links go, and who links back. */
#include "hnsw-parts.h"

/*
 * Malkov & Yashunin, algorithm 4: a candidate is kept when it is nearer to the vector than to all that are kept already,
 * so that links point to all sides; places that stay free go to the nearest of those left out.
 */
int32_t hnsw_select(const hnsw_view *view, rv_found *candidates, int32_t count, int32_t most)
{
	if (count <= most)
		return count;
	int32_t kept = 0;
	for (int32_t i = 0; i < count && kept < most; i++) {
		rv_found one = candidates[i];
		int near = 1;
		for (int32_t j = 0; near && j < kept; j++)
			near = hnsw_pair_key(view, one.id, candidates[j].id) >= one.key;
		if (!near)
			continue;
		/* The kept come first, those left out stay in order behind them. */
		memmove(candidates + kept + 1, candidates + kept, (size_t)(i - kept) * sizeof(*candidates));
		candidates[kept++] = one;
	}
	return most;
}

/* Adds a link to `id` at `from`; a full list chooses again. */
static void link_back(const hnsw_view *view, uint32_t from, uint32_t id, uint32_t key, int32_t layer, rv_found *work)
{
	hnsw_links links = hnsw_links_of(view, from, layer);
	hnsw_pool pool = { work, 0, links.count + 1, NULL, 0 };
	int32_t i;
	for (i = 0; i < links.count; i++) {
		uint32_t link = hnsw_link(view, &links, i);
		if (link == NONE) {
			hnsw_set_link(view, &links, i, id);
			return;
		}
	}
	for (i = 0; i < links.count; i++) {
		uint32_t link = hnsw_link(view, &links, i);
		hnsw_pool_insert(&pool, hnsw_pair_key(view, from, link), link);
	}
	hnsw_pool_insert(&pool, key, id);
	hnsw_select(view, work, pool.count, links.count);
	for (i = 0; i < links.count; i++)
		hnsw_set_link(view, &links, i, work[i].id);
}

int rv_hnsw_insert(rv_hnsw *index, int32_t number, const void *vector, void *scratch)
{
	hnsw_view view = hnsw_view_of(index);
	hnsw_scratch parts = hnsw_scratch_of(&view, scratch, 0);
	uint32_t id = (uint32_t)number;
	uint8_t *stored = hnsw_stored(&view, id);
	hnsw_query query;
	if (!hnsw_prepare(&view, &query, vector, parts.query))
		return 0;
	if (view.pq.subspaces)
		rv_pq_encode(&view.pq, (int8_t *)view.base + view.at.codebook, stored, (int8_t *)parts.query);
	else
		memcpy(stored, parts.query, view.space.stride);
	if (hnsw_has_aux(&view))
		*hnsw_aux(&view, id) = query.aux;
	if (index->m && index->entry != NONE) {
		hnsw_pool pool = { parts.first, 0, index->ef_construction, parts.seen, 0 };
		int32_t level = hnsw_level(id, index->seed, index->m), top = hnsw_level(index->entry, index->seed, index->m);
		hnsw_descend(&view, &pool, &query, level);
		for (int32_t layer = level < top ? level : top; layer >= 0; layer--) {
			hnsw_links links = hnsw_links_of(&view, id, layer);
			hnsw_search_layer(&view, &pool, &query, layer, NULL, NULL, NULL);
			for (int32_t i = 0; i < pool.count; i++)
				pool.found[i].id &= ~EXPANDED;
			/* The pool is where the next layer begins: the choice is made in a copy. */
			memcpy(parts.second, pool.found, (size_t)pool.count * sizeof(*pool.found));
			int32_t kept = hnsw_select(&view, parts.second, pool.count, index->m < links.count ? (index->m + links.count) / 2 : links.count);
			for (int32_t i = 0; i < kept; i++)
				hnsw_set_link(&view, &links, i, parts.second[i].id);
			for (int32_t i = 0; i < kept; i++)
				link_back(&view, parts.second[i].id, id, parts.second[i].key, layer, parts.second + kept);
		}
		if (level > top)
			index->entry = (uint16_t)id;
	}
	else if (index->m)
		index->entry = (uint16_t)id;
	view.base[view.at.occupied + (id >> 3)] |= (uint8_t)(1 << (id & 7));
	index->count++;
	return 1;
}
