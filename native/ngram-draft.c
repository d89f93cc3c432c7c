#include <stddef.h>
#include <string.h>
#include "ngram-draft.h"

static uint32_t word16(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t word32(const uint8_t *p)
{
	return word16(p) | word16(p + 2) << 16;
}

static uint32_t entry(const rv_ngrams *t, uint32_t i)
{
	const uint8_t *p = t->entries + i * (uint32_t)t->entry_bytes;
	uint32_t value = word16(p) | (uint32_t)p[2] << 16;
	return t->entry_bytes == 4 ? value | (uint32_t)p[3] << 24 : value;
}

enum rv_ngrams_status rv_ngrams_init(rv_ngrams *t, const uint8_t *file, uint32_t size)
{
	memset(t, 0, sizeof(*t));
	if (size < RV_NGRAM_HEADER || memcmp(file, "RVNG", 4) || file[4] != 1)
		return RV_NGRAMS_HEADER;
	uint32_t log2 = file[20], mask;
	t->order = file[5];
	t->vocab = (int32_t)word16(file + 6);
	t->count = word32(file + 16);
	t->entry_bytes = file[21];
	t->token_bits = file[22];
	t->fallback = (int32_t)word16(file + 24);
	t->fallback_confidence = file[26];
	if (t->order < 1 || t->order > RV_NGRAM_ORDER || t->vocab < 1 || t->count > 65535 || log2 < 1 || log2 > 16 || (t->entry_bytes != 3 && t->entry_bytes != 4)
		|| t->token_bits < 1 || t->token_bits > 16 || (uint32_t)t->vocab > 1u << t->token_bits || t->fallback_confidence > RV_DRAFT_SURE)
		return RV_NGRAMS_HEADER;
	if (t->fallback >= t->vocab)
		return RV_NGRAMS_TOKEN;
	uint32_t buckets = 1u << log2, places = ((buckets + 1) * 2 + 3) & ~3u;
	if (size != RV_NGRAM_HEADER + places + t->count * (uint32_t)t->entry_bytes)
		return RV_NGRAMS_SIZE;
	t->bucket_shift = 32 - (int32_t)log2;
	t->first = file + RV_NGRAM_HEADER;
	for (uint32_t b = 0, last = 0; b <= buckets; b++) {
		uint32_t at = word16(t->first + 2 * b);
		if (at < last || (b == 0 && at) || (b == buckets && at != t->count))
			return RV_NGRAMS_BUCKETS;
		last = at;
	}
	t->entries = t->first + places;
	mask = (1u << t->token_bits) - 1;
	for (uint32_t i = 0; i < t->count; i++)
		if ((entry(t, i) & mask) >= (uint32_t)t->vocab) {
			t->entries = NULL;
			return RV_NGRAMS_TOKEN;
		}
	return RV_NGRAMS_OK;
}

rv_guess rv_ngrams_guess(const rv_ngrams *t, const int32_t *text, int32_t length)
{
	uint32_t hashes[RV_NGRAM_ORDER], hash = 0, token_mask = (1u << t->token_bits) - 1;
	int32_t most = length < t->order ? length : t->order, low = t->token_bits + 4, bits = 8 * t->entry_bytes - low;
	for (int32_t n = 0; n < most; n++) {
		hash = (hash ^ (uint32_t)text[length - 1 - n]) * 0x9e3779b1u;
		hash ^= hash >> 15;
		hashes[n] = hash;
	}
	for (int32_t n = most; n-- > 0;) {
		uint32_t bucket = hashes[n] >> t->bucket_shift, end = word16(t->first + 2 * bucket + 2), wanted = hashes[n] & ((1u << bits) - 1);
		for (uint32_t i = word16(t->first + 2 * bucket); i < end; i++) {
			uint32_t value = entry(t, i);
			if (value >> low == wanted)
				return (rv_guess){ (int32_t)(value & token_mask), (int32_t)(value >> t->token_bits & 15) };
		}
	}
	return (rv_guess){ t->fallback, t->fallback_confidence };
}

int32_t rv_lookup(const int32_t *text, int32_t length, int32_t *matched)
{
	int32_t best = 0, at = -1, last = length ? text[length - 1] : -1;
	for (int32_t end = length - 2; end >= best; end--) {
		if (text[end] != last)
			continue;
		int32_t most = end + 1 < RV_LOOKUP_LENGTH ? end + 1 : RV_LOOKUP_LENGTH, n = 1;
		while (n < most && text[end - n] == text[length - 1 - n])
			n++;
		if (n > best) {
			best = n;
			at = end + 1;
			if (n == RV_LOOKUP_LENGTH)
				break;
		}
	}
	*matched = best;
	return at;
}

/* By length of the ending: 1 to 3, 4 to 7, 8 to 15, 16 and more. */
static int32_t class_of(int32_t matched)
{
	return matched < 4 ? 0 : matched < 8 ? 1 : matched < 16 ? 2 : 3;
}

/* A short ending says less than the table, a long one more: measured on stories. */
static const int8_t first_scores[RV_DRAFT_CLASSES] = { -8, -4, 1, 8 };
static const uint8_t lookup_confidence[RV_DRAFT_CLASSES] = { 4, 8, 11, 14 };
#define MOST_SCORE 16

void rv_draft_forget(rv_draft_record *record)
{
	for (int32_t c = 0; c < RV_DRAFT_CLASSES; c++)
		record->score[c] = first_scores[c];
}

/* Of the table and of the ending, the one that was right more often of late; `source` is where the ending goes on, or -1. */
static rv_guess choose(const rv_ngrams *table, const rv_draft_record *record, const int32_t *text, int32_t length, int32_t source, int32_t matched)
{
	int32_t kind = class_of(matched);
	rv_guess copied = { source < 0 ? -1 : text[source], lookup_confidence[kind] };
	if (!table->entries)
		return copied;
	rv_guess known = rv_ngrams_guess(table, text, length);
	if (copied.token < 0)
		return known;
	if (copied.token == known.token)
		return copied.confidence > known.confidence ? copied : known;
	return record->score[kind] > 0 ? copied : known;
}

int32_t rv_draft(const rv_ngrams *table, int32_t lookup, const rv_draft_record *record, int32_t *text, int32_t length,
	int32_t *out, int32_t *sure, int32_t count, int32_t least)
{
	int32_t matched = 0, source = lookup ? rv_lookup(text, length, &matched) : -1, n;
	for (n = 0; n < count; n++) {
		rv_guess guess = choose(table, record, text, length + n, source, matched);
		if (guess.token < 0 || guess.confidence < least)
			break;
		out[n] = text[length + n] = guess.token;
		sure[n] = guess.confidence;
		/* The ending goes on where it goes on; where the table overruled it, it is another. */
		if (lookup && source >= 0 && text[source] == guess.token) {
			source++;
			matched += matched < RV_LOOKUP_LENGTH;
		}
		else if (lookup)
			source = rv_lookup(text, length + n + 1, &matched);
	}
	return n;
}

void rv_draft_learn(const rv_ngrams *table, rv_draft_record *record, const int32_t *text, int32_t length, int32_t token)
{
	int32_t matched, source = rv_lookup(text, length, &matched);
	if (source < 0 || !table->entries)
		return;
	int32_t known = rv_ngrams_guess(table, text, length).token, *score = &record->score[class_of(matched)];
	if (known == text[source])
		return;
	if (text[source] == token && *score < MOST_SCORE)
		*score += 1;
	else if (known == token && *score > -MOST_SCORE)
		*score -= 1;
}
