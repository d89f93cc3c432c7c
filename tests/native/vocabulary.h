/*
 * A vocabulary for tests, the section for it, and llama2.c's encoding done the slow, obvious way on
 * strings: independent of the merge table, the ranks and the cuts that native/tokenizer uses.
 */
#ifndef VOCABULARY_H
#define VOCABULARY_H

#include "check.h"
#include "tokenizer.h"

#define FIRST_BYTE 3
#define FIRST_PIECE 259
#define MAX_PIECES 700

struct vocabulary {
	uint32_t count, lengths[MAX_PIECES];
	uint8_t pieces[MAX_PIECES][16];
	float scores[MAX_PIECES];
	uint32_t flags;
};

static inline int is_plain(uint32_t id)
{
	return id >= FIRST_PIECE;
}

/* The first piece with these bytes that is neither special nor a byte, or -1. */
static inline int find_piece(const struct vocabulary *v, const uint8_t *bytes, uint32_t length)
{
	for (uint32_t id = FIRST_PIECE; id < v->count; id++)
		if (v->lengths[id] == length && !memcmp(v->pieces[id], bytes, length))
			return (int)id;
	return -1;
}

/* The piece that spells a and b, or -1. */
static inline int find_joined(const struct vocabulary *v, uint32_t a, uint32_t b)
{
	uint8_t both[32];
	memcpy(both, v->pieces[a], v->lengths[a]);
	memcpy(both + v->lengths[a], v->pieces[b], v->lengths[b]);
	return find_piece(v, both, v->lengths[a] + v->lengths[b]);
}

static inline void add_piece(struct vocabulary *v, const void *bytes, uint32_t length, float score)
{
	memcpy(v->pieces[v->count], bytes, length);
	v->lengths[v->count] = length;
	v->scores[v->count++] = score;
}

static inline void start_vocabulary(struct vocabulary *v)
{
	memset(v, 0, sizeof *v);
	v->flags = TOKENIZER_DUMMY_PREFIX | TOKENIZER_BYTE_FALLBACK;
	add_piece(v, "<unk>", 5, 0);
	add_piece(v, "\n<s>\n", 5, 0);
	add_piece(v, "\n</s>\n", 6, 0);
	for (int byte = 0; byte < 256; byte++) {
		uint8_t b = (uint8_t)byte;
		add_piece(v, &b, 1, 0);
	}
}

/* Pieces of 1 to 12 bytes over a small alphabet with a 2-, a 3- and a 4-byte code point; many equal scores. */
static inline void random_vocabulary(struct vocabulary *v)
{
	static const char *const LETTERS[] = { " ", "a", "b", "c", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\n" };
	uint32_t letters = 2 + below(7), wanted = below(120), spread = 1 + below(40);
	start_vocabulary(v);
	for (uint32_t i = 0; i < letters; i++)
		add_piece(v, LETTERS[i], (uint32_t)strlen(LETTERS[i]), -(float)below(spread));
	for (uint32_t i = 0; i < wanted; i++) {
		char piece[32] = "";
		uint32_t parts = 2 + below(4);
		for (uint32_t k = 0; k < parts && strlen(piece) < 12; k++)
			strcat(piece, LETTERS[below(letters)]);
		if (strlen(piece) <= 12)
			add_piece(v, piece, (uint32_t)strlen(piece), -(float)below(spread));
	}
}

static inline void random_text(uint8_t *text, uint32_t n)
{
	uint32_t style = below(4);
	for (uint32_t i = 0; i < n; i++)
		text[i] = style == 0 ? (uint8_t)below(256)
			: style == 1 ? (uint8_t)" aabbc"[below(6)]
			: (uint8_t)" abc\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n\0"[below(15)];
	for (uint32_t i = 0; style == 3 && i + 4 <= n; i += 4)
		memcpy(text + i, below(2) ? "\xF0\x9F\x98\x80" : below(2) ? "\xC3\xA9 a" : "\xE2\x82\xAC" "b", 4);
}

static inline uint32_t put(uint8_t *section, uint32_t at, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		section[at + (uint32_t)i] = (uint8_t)(value >> 8 * i);
	return at + (uint32_t)bytes;
}

/* Is nothing merged with something that begins with this piece on the right? */
static inline int begins(const struct vocabulary *v, uint32_t id)
{
	if (!is_plain(id))
		return 1;
	for (uint32_t m = FIRST_PIECE; m < v->count; m++)
		for (uint32_t cut = 1; cut + v->lengths[id] <= v->lengths[m]; cut++)
			if (!memcmp(v->pieces[m] + cut, v->pieces[id], v->lengths[id])
				&& find_piece(v, v->pieces[m], cut) >= 0 && find_piece(v, v->pieces[m] + cut, v->lengths[m] - cut) >= 0)
				return 0;
	return 1;
}

/* How many different scores are higher than each. */
static inline void rank_scores(const struct vocabulary *v, uint32_t *ranks)
{
	float distinct[MAX_PIECES];
	uint32_t count = 0, k;
	for (uint32_t i = 0; i < v->count; i++) {
		for (k = 0; k < count && distinct[k] != v->scores[i]; k++) { }
		if (k == count)
			distinct[count++] = v->scores[i];
	}
	for (uint32_t i = 0; i < v->count; i++)
		for (k = 0, ranks[i] = 0; k < count; k++)
			ranks[i] += distinct[k] > v->scores[i];
}

/* Writes the section as native/tokenizer.h documents it. Returns its size; free the section. */
static inline uint32_t build_section(const struct vocabulary *v, uint8_t **section)
{
	uint8_t *s = *section = calloc(1, 1 << 18);
	static uint32_t starts[MAX_PIECES + 1], merges[1 << 14];
	uint32_t merge_count = 0, text = 0, longest = 0, points = 0, at = 32;
	for (uint32_t left = 0; left < v->count; left++) {
		starts[left] = merge_count;
		if (!is_plain(left) || find_piece(v, v->pieces[left], v->lengths[left]) != (int)left)
			continue;
		for (uint32_t right = FIRST_PIECE; right < v->count; right++) {
			int merged = find_joined(v, left, right);
			if (merged >= 0 && find_piece(v, v->pieces[right], v->lengths[right]) == (int)right)
				merges[merge_count++] = right | (uint32_t)merged << 16;
		}
	}
	starts[v->count] = merge_count;
	for (uint32_t id = 0; id <= v->count; id++) {
		at = put(s, at, text, 4);
		if (id < v->count) {
			text += v->lengths[id];
			longest = v->lengths[id] > longest ? v->lengths[id] : longest;
		}
	}
	for (uint32_t id = 0; id <= v->count; id++)
		at = put(s, at, starts[id], 4);
	for (uint32_t i = 0; i < merge_count; i++)
		at = put(s, at, merges[i], 4);
	/* Points ascending: repeated search for the next key. */
	uint32_t ids[MAX_PIECES];
	for (uint64_t last = 0, next; ; last = next) {
		next = UINT64_MAX;
		for (uint32_t id = FIRST_PIECE; id < v->count; id++) {
			const uint8_t *p = v->pieces[id];
			uint32_t n = v->lengths[id], key = 0, i;
			for (i = 1; i < n && (p[i] & 0xC0) == 0x80; i++) { }
			if (i < n || n > 4 || (n == 1 && p[0] < 128) || find_piece(v, p, n) != (int)id)
				continue;
			for (i = 0; i < n; i++)
				key |= (uint32_t)p[i] << 8 * i;
			if (key > last && key < next) {
				next = key;
				ids[points] = id;
			}
		}
		if (next == UINT64_MAX)
			break;
		at = put(s, at, (uint32_t)next, 4);
		points++;
	}
	for (uint32_t i = 0; i < points; i++)
		at = put(s, at, ids[i], 2);
	at = (at + 3) & ~3u;
	for (int c = 0; c < 128; c++) {
		uint8_t byte = (uint8_t)c;
		at = put(s, at, (uint32_t)find_piece(v, &byte, 1), 2);
	}
	rank_scores(v, ids);
	for (uint32_t id = 0; id < v->count; id++)
		at = put(s, at, ids[id], 2);
	at = (at + 3) & ~3u;
	for (uint32_t id = 0; id < v->count; id++)
		s[at++] = (uint8_t)((id >= FIRST_BYTE && id < FIRST_PIECE ? TOKENIZER_KIND_BYTE : 0)
			| (id == 1 || id == 2 ? TOKENIZER_KIND_CONTROL : 0) | (begins(v, id) ? TOKENIZER_KIND_BEGINS : 0));
	at = (at + 3) & ~3u;
	for (uint32_t id = 0; id < v->count; id++) {
		memcpy(s + at, v->pieces[id], v->lengths[id]);
		at += v->lengths[id];
	}
	at = (at + 3) & ~3u;
	memcpy(s, "RVTK", 4);
	uint32_t halves[] = { 1, v->flags, v->count, 1, 2, 0, FIRST_BYTE, longest };
	for (uint32_t i = 0; i < 8; i++)
		put(s, 4 + 2 * i, halves[i], 2);
	put(s, 20, text, 4);
	put(s, 24, merge_count, 4);
	put(s, 28, points, 4);
	return at;
}

/* llama2.c's encode, without bos and eos: search all pairs, merge the best, again. Returns the count. */
static inline uint32_t encode_slowly(const struct vocabulary *v, const uint8_t *text, uint32_t n, int32_t *ids)
{
	uint32_t count = 0, i;
	if (n && (v->flags & TOKENIZER_DUMMY_PREFIX))
		ids[count++] = find_piece(v, (const uint8_t *)" ", 1);
	for (uint32_t at = 0, length; at < n; at += length) {
		for (length = 1; at + length < n && (text[at + length] & 0xC0) == 0x80 && length < 4; length++) { }
		int id = find_piece(v, text + at, length);
		if (id >= 0)
			ids[count++] = id;
		else if (!(v->flags & TOKENIZER_BYTE_FALLBACK))
			ids[count++] = 0;
		else
			for (i = 0; i < length; i++)
				ids[count++] = FIRST_BYTE + text[at + i];
	}
	for (;;) {
		int best = -1, best_at = -1;
		for (i = 0; i + 1 < count; i++) {
			uint32_t a = (uint32_t)ids[i], b = (uint32_t)ids[i + 1];
			int id = is_plain(a) && is_plain(b) ? find_joined(v, a, b) : -1;
			if (id >= 0 && (best < 0 || v->scores[id] > v->scores[best])) {
				best = id;
				best_at = (int)i;
			}
		}
		if (best < 0)
			return count;
		ids[best_at] = best;
		memmove(ids + best_at + 1, ids + best_at + 2, (count - (uint32_t)best_at - 2) * sizeof *ids);
		count--;
	}
}

#endif
