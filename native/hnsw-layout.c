/* Where an index keeps what. */
#include "hnsw-parts.h"

/* murmur3's finaliser: every bit of the number changes half of the others. */
static uint32_t mix(uint32_t x)
{
	x = (x ^ x >> 16) * 0x85EBCA6Bu;
	x = (x ^ x >> 13) * 0xC2B2AE35u;
	return x ^ x >> 16;
}

int32_t hnsw_level(uint32_t id, uint32_t seed, uint32_t m)
{
	uint32_t x = mix(id + mix(seed ^ 0x9E3779B9u));
	int32_t level = 0;
	while (level < 7 && x % m == 0) {
		x /= m;
		level++;
	}
	return level;
}

hnsw_layout hnsw_layout_of(const rv_hnsw *index)
{
	hnsw_layout at;
	rv_space space;
	uint32_t capacity = index->capacity;
	rv_space_init(&space, index->metric, index->element, index->dims);
	rv_pq pq = { index->dims, index->subspaces, index->code_bits };
	at.codebook = sizeof(rv_hnsw);
	at.vectors = hnsw_align(at.codebook + (uint32_t)(pq.subspaces ? rv_pq_codebook_bytes(&pq) : 0), 16);
	at.stride = pq.subspaces ? (uint32_t)rv_pq_code_bytes(&pq) : space.stride;
	at.aux = hnsw_align(at.vectors + capacity * at.stride, 4);
	at.uppers = at.aux + (rv_space_has_aux(&space) && !pq.subspaces ? 4 * capacity : 0);
	/* Number and place of the links of each vector above the lowest layer. */
	at.links = at.uppers + 4u * index->uppers;
	at.upper_links = at.links + capacity * index->m0 * index->id_bytes;
	at.occupied = at.upper_links + (uint32_t)index->upper_links * index->m * index->id_bytes;
	at.size = hnsw_align(at.occupied + (capacity + 7) / 8, 4);
	return at;
}

/* Counts vectors above the lowest layer, and their lists of links. */
static void count_uppers(rv_hnsw *index)
{
	uint32_t uppers = 0, lists = 0;
	if (index->m)
		for (uint32_t id = 0; id < index->capacity; id++) {
			int32_t level = hnsw_level(id, index->seed, index->m);
			uppers += level > 0;
			lists += (uint32_t)level;
		}
	index->uppers = (uint16_t)uppers;
	index->upper_links = (uint16_t)lists;
}

int hnsw_header(rv_hnsw *index, const rv_hnsw_config *config)
{
	rv_space space;
	memset(index, 0, sizeof(*index));
	if (!rv_space_init(&space, config->metric, config->element, config->dims))
		return 0;
	if (config->capacity < 1 || config->capacity > RV_HNSW_MOST)
		return 0;
	if (config->m != 0 && (config->m < 2 || config->m > 32 || config->m0 < config->m || config->m0 > RV_HNSW_MOST_LINKS || config->ef_construction < config->m0 || config->ef_construction > 1024))
		return 0;
	if (config->subspaces) {
		rv_pq pq = { config->dims, config->subspaces, config->code_bits };
		int fits = config->metric == RV_EUCLIDEAN || (config->metric == RV_DOT && config->element == RV_INT8);
		if (!fits || !rv_pq_valid(&pq))
			return 0;
		index->subspaces = (uint8_t)config->subspaces;
		index->code_bits = (uint8_t)config->code_bits;
	}
	if ((uint64_t)config->capacity * (space.stride + 2 * RV_HNSW_MOST_LINKS + 64) > 0x7FFFFFFF)
		return 0;
	index->magic = RV_HNSW_MAGIC;
	index->version = 1;
	index->metric = (uint8_t)config->metric;
	index->element = (uint8_t)config->element;
	index->dims = (uint16_t)config->dims;
	index->capacity = (uint16_t)config->capacity;
	index->id_bytes = config->capacity <= 255 ? 1 : 2;
	index->m = (uint8_t)config->m;
	index->m0 = (uint8_t)(config->m ? config->m0 : 0);
	index->ef_construction = (uint16_t)(config->m ? config->ef_construction : 0);
	index->seed = config->seed;
	index->entry = NONE;
	count_uppers(index);
	index->size = hnsw_layout_of(index).size;
	return 1;
}

int32_t rv_hnsw_size(const rv_hnsw_config *config)
{
	rv_hnsw index;
	return hnsw_header(&index, config) ? (int32_t)index.size : 0;
}

/* The table of upper vectors: number and first list of each, by number. */
static void fill_uppers(const rv_hnsw *index, uint8_t *table)
{
	uint16_t list = 0;
	for (uint32_t id = 0, i = 0; i < index->uppers; id++) {
		int32_t level = hnsw_level(id, index->seed, index->m);
		if (level) {
			uint16_t entry[2] = { (uint16_t)id, list };
			memcpy(table + 4 * i++, entry, 4);
			list = (uint16_t)(list + level);
		}
	}
}

void rv_hnsw_init(rv_hnsw *index, const rv_hnsw_config *config)
{
	if (!hnsw_header(index, config))
		return;
	hnsw_layout at = hnsw_layout_of(index);
	uint8_t *base = (uint8_t *)index;
	memset(base + at.vectors, 0, at.size - at.vectors);
	memset(base + at.links, 0xFF, at.occupied - at.links);
	fill_uppers(index, base + at.uppers);
}

hnsw_view hnsw_view_of(const rv_hnsw *index)
{
	hnsw_view view;
	view.index = (rv_hnsw *)index;
	rv_space_init(&view.space, index->metric, index->element, index->dims);
	view.pq.dims = index->dims;
	view.pq.subspaces = index->subspaces;
	view.pq.bits = index->code_bits;
	view.at = hnsw_layout_of(index);
	view.base = (uint8_t *)index;
	return view;
}

hnsw_links hnsw_links_of(const hnsw_view *view, uint32_t id, int32_t layer)
{
	hnsw_links links = { NULL, 0 };
	const rv_hnsw *index = view->index;
	if (layer == 0) {
		links.first = view->base + view->at.links + id * index->m0 * index->id_bytes;
		links.count = index->m0;
		return links;
	}
	const uint8_t *table = view->base + view->at.uppers;
	int32_t low = 0, high = index->uppers;
	uint16_t entry[2] = { NONE, 0 };
	while (low < high) {
		int32_t middle = (low + high) / 2;
		memcpy(entry, table + 4 * middle, 4);
		if (entry[0] == id)
			break;
		if (entry[0] < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low >= high || layer > hnsw_level(id, index->seed, index->m))
		return links;
	links.first = view->base + view->at.upper_links + (uint32_t)(entry[1] + layer - 1) * index->m * index->id_bytes;
	links.count = index->m;
	return links;
}

void hnsw_set_link(const hnsw_view *view, hnsw_links *links, int32_t i, uint32_t id)
{
	if (view->index->id_bytes == 1)
		links->first[i] = (uint8_t)id;
	else {
		uint16_t narrow = (uint16_t)id;
		memcpy(links->first + 2 * i, &narrow, 2);
	}
}
