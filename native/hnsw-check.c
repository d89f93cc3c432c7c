/* Whether bytes are an index. */
#include "hnsw-parts.h"

static int sound_links(const hnsw_view *view, uint32_t id, int32_t layer)
{
	hnsw_links links = hnsw_links_of(view, id, layer);
	int ended = 0;
	for (int32_t i = 0; i < links.count; i++) {
		uint32_t link = hnsw_link(view, &links, i);
		if (link == NONE)
			ended = 1;
		else if (ended || link == id || link >= view->index->capacity || !hnsw_occupied(view, link))
			return 0;
		else if (layer && !hnsw_links_of(view, link, layer).count)
			return 0;
	}
	return 1;
}

int rv_hnsw_check(const rv_hnsw *index, uint32_t size)
{
	rv_hnsw expected;
	if (size < sizeof(rv_hnsw) || index->magic != RV_HNSW_MAGIC || index->version != 1)
		return 0;
	rv_hnsw_config config = { index->metric, index->element, index->dims, index->capacity, index->m, index->m0, index->ef_construction, index->seed, index->subspaces, index->code_bits };
	if (!hnsw_header(&expected, &config) || expected.size > size)
		return 0;
	expected.count = index->count;
	expected.entry = index->entry;
	expected.crc = index->crc;
	expected.trained = index->trained & (index->subspaces != 0);
	if (memcmp(&expected, index, sizeof(expected)))
		return 0;
	hnsw_view view = hnsw_view_of(index);
	uint32_t count = 0;
	for (uint32_t i = 0, list = 0, id = 0; i < index->uppers; id++) {
		int32_t level = hnsw_level(id, index->seed, index->m);
		uint16_t entry[2];
		if (!level)
			continue;
		memcpy(entry, view.base + view.at.uppers + 4 * i++, 4);
		if (entry[0] != id || entry[1] != list)
			return 0;
		list += (uint32_t)level;
	}
	for (uint32_t id = 0; id < index->capacity; id++) {
		if (!hnsw_occupied(&view, id)) {
			const uint8_t *stored = hnsw_stored(&view, id);
			for (uint32_t i = 0; i < view.at.stride; i++)
				if (stored[i])
					return 0;
			if (hnsw_has_aux(&view) && *hnsw_aux(&view, id))
				return 0;
			continue;
		}
		count++;
		for (int32_t layer = index->m ? hnsw_level(id, index->seed, index->m) : -1; layer >= 0; layer--)
			if (!sound_links(&view, id, layer))
				return 0;
		if (view.pq.subspaces)
			continue;
		const uint8_t *stored = hnsw_stored(&view, id);
		uint32_t aux = hnsw_has_aux(&view) ? *hnsw_aux(&view, id) : 0;
		if (!rv_space_takes(&view.space, stored) || aux != rv_space_aux(&view.space, stored))
			return 0;
	}
	if (count != index->count)
		return 0;
	return index->m == 0 || count == 0 ? index->entry == NONE : index->entry < index->capacity && hnsw_occupied(&view, index->entry);
}
