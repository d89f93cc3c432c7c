/* See text-features.h; tools/train/embedder/features.py has the same numbers. */
#include "text-features.h"

#define FNV_BASIS 0x811C9DC5u
#define FNV_PRIME 0x01000193u
#define SEPARATOR 0u
#define DROPPED 0xFFFFFFFFu

/* U+00C0 to U+00FF without accents; a point separates words. */
static const char latin1[64] = {
	'a', 'a', 'a', 'a', 'a', 'a', 'a', 'c', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i', 'd', 'n', 'o', 'o', 'o', 'o', 'o', '.', 'o', 'u', 'u', 'u', 'u', 'y', 't', 's',
	'a', 'a', 'a', 'a', 'a', 'a', 'a', 'c', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i', 'd', 'n', 'o', 'o', 'o', 'o', 'o', '.', 'o', 'u', 'u', 'u', 'u', 'y', 't', 'y',
};

static uint32_t fold(uint32_t c)
{
	if (c < 0x80) {
		if (c - 'A' < 26)
			return c + 32;
		if (c - 'a' < 26 || c - '0' < 10)
			return c;
		return c == '\'' ? DROPPED : SEPARATOR;
	}
	if (c < 0xC0)
		return SEPARATOR;
	if (c < 0x100)
		return latin1[c - 0xC0] == '.' ? SEPARATOR : (uint32_t)latin1[c - 0xC0];
	if (c - 0x2000 < 0x70)
		return c == 0x2018 || c == 0x2019 ? DROPPED : SEPARATOR;
	if (c - 0x3000 < 0x40 || c == 0xFFFD)
		return SEPARATOR;
	if (c - 0x391 <= 0x3A9 - 0x391 || c - 0x410 < 32)
		return c + 32;
	return c - 0x400 < 16 ? c + 80 : c;
}

/* The next code point; U+FFFD for a byte that begins none. */
static uint32_t next(rv_text *text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t lead = *text->at++;
	if (lead < 0x80)
		return lead;
	int32_t n = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
	if (n == 0 || text->end - text->at < n - 1)
		return 0xFFFD;
	uint32_t c = lead & (0x7Fu >> n);
	for (int32_t i = 0; i < n - 1; i++) {
		if ((text->at[i] & 0xC0) != 0x80)
			return 0xFFFD;
		c = c << 6 | (text->at[i] & 0x3F);
	}
	if (c < least[n] || c - 0xD800 < 0x800 || c > 0x10FFFF)
		return 0xFFFD;
	text->at += n - 1;
	return c;
}

int32_t rv_text_word(rv_text *text, uint32_t *letters)
{
	int32_t n = 0;
	while (text->at < text->end) {
		uint32_t c = fold(next(text));
		if (c == SEPARATOR) {
			if (n)
				break;
		}
		else if (c != DROPPED && n < RV_WORD_LETTERS)
			letters[n++] = c;
	}
	return n;
}

static uint32_t fnv(uint32_t h, uint32_t c)
{
	return (h ^ c) * FNV_PRIME;
}

int32_t rv_text_features(rv_text *text, const uint32_t *letters, int32_t n, uint32_t *features)
{
	/* "<word>": a step back for its beginning, one further for its end */
	uint32_t marked[RV_WORD_LETTERS + 2], word = FNV_BASIS;
	int32_t length = n + 2, count = 0;
	marked[0] = '<';
	for (int32_t i = 0; i < n; i++)
		marked[i + 1] = letters[i];
	marked[n + 1] = '>';
	for (int32_t i = 0; i < length; i++)
		word = fnv(word, marked[i]);
	features[count++] = rv_mix(word);
	for (int32_t i = 0; i + 3 <= length && length > 3; i++) {
		uint32_t three = fnv(fnv(fnv(FNV_BASIS, marked[i]), marked[i + 1]), marked[i + 2]);
		features[count++] = rv_mix(three + 1);
		if (length > 4 && i + 4 <= length)
			features[count++] = rv_mix(fnv(three, marked[i + 3]) + 1);
	}
	if (text->previous)
		features[count++] = rv_mix(fnv(fnv(text->previous, ' '), word));
	text->previous = word;
	return count;
}
