/* Ranking of texts for a question. */
#include <string.h>
#include "fixed-point.h"
#include "text-rank.h"

uint32_t rv_log2(uint32_t x)
{
	uint32_t whole = 31 - (uint32_t)rv_clz(x), result = whole << 12;
	/* 1.31 fixed point; each squaring gives a bit. */
	uint64_t m = (uint64_t)x << (31 - whole);
	for (uint32_t bit = 1u << 11; bit; bit >>= 1) {
		m = m * m >> 31;
		if (m >> 32) {
			m >>= 1;
			result |= bit;
		}
	}
	return result;
}

/* log2 of (N + 1) / (n + 1/2): BM25's ln(1 + (N - n + 1/2) / (n + 1/2)) in bits. */
static uint32_t inverse_frequency(int32_t all, int32_t with)
{
	return rv_log2(2 * (uint32_t)all + 2) - rv_log2(2 * (uint32_t)with + 1);
}

/* What `count` times a term adds to a text of `length` terms, `mean` being the mean: idf * tf (k1 + 1) / (tf + k1 (1 - b + b length / mean)). */
static uint32_t bm25(uint32_t idf, uint32_t count, uint32_t length, uint32_t mean)
{
	while (mean > 1023) {
		mean >>= 1;
		length >>= 1;
	}
	uint32_t part = (22 * count * mean << 10) / ((10 * count + 3) * mean + 9 * (length < 0xFFFF ? length : 0xFFFF));
	return (uint32_t)((uint64_t)idf * part >> 10);
}

const rv_text *rv_text_at(const rv_texts *texts, uint32_t offset)
{
	const rv_text *text = (const rv_text *)(texts->store + offset);
	if (offset == RV_NO_TEXT || offset & 3 || texts->store_bytes < sizeof(rv_text) || offset > texts->store_bytes - sizeof(rv_text))
		return NULL;
	uint32_t rest = texts->store_bytes - offset - (uint32_t)sizeof(rv_text);
	return 4u * text->terms + ((text->dims + 3u) & ~3u) + text->bytes <= rest ? text : NULL;
}

int32_t rv_text_record(uint8_t *record, int32_t capacity, const uint8_t *text, int32_t bytes, const int8_t *vector, int32_t dims)
{
	rv_text *header = (rv_text *)record;
	uint32_t *terms = (uint32_t *)(header + 1);
	int32_t room = (capacity - (int32_t)sizeof(*header)) / 4, behind = ((dims + 3) & ~3) + ((bytes + 3) & ~3);
	if (bytes > 0xFFFF || dims > 0xFFFF || capacity < (int32_t)sizeof(*header))
		return 0;
	if (room > RV_MOST_TERMS)
		room = RV_MOST_TERMS;
	int32_t words = rv_text_words(terms, room, text, bytes), distinct = rv_terms_pack(terms, words);
	int32_t size = (int32_t)sizeof(*header) + 4 * distinct + behind;
	if (words == room || size > capacity)
		return 0;
	*header = (rv_text){ (uint16_t)distinct, (uint16_t)words, (uint16_t)dims, (uint16_t)bytes };
	memset(terms + distinct, 0, (size_t)behind);
	if (dims)
		memcpy((void *)rv_text_vector_of(header), vector, (size_t)dims);
	memcpy((void *)rv_text_bytes_of(header), text, (size_t)bytes);
	return size;
}

/* Keeps the best first; equals by number. */
static int32_t insert(rv_ranked *best, int32_t count, int32_t most, rv_ranked one)
{
	int32_t i = count;
	if (i == most) {
		if (one.score <= best[i - 1].score)
			return count;
		i--;
	}
	else
		count++;
	for (; i > 0 && (one.score > best[i - 1].score || (one.score == best[i - 1].score && one.id < best[i - 1].id)); i--)
		best[i] = best[i - 1];
	best[i] = one;
	return count;
}

/* The question's words, and how rare they are. Gives the number of texts; *mean: words of one. */
static int32_t weigh(const rv_texts *texts, rv_question *q, uint32_t *mean)
{
	int32_t with[RV_QUESTION_TERMS] = { 0 }, all = 0;
	uint32_t words = 0;
	for (int32_t id = 0; id < texts->capacity; id++) {
		const rv_text *one = rv_text_at(texts, texts->offsets[id]);
		if (!one)
			continue;
		all++;
		words += one->words;
		for (int32_t i = 0; i < q->count; i++)
			with[i] += rv_terms_count(rv_text_terms_of(one), one->terms, q->terms[i]) != 0;
	}
	/* In a handful of texts words of grammar are as rare as others: their frequency says too little there. */
	for (int32_t i = 0; i < q->count; i++)
		q->idf[i] = inverse_frequency(all, with[i]) >> (q->common[i] ? 2 : 0);
	*mean = all && words / (uint32_t)all ? words / (uint32_t)all : 1;
	return all;
}

static uint32_t share(uint64_t part, uint64_t whole)
{
	return whole ? (uint32_t)(part * 256 / whole) : 0;
}

/* 0 to 256. A question of common words only is covered by its words, whatever they are. */
static uint32_t coverage(const rv_question *q, const uint32_t *terms, int32_t count)
{
	uint64_t has[2] = { 0, 0 }, all[2] = { 0, 0 };
	for (int32_t i = 0; i < q->count; i++) {
		int kind = q->common[i];
		all[kind] += q->idf[i];
		if (rv_terms_count(terms, count, q->terms[i]))
			has[kind] += q->idf[i];
	}
	return all[0] ? share(has[0], all[0]) : share(has[1], all[1]);
}

/* Counts of the question's grams in a text; gives the number of all of its grams. */
static uint32_t count_grams(const rv_question *q, uint8_t *counts, const rv_text *text)
{
	/* A few words at a time, for a text has more grams than there is room for. */
	enum { BATCH = 64, STEP = 40 };
	uint32_t grams[BATCH], all = 0;
	const uint8_t *bytes = rv_text_bytes_of(text);
	memset(counts, 0, (size_t)q->gram_count);
	for (int32_t at = 0; at < text->bytes;) {
		int32_t end = at + STEP < text->bytes ? at + STEP : text->bytes;
		/* Up to the next space, so that no word is cut; one without any is cut. */
		for (int32_t i = end; i < text->bytes && i < end + 16; i++)
			if (bytes[i] == ' ') {
				end = i;
				break;
			}
		int32_t count = rv_text_grams(grams, BATCH, bytes + at, end - at);
		for (int32_t i = 0; i < count; i++) {
			int32_t low = 0, high = q->gram_count;
			while (low < high) {
				int32_t middle = (low + high) >> 1;
				if ((q->grams[middle] & RV_TERM_HASH) < grams[i])
					low = middle + 1;
				else
					high = middle;
			}
			if (low < q->gram_count && (q->grams[low] & RV_TERM_HASH) == grams[i] && counts[low] < RV_TERM_COUNT)
				counts[low]++;
		}
		all += (uint32_t)count;
		at = end;
	}
	return all;
}

/* Adds to each candidate BM25 of n-grams, the candidates being the collection. */
static void add_grams(const rv_texts *texts, const rv_rank_settings *settings, rv_question *q, int32_t count)
{
	uint8_t *counts = (uint8_t *)(q->grams + settings->grams);
	uint32_t lengths[RV_CANDIDATES], mean = 0;
	for (int32_t i = 0; i < count; i++) {
		lengths[i] = count_grams(q, counts + i * settings->grams, rv_text_at(texts, texts->offsets[q->best[i].id]));
		mean += lengths[i];
	}
	mean = mean / (uint32_t)count ? mean / (uint32_t)count : 1;
	for (int32_t g = 0; g < q->gram_count; g++) {
		int32_t with = 0;
		for (int32_t i = 0; i < count; i++)
			with += counts[i * settings->grams + g] != 0;
		uint32_t idf = inverse_frequency(count, with);
		for (int32_t i = 0; i < count; i++)
			if (counts[i * settings->grams + g])
				q->best[i].score += (uint32_t)(((uint64_t)bm25(idf, counts[i * settings->grams + g], lengths[i], mean) * (uint32_t)settings->gram_weight) >> 8);
	}
}

/* Squared length and product of embeddings; the cosine as its share of 65536, negatives as 0. */
static uint32_t cosine(const int8_t *x, const int8_t *y, int32_t dims)
{
	int32_t xy = 0, xx = 0, yy = 0;
	for (int32_t i = 0; i < dims; i++) {
		xy += x[i] * y[i];
		xx += x[i] * x[i];
		yy += y[i] * y[i];
	}
	if (xy <= 0)
		return 0;
	uint64_t square = (uint64_t)xx * (uint32_t)yy;
	uint32_t root = 0;
	for (uint32_t bit = 1u << 31; bit; bit >>= 1)
		if ((uint64_t)(root | bit) * (root | bit) <= square)
			root |= bit;
	return root ? (uint32_t)(((uint64_t)(uint32_t)xy << 16) / root) : 0;
}

int32_t rv_texts_rank(const rv_texts *texts, const rv_rank_settings *settings, rv_question *q, const uint8_t *text, int32_t bytes, const int8_t *vector, int32_t dims, int32_t k)
{
	uint32_t mean;
	int32_t count = 0, most = settings->candidates;
	q->count = rv_terms_pack(q->terms, rv_text_words(q->terms, RV_QUESTION_TERMS, text, bytes));
	for (int32_t i = 0; i < q->count; i++) {
		q->terms[i] &= RV_TERM_HASH;
		q->common[i] = (uint8_t)rv_term_is_common(q->terms[i]);
	}
	weigh(texts, q, &mean);
	for (int32_t id = 0; id < texts->capacity; id++) {
		const rv_text *one = rv_text_at(texts, texts->offsets[id]);
		rv_ranked ranked = { 0, (uint16_t)id, 0 };
		for (int32_t i = 0; one && i < q->count; i++) {
			uint32_t times = rv_terms_count(rv_text_terms_of(one), one->terms, q->terms[i]);
			if (times)
				ranked.score += bm25(q->idf[i], times, one->words, mean);
		}
		/* With embeddings texts of other words may be answers too. */
		if (ranked.score || (one && vector && settings->vector_weight && one->dims == dims)) {
			if (vector && one->dims == dims)
				ranked.score += (uint32_t)((uint64_t)cosine(vector, rv_text_vector_of(one), dims) * (uint32_t)settings->vector_weight >> 8);
			count = insert(q->best, count, most, ranked);
		}
	}
	if (!count)
		return 0;
	q->gram_count = rv_terms_pack(q->grams, rv_text_grams(q->grams, settings->grams, text, bytes));
	if (settings->gram_weight)
		add_grams(texts, settings, q, count);
	int32_t kept = 0;
	for (int32_t i = 0; i < count; i++) {
		rv_ranked one = q->best[i];
		const rv_text *record = rv_text_at(texts, texts->offsets[one.id]);
		one.coverage = (uint16_t)coverage(q, rv_text_terms_of(record), record->terms);
		/* Those before are read already: the list sorts itself in place. */
		kept = insert(q->best, kept, count, one);
	}
	return kept < k ? kept : k;
}

int32_t rv_question_size(const rv_rank_settings *settings)
{
	return (int32_t)sizeof(rv_question) + settings->grams * (4 + settings->candidates);
}

uint32_t rv_question_coverage(const rv_rank_settings *settings, rv_question *question, const uint8_t *text, int32_t bytes)
{
	uint32_t *terms = question->grams + settings->grams;
	int32_t capacity = settings->grams * settings->candidates / 4;
	return coverage(question, terms, rv_terms_pack(terms, rv_text_words(terms, capacity, text, bytes)));
}
