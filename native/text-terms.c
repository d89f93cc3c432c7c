/* Words and n-grams of a text, hashed, sorted and counted. */
#include <string.h>
#include "text-terms.h"

uint32_t rv_term_of(const uint8_t *bytes, int32_t length)
{
	uint32_t hash = 2166136261u;
	for (int32_t i = 0; i < length; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	/* FNV's upper bits know little of the last letters of short words. */
	hash ^= hash >> 15;
	return (hash * 0x2C1B3C6Du) & RV_TERM_HASH;
}

/* A letter of a word in lower case, 0 for what lies between words. `before`: the byte in front. */
static uint8_t letter(uint8_t byte, uint8_t before, uint8_t second)
{
	if (byte >= 'A' && byte <= 'Z')
		return byte + 32;
	if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
		return byte;
	if (byte < 0x80)
		return 0;
	/* U+0080 to U+00BF and U+2000 to U+207F are signs: all bytes of them are. */
	if (byte == 0xC2 || before == 0xC2 || (byte == 0xE2 && second <= 0x81))
		return 0;
	if (before == 0xC3 && byte >= 0x80 && byte <= 0x9E && byte != 0x97)
		return byte + 32;
	return byte;
}

/* The next word in lower case from *at on; its length, 0 at the end of the text. */
static int32_t next_word(const uint8_t *text, int32_t bytes, int32_t *at, uint8_t *word)
{
	int32_t length = 0, i = *at;
	for (; i < bytes; i++) {
		uint8_t second = i + 1 < bytes ? text[i + 1] : 0xFF;
		uint8_t c = letter(text[i], i ? text[i - 1] : 0, second);
		if (text[i] == 0xE2 && !c)
			/* The rest of the sign. */
			i += i + 2 < bytes ? 2 : 0;
		if (c) {
			if (length < RV_MOST_LETTERS)
				word[length++] = c;
		}
		else if (length)
			break;
	}
	*at = i;
	return length;
}

int32_t rv_text_words(uint32_t *terms, int32_t capacity, const uint8_t *text, int32_t bytes)
{
	uint8_t word[RV_MOST_LETTERS + 4];
	int32_t count = 0, length;
	for (int32_t at = 0; count < capacity && (length = next_word(text, bytes, &at, word)) > 0;)
		terms[count++] = rv_term_of(word, rv_text_stem(word, length));
	return count;
}

int32_t rv_text_grams(uint32_t *terms, int32_t capacity, const uint8_t *text, int32_t bytes)
{
	uint8_t word[RV_MOST_LETTERS + 4];
	int32_t count = 0, length;
	word[0] = '^';
	for (int32_t at = 0; (length = next_word(text, bytes, &at, word + 1)) > 0;) {
		word[++length] = '$';
		length++;
		int32_t last = length > 4 ? length - 4 : 0;
		for (int32_t i = 0; i <= last; i++) {
			if (count == capacity)
				return count;
			terms[count++] = rv_term_of(word + i, length < 4 ? length : 4);
		}
	}
	return count;
}

int32_t rv_terms_pack(uint32_t *terms, int32_t count)
{
	int32_t kept = 0;
	/* Shell's sort with Ciura's gaps: small, in place, and fast enough for hundreds. */
	static const int16_t gaps[] = { 1750, 701, 301, 132, 57, 23, 10, 4, 1 };
	for (unsigned g = 0; g < sizeof(gaps) / sizeof(*gaps); g++)
		for (int32_t i = gaps[g]; i < count; i++) {
			uint32_t one = terms[i];
			int32_t j = i;
			for (; j >= gaps[g] && terms[j - gaps[g]] > one; j -= gaps[g])
				terms[j] = terms[j - gaps[g]];
			terms[j] = one;
		}
	for (int32_t i = 0; i < count; i++) {
		uint32_t hash = terms[i] & RV_TERM_HASH;
		if (kept && (terms[kept - 1] & RV_TERM_HASH) == hash) {
			if ((terms[kept - 1] & RV_TERM_COUNT) < RV_TERM_COUNT)
				terms[kept - 1]++;
		}
		else
			terms[kept++] = hash | 1;
	}
	return kept;
}

uint32_t rv_terms_count(const uint32_t *terms, int32_t count, uint32_t hash)
{
	int32_t low = 0, high = count;
	while (low < high) {
		int32_t middle = (low + high) >> 1;
		if ((terms[middle] & RV_TERM_HASH) < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && (terms[low] & RV_TERM_HASH) == hash ? terms[low] & RV_TERM_COUNT : 0;
}

/* Words of grammar, and those that questions are made of. */
static const char common[] =
	"a about an and any are as at be been before but by can could did do does for from had has have he her his how i if in into is it its many may me "
	"more most much my no not of on or our over s she should so some such t than that the their them then there these they this those through to under up us "
	"was we were what when where which while who whom whose why will with would you your";

int rv_term_is_common(uint32_t term)
{
	uint8_t word[16];
	int32_t length = 0;
	for (const char *at = common;; at++) {
		if (*at && *at != ' ') {
			word[length++] = (uint8_t)*at;
			continue;
		}
		if (rv_term_of(word, rv_text_stem(word, length)) == (term & RV_TERM_HASH))
			return 1;
		length = 0;
		if (!*at)
			return 0;
	}
}
