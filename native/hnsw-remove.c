/* Removal: the hole is closed at once. */
#include "hnsw-parts.h"

/* The best entry left: the first of the highest level. */
static uint32_t new_entry(const hnsw_view *view)
{
	const rv_hnsw *index = view->index;
	uint32_t best = NONE;
	int32_t top = -1;
	for (uint32_t id = 0; id < index->capacity; id++)
		if (hnsw_occupied(view, id)) {
			int32_t level = hnsw_level(id, index->seed, index->m);
			if (level > top) {
				top = level;
				best = id;
			}
		}
	return best;
}

/* Adds the links of a list to candidates by distance to `from`; neither itself nor the vector that goes. */
static void gather(const hnsw_view *view, hnsw_pool *pool, uint32_t from, const hnsw_links *links, uint32_t gone)
{
	for (int32_t i = 0; i < links->count; i++) {
		uint32_t id = hnsw_link(view, links, i);
		if (id == NONE)
			break;
		int known = id == gone || id == from;
		for (int32_t j = 0; !known && j < pool->count; j++)
			known = pool->found[j].id == id;
		if (!known)
			hnsw_pool_insert(pool, hnsw_pair_key(view, from, id), id);
	}
}

void rv_hnsw_remove(rv_hnsw *index, int32_t number, void *scratch)
{
	hnsw_view view = hnsw_view_of(index);
	hnsw_scratch parts = hnsw_scratch_of(&view, scratch, 0);
	uint32_t gone = (uint32_t)number;
	int32_t top = index->m ? hnsw_level(gone, index->seed, index->m) : -1;
	view.base[view.at.occupied + (gone >> 3)] &= (uint8_t)~(1 << (gone & 7));
	index->count--;
	for (int32_t layer = top; layer >= 0; layer--) {
		hnsw_links old = hnsw_links_of(&view, gone, layer);
		for (uint32_t id = 0; id < index->capacity; id++) {
			hnsw_links links = { NULL, 0 };
			if (hnsw_occupied(&view, id))
				links = hnsw_links_of(&view, id, layer);
			int32_t at = 0;
			while (at < links.count && hnsw_link(&view, &links, at) != gone)
				at++;
			if (at == links.count)
				continue;
			hnsw_pool pool = { parts.first, 0, 2 * RV_HNSW_MOST_LINKS, NULL, 0 };
			gather(&view, &pool, id, &links, gone);
			gather(&view, &pool, id, &old, gone);
			int32_t kept = hnsw_select(&view, pool.found, pool.count, links.count);
			for (int32_t i = 0; i < links.count; i++)
				hnsw_set_link(&view, &links, i, i < kept ? pool.found[i].id : NONE);
		}
		for (int32_t i = 0; i < old.count; i++)
			hnsw_set_link(&view, &old, i, NONE);
	}
	/* Free places are all zeros: what was forgotten is gone, and rv_hnsw_check need not trust them. */
	memset(hnsw_stored(&view, gone), 0, view.at.stride);
	if (hnsw_has_aux(&view))
		*hnsw_aux(&view, gone) = 0;
	if (index->entry == gone)
		index->entry = (uint16_t)new_entry(&view);
}
