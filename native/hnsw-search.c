/* Search in an index: through the layers, or past every vector. */
#include "hnsw-parts.h"

/* Vectors whose keys are computed by one call of the exact search. */
#define BLOCK 16

static uint32_t aligned(uint32_t x)
{
	return (x + 15) & ~15u;
}

/* The stored form, and the table behind it. */
static uint32_t query_bytes(const hnsw_view *view)
{
	return aligned(view->space.stride) + aligned((uint32_t)view->pq.subspaces << view->pq.bits << 2);
}

int hnsw_prepare(const hnsw_view *view, hnsw_query *query, const void *vector, uint8_t *scratch)
{
	query->vector = scratch;
	query->aux = 0;
	if (!rv_space_store(&view->space, scratch, vector))
		return 0;
	if (view->pq.subspaces) {
		int32_t *table = (int32_t *)(scratch + aligned(view->space.stride));
		rv_pq_table(&view->pq, (int8_t *)view->base + view->at.codebook, table, (int8_t *)scratch, view->space.metric == RV_DOT);
		query->vector = table;
	}
	else
		query->aux = rv_space_aux(&view->space, scratch);
	return 1;
}

void hnsw_keys(const hnsw_view *view, uint32_t *keys, const hnsw_query *query, uint32_t first, int32_t count)
{
	const uint8_t *stored = hnsw_stored(view, first);
	if (!view->pq.subspaces) {
		rv_space_keys(&view->space, keys, query->vector, query->aux, stored, hnsw_aux(view, first), count);
		return;
	}
	for (int32_t i = 0; i < count; i++, stored += view->at.stride) {
		uint32_t sum = (uint32_t)rv_pq_look_up(&view->pq, query->vector, stored);
		keys[i] = view->space.metric == RV_DOT ? 0x7FFFFFFFu - sum : sum;
	}
}

uint32_t hnsw_pair_key(const hnsw_view *view, uint32_t a, uint32_t b)
{
	if (view->pq.subspaces) {
		uint32_t sum = (uint32_t)rv_pq_between(&view->pq, (int8_t *)view->base + view->at.codebook, hnsw_stored(view, a), hnsw_stored(view, b), view->space.metric == RV_DOT);
		return view->space.metric == RV_DOT ? 0x7FFFFFFFu - sum : sum;
	}
	hnsw_query query = { hnsw_stored(view, a), *hnsw_aux(view, a) };
	return hnsw_key(view, &query, b);
}

/* Entries of the first pool: beams of search and construction, and a full list with one more. */
static int32_t beam(const rv_hnsw *index, int32_t ef)
{
	int32_t most = ef > index->ef_construction ? ef : index->ef_construction;
	if (most > index->capacity && most > RV_HNSW_MOST_LINKS)
		most = index->capacity > RV_HNSW_MOST_LINKS ? index->capacity : RV_HNSW_MOST_LINKS;
	/* Removal gives two full lists to choose from. */
	return most < 2 * RV_HNSW_MOST_LINKS ? 2 * RV_HNSW_MOST_LINKS : most;
}

int32_t rv_hnsw_scratch_size(const rv_hnsw *index, int32_t ef)
{
	hnsw_view view = hnsw_view_of(index);
	uint32_t pool = (uint32_t)sizeof(rv_found) * (uint32_t)beam(index, ef);
	return (int32_t)(query_bytes(&view) + aligned((index->capacity + 31u) / 32 * 4) + 2 * aligned(pool));
}

hnsw_scratch hnsw_scratch_of(const hnsw_view *view, void *scratch, int32_t ef)
{
	hnsw_scratch parts;
	uint8_t *at = scratch;
	parts.query = at;
	at += query_bytes(view);
	parts.seen = (uint32_t *)at;
	at += aligned((view->index->capacity + 31u) / 32 * 4);
	parts.first = (rv_found *)at;
	at += aligned((uint32_t)sizeof(rv_found) * (uint32_t)beam(view->index, ef));
	parts.second = (rv_found *)at;
	return parts;
}

int32_t hnsw_pool_insert(hnsw_pool *pool, uint32_t key, uint32_t id)
{
	rv_found *found = pool->found;
	int32_t i = pool->count;
	if (i == pool->most) {
		if (!hnsw_before(key, id, &found[i - 1]))
			return -1;
		i--;
	}
	else
		pool->count++;
	for (; i > 0 && hnsw_before(key, id, &found[i - 1]); i--)
		found[i] = found[i - 1];
	found[i].key = key;
	found[i].id = id;
	return i;
}

static int see(hnsw_pool *pool, uint32_t id)
{
	uint32_t bit = 1u << (id & 31), *word = &pool->seen[id >> 5];
	if (*word & bit)
		return 0;
	*word |= bit;
	return 1;
}

void hnsw_search_layer(const hnsw_view *view, hnsw_pool *pool, const hnsw_query *query, int32_t layer, rv_hnsw_filter filter, void *context, hnsw_pool *accepted)
{
	memset(pool->seen, 0, (view->index->capacity + 31u) / 32 * 4);
	for (int32_t i = 0; i < pool->count; i++) {
		pool->found[i].id &= ~EXPANDED;
		see(pool, pool->found[i].id);
		if (accepted && filter(context, pool->found[i].id))
			hnsw_pool_insert(accepted, pool->found[i].key, pool->found[i].id);
	}
	for (int32_t next = 0; next < pool->count;) {
		if (pool->found[next].id & EXPANDED) {
			next++;
			continue;
		}
		hnsw_links links = hnsw_links_of(view, pool->found[next].id, layer);
		pool->found[next].id |= EXPANDED;
		int32_t first = next + 1;
		for (int32_t i = 0; i < links.count; i++) {
			uint32_t id = hnsw_link(view, &links, i);
			if (id == NONE)
				break;
			if (!see(pool, id))
				continue;
			uint32_t key = hnsw_key(view, query, id);
			pool->distances++;
			/* The filter is asked only about what would be an answer. */
			if (accepted && (accepted->count < accepted->most || hnsw_before(key, id, &accepted->found[accepted->count - 1])) && filter(context, id))
				hnsw_pool_insert(accepted, key, id);
			int32_t place = hnsw_pool_insert(pool, key, id);
			if (place >= 0 && place < first)
				first = place;
		}
		next = first;
	}
}

void hnsw_descend(const hnsw_view *view, hnsw_pool *pool, const hnsw_query *query, int32_t layer)
{
	const rv_hnsw *index = view->index;
	uint32_t nearest = index->entry, key = hnsw_key(view, query, nearest);
	pool->distances++;
	for (int32_t level = hnsw_level(nearest, index->seed, index->m); level > layer; level--)
		for (uint32_t before = NONE; before != nearest;) {
			hnsw_links links = hnsw_links_of(view, before = nearest, level);
			for (int32_t i = 0; i < links.count; i++) {
				uint32_t id = hnsw_link(view, &links, i);
				if (id == NONE)
					break;
				uint32_t other = hnsw_key(view, query, id);
				pool->distances++;
				if (other < key) {
					key = other;
					nearest = id;
				}
			}
		}
	pool->count = 1;
	pool->found[0].key = key;
	pool->found[0].id = nearest;
}

/* Every vector. */
static void scan(const hnsw_view *view, hnsw_pool *pool, const hnsw_query *query, rv_hnsw_filter filter, void *context)
{
	uint32_t keys[BLOCK], capacity = view->index->capacity;
	for (uint32_t first = 0; first < capacity; first += BLOCK) {
		uint32_t count = capacity - first < BLOCK ? capacity - first : BLOCK, bits;
		const uint8_t *occupied = view->base + view->at.occupied + (first >> 3);
		bits = occupied[0] | (count > 8 ? (uint32_t)occupied[1] << 8 : 0);
		if (!bits)
			continue;
		while (count > 1 && !(bits >> (count - 1)))
			count--;
		hnsw_keys(view, keys, query, first, (int32_t)count);
		for (uint32_t i = 0; i < count; i++)
			if (bits >> i & 1) {
				pool->distances++;
				if (pool->count == pool->most && !hnsw_before(keys[i], first + i, &pool->found[pool->count - 1]))
					continue;
				if (!filter || filter(context, first + i))
					hnsw_pool_insert(pool, keys[i], first + i);
			}
	}
}

int32_t rv_hnsw_search(const rv_hnsw *index, const void *vector, int32_t k, int32_t ef, rv_hnsw_filter filter, void *context, rv_found *found, void *scratch, int32_t *distances)
{
	hnsw_view view = hnsw_view_of(index);
	hnsw_scratch parts = hnsw_scratch_of(&view, scratch, ef);
	hnsw_query query;
	if (!hnsw_prepare(&view, &query, vector, parts.query))
		return -1;
	hnsw_pool answer = { found, 0, k, NULL, 0 };
	if (index->m == 0 || ef == 0 || index->entry == NONE)
		scan(&view, &answer, &query, filter, context);
	else {
		hnsw_pool pool = { parts.first, 0, ef > k ? ef : k, parts.seen, 0 };
		hnsw_descend(&view, &pool, &query, 0);
		hnsw_search_layer(&view, &pool, &query, 0, filter, context, filter ? &answer : NULL);
		if (!filter)
			for (; answer.count < k && answer.count < pool.count; answer.count++) {
				found[answer.count].key = pool.found[answer.count].key;
				found[answer.count].id = pool.found[answer.count].id & ~EXPANDED;
			}
		answer.distances = pool.distances;
		int32_t wanted = k < index->count ? k : index->count;
		if (answer.count < wanted) {
			answer.count = 0;
			scan(&view, &answer, &query, filter, context);
		}
	}
	*distances = answer.distances;
	return answer.count;
}
