/* The draw: temperature, top-k, top-p and min-p. The order and the rules are in sampler.h. */

#include "sampler.h"

#include <stddef.h>

#include "exp2.h"

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline)) /* also where size comes first */
#else
#define INLINE static inline
#endif

/* The weight in Q30 of a logit so far below the greatest; difference at most reach. */
INLINE uint32_t weight_of(const struct sampler *s, uint32_t difference)
{
	uint32_t x = (uint32_t)(((uint64_t)(difference << s->left) * s->scale) >> 32);
	return exp2_mantissa(x) >> (x >> 16);
}

INLINE int is_larger(const int32_t *logits, uint32_t a, uint32_t b)
{
	return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
}

/* Puts `token` into the heap's hole at `at`; the root is the largest. */
static void sift(uint16_t *heap, uint32_t count, uint32_t at, uint32_t token, const int32_t *logits)
{
	uint32_t child;
	while ((child = 2 * at + 1) < count) {
		if (child + 1 < count && is_larger(logits, heap[child + 1], heap[child]))
			child++;
		if (!is_larger(logits, heap[child], token))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = (uint16_t)token;
}

static void make_heap(uint16_t *heap, uint32_t count, const int32_t *logits)
{
	uint32_t at;
	for (at = count / 2; at-- > 0;)
		sift(heap, count, at, heap[at], logits);
}

/* Candidates of a draw, and their mass. */
struct pool {
	uint16_t *tokens; /* with an order: a heap at the front; at the end, what was popped, last first */
	uint32_t count, popped;
	uint32_t greatest; /* logit */
	uint64_t all, kept; /* Q30: of everything that was weighed; of the candidates */
};

static uint32_t token_weight(const struct sampler *s, const struct pool *pool, const int32_t *logits, uint32_t token)
{
	uint32_t difference = pool->greatest - (uint32_t)logits[token];
	return difference > s->reach ? 0 : weight_of(s, difference);
}

/* The i-th largest candidate; i at most one more than in the call before, below count. */
static uint32_t largest(struct pool *pool, uint32_t i, const int32_t *logits)
{
	if (i >= pool->popped) {
		uint32_t last = pool->count - 1 - pool->popped++, token = pool->tokens[last];
		uint16_t root = pool->tokens[0];
		if (last > 0)
			sift(pool->tokens, last, 0, token, logits);
		pool->tokens[last] = root;
	}
	return pool->tokens[pool->count - 1 - i];
}

/*
 * The weight below which a token is not in the nucleus: one that is in it and is not the first has,
 * with those after it, more than 1 - p of a mass that is at least 1.0; they are at most n - 1 and none
 * is larger, so it weighs more than (1 - p) / (n - 1).
 */
static uint32_t least_weight(const struct sampler *s)
{
	uint32_t nucleus = s->vocab > 1 ? ((SAMPLER_ONE - s->top_p) << 14) / (s->vocab - 1) : 0;
	return nucleus > s->min_weight ? nucleus : s->min_weight;
}

/* Weighs all tokens, and keeps those that may be drawn. */
static void keep_all(const struct sampler *s, const int32_t *logits, struct pool *pool)
{
	uint32_t least = least_weight(s), greatest = pool->greatest, count = 0, i;
	uint64_t all = 0, kept = 0;
	for (i = 0; i < s->vocab; i++) {
		uint32_t difference = greatest - (uint32_t)logits[i], weight;
		if (difference > s->reach)
			continue;
		weight = weight_of(s, difference);
		all += weight;
		if (weight >= least) {
			pool->tokens[count++] = (uint16_t)i;
			kept += weight;
		}
	}
	pool->count = count;
	pool->all = all;
	pool->kept = kept;
}

#define BINS 64u

/*
 * Keeps the k largest and those not far from the k-th, by counting logits in bins from the greatest
 * down; then weighs the k largest. Tokens beyond reach weigh nothing and are left out.
 */
static void keep_top_k(const struct sampler *s, const int32_t *logits, struct pool *pool)
{
	uint32_t bins[BINS] = { 0 }, greatest = pool->greatest, shift = 0, found = 0, bin, limit, i;
	while (s->reach >> shift >= BINS)
		shift++;
	for (i = 0; i < s->vocab; i++) {
		bin = (greatest - (uint32_t)logits[i]) >> shift;
		if (bin < BINS)
			bins[bin]++;
	}
	for (bin = 0; bin < BINS && found < s->top_k; bin++)
		found += bins[bin];
	limit = (uint32_t)(((uint64_t)bin << shift) - 1); /* the last difference of the last bin */
	if (limit > s->reach)
		limit = s->reach;
	pool->count = 0;
	for (i = 0; i < s->vocab; i++)
		if (greatest - (uint32_t)logits[i] <= limit)
			pool->tokens[pool->count++] = (uint16_t)i;
	make_heap(pool->tokens, pool->count, logits);
	pool->all = 0;
	for (i = 0; i < s->top_k && i < pool->count; i++)
		pool->all += token_weight(s, pool, logits, largest(pool, i, logits));
	pool->kept = pool->all;
}

/* Leaves in `kept` the mass of the nucleus of the k largest, as far as min-p lets it go. */
static void keep_nucleus(const struct sampler *s, const int32_t *logits, struct pool *pool)
{
	uint64_t needed = pool->all * s->top_p, mass = 0; /* Q46; 65535 tokens stay below 2^62 */
	uint32_t most = s->top_k && s->top_k < pool->count ? s->top_k : pool->count, i;
	for (i = 0; i < most && mass << 16 < needed; i++) {
		uint32_t weight = token_weight(s, pool, logits, largest(pool, i, logits));
		if (weight < s->min_weight)
			break;
		mass += weight;
	}
	pool->kept = mass;
}

static uint32_t draw(struct sampler *s, const int32_t *logits, struct pool *pool, int is_ordered)
{
	uint32_t r = sampler_random(s), token = 0, i;
	uint64_t threshold = (pool->kept >> 32) * r + (((pool->kept & 0xFFFFFFFFu) * r) >> 32), mass = 0;
	for (i = 0; i < pool->count; i++) {
		token = is_ordered ? largest(pool, i, logits) : pool->tokens[i];
		mass += token_weight(s, pool, logits, token);
		if (mass > threshold)
			break;
	}
	return token;
}

int32_t sampler_next(struct sampler *s, const int32_t *logits, void *scratch, uint32_t scratch_bytes)
{
	struct pool pool;
	int32_t best = sampler_argmax(logits, s->vocab);
	int is_ordered = s->top_k != 0 || s->top_p < SAMPLER_ONE;
	if (s->scale == 0)
		return best;
	if (scratch_bytes < sampler_scratch_size(s->vocab) || ((uintptr_t)scratch & 3u))
		return SAMPLER_SCRATCH;
	pool.tokens = scratch;
	pool.popped = 0;
	pool.greatest = (uint32_t)logits[best];
	if (s->top_k)
		keep_top_k(s, logits, &pool);
	else {
		keep_all(s, logits, &pool);
		if (is_ordered)
			make_heap(pool.tokens, pool.count, logits);
	}
	if (is_ordered)
		keep_nucleus(s, logits, &pool);
	return (int32_t)draw(s, logits, &pool, is_ordered);
}
