/* See content-features.h. */
#include "content-features.h"
#include "content-seeds.h"

/* Letters that length and variance look at. */
enum { LETTERS = 24 };

static const uint16_t seeds[RV_CONTENT_HASHES] = RV_CONTENT_SEEDS;

/* The lower case, or 0 for what is in no word. */
static inline uint32_t letter(uint32_t c)
{
	if (c - 'A' < 26)
		return c + 32;
	return c - 'a' < 26 || c - '0' < 10 || c == '\'' || c > 127 ? c : 0;
}

/* The finaliser of MurmurHash3 on a hash and a seed. */
static inline int8_t spread(uint32_t h, uint32_t seed)
{
	h ^= seed * 0x9e3779b1u;
	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return (int8_t)(h >> 24);
}

static inline int8_t within(int32_t x)
{
	return (int8_t)(x < -128 ? -128 : x > 127 ? 127 : x);
}

uint32_t rv_content_word(const uint8_t *text, uint32_t bytes, uint32_t at, int8_t out[RV_CONTENT_FEATURES])
{
	uint32_t h = 0x811c9dc5u, c;
	int32_t n = 0, sum = 0, squares = 0;
	while (at < bytes && !letter(text[at]))
		at++;
	if (at >= bytes)
		return 0;
	for (; at < bytes && (c = letter(text[at])) != 0; at++) {
		h = (h ^ c) * 0x01000193u; /* FNV-1a */
		if (n < LETTERS) {
			int32_t place = c - 'a' < 26 ? (int32_t)(c - 'a') + 1 : 13;
			n++;
			sum += place;
			squares += place * place;
		}
	}
	for (int i = 0; i < RV_CONTENT_HASHES; i++)
		out[i] = spread(h, seeds[i]);
	out[RV_CONTENT_HASHES] = within(16 * n - 80);
	out[RV_CONTENT_HASHES + 1] = within(2 * (n * squares - sum * sum) / (n * n) - 80);
	return at;
}
