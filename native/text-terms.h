/* Texts as sorted numbers of their words and of their letters, for retrieval. Plain C99, as simd-kernels.h. */
#ifndef RV_TEXT_TERMS_H
#define RV_TEXT_TERMS_H

#include <stdint.h>

/*
 * A term: the upper 26 bits are a hash (FNV-1a) of the word or n-gram, the lower 6 a count. Words are runs of ASCII letters and
 * digits, and of any bytes of UTF-8 above ASCII but punctuation; upper case becomes lower (ASCII and Latin-1). 26 bits: among
 * 10,000 words of a collection 1 in 6,700 shares its number with another.
 */
#define RV_TERM_COUNT 63u
#define RV_TERM_HASH (~RV_TERM_COUNT)

/* Bytes of a word that are looked at. */
#define RV_MOST_LETTERS 32

/* Hashes of the stems of words (native/text-stem.c), in the order of the text; gives how many. Stops at `capacity`. Cost: 25 instructions a byte. */
int32_t rv_text_words(uint32_t *terms, int32_t capacity, const uint8_t *text, int32_t bytes);

/* The same of every four letters in a row of each word with its ends marked: ^wor, word, ord$; of shorter words the whole. */
int32_t rv_text_grams(uint32_t *terms, int32_t capacity, const uint8_t *text, int32_t bytes);

/* Sorts, and makes one term with its count (63 at most) of equal hashes; gives how many are left. */
int32_t rv_terms_pack(uint32_t *terms, int32_t count);

/* The count of a hash among packed terms, 0 when it is not there. */
uint32_t rv_terms_count(const uint32_t *terms, int32_t count, uint32_t hash);

/* Whether the term is a word that most English texts have (of, which, how, ...). */
int rv_term_is_common(uint32_t term);

/* Cuts a lower-case word to its stem, in place: plural, -ed, -ing, -ly, -ation, ...; gives its length. English only; others stay as they are. */
int32_t rv_text_stem(uint8_t *word, int32_t length);

/* For common words and tests: the hash of a word as rv_text_words gives it. */
uint32_t rv_term_of(const uint8_t *bytes, int32_t length);

#endif
