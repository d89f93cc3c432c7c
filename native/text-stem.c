/* Stems of English words: a short list of suffixes, in the spirit of Porter (1980), of which most of the gain is in the first steps. */
#include <string.h>
#include "text-terms.h"

typedef struct {
	char suffix[8], instead[5];
} rule;

/* The first that fits is used; it leaves three letters at least. */
static const rule rules[] = {
	{ "sses", "ss" }, { "ies", "y" }, { "ational", "ate" }, { "ization", "ize" }, { "ations", "ate" }, { "ation", "ate" }, { "ments", "ment" }, { "ingly", "" },
	{ "edly", "" }, { "ing", "" }, { "ed", "" }, { "ers", "er" }, { "est", "" }, { "ly", "" }, { "es", "" }, { "s", "" },
};

static int ends(const uint8_t *word, int32_t length, const char *suffix)
{
	int32_t n = (int32_t)strlen(suffix);
	return length >= n && !memcmp(word + length - n, suffix, (size_t)n);
}

int32_t rv_text_stem(uint8_t *word, int32_t length)
{
	if (length <= 3)
		return length;
	for (unsigned i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		int32_t suffix = (int32_t)strlen(rules[i].suffix), instead = (int32_t)strlen(rules[i].instead);
		if (!ends(word, length, rules[i].suffix) || length - suffix + instead < 3)
			continue;
		/* glass, virus and axis are no plurals. */
		if (suffix == 1 && (ends(word, length, "ss") || ends(word, length, "us") || ends(word, length, "is")))
			break;
		length -= suffix;
		memcpy(word + length, rules[i].instead, (size_t)instead);
		length += instead;
		break;
	}
	/* stopp, runn; but fall, miss and buzz. */
	if (length > 3 && word[length - 1] == word[length - 2] && !memchr("lsz", word[length - 1], 3))
		length--;
	if (length > 3 && word[length - 1] == 'e')
		length--;
	if (length > 3 && word[length - 1] == 'i')
		word[length - 1] = 'y';
	return length;
}
