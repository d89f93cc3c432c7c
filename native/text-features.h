/*
 * Words of a text and their hashed features, for embeddings, intents and retrieval. Letters are folded: case, the accents
 * of Latin-1, and case of Greek and Cyrillic. What is neither letter nor digit separates words; apostrophes are dropped, so
 * that "what's" is "whats". Bytes that are no UTF-8 separate words too.
 */
#ifndef RV_TEXT_FEATURES_H
#define RV_TEXT_FEATURES_H

#include <stdint.h>

/* Of a word; what is longer is cut. */
#define RV_WORD_LETTERS 32
/* The word, the pair with the word before it, n-grams of 3 and 4 letters of "<word>". */
#define RV_WORD_FEATURES (2 + RV_WORD_LETTERS + RV_WORD_LETTERS - 1)
/* The longest text that is taken, in bytes. */
#define RV_TEXT_BYTES (1 << 20)

typedef struct {
	const uint8_t *at, *end;
	/* Hash of the word before this one; 0: there is none. */
	uint32_t previous;
} rv_text;

/* The next word's folded code points, at most 32. Returns how many; 0: the text is over. Cost: about 20 instructions a letter. */
int32_t rv_text_word(rv_text *text, uint32_t *letters);

/*
 * The features of a word of n letters as 32-bit numbers, evenly spread (FNV-1a over code points, then the finaliser of
 * MurmurHash3); `features` has room for RV_WORD_FEATURES. Returns how many. As fastText has them (Bojanowski et al. 2017).
 */
int32_t rv_text_features(rv_text *text, const uint32_t *letters, int32_t n, uint32_t *features);

/* The finaliser of MurmurHash3: every bit of h changes every bit of the result. */
static inline uint32_t rv_mix(uint32_t h)
{
	h ^= h >> 16;
	h *= 0x85EBCA6Bu;
	h ^= h >> 13;
	h *= 0xC2B2AE35u;
	return h ^ h >> 16;
}

/* An evenly spread hash to one of n, without a division. */
static inline uint32_t rv_bucket(uint32_t h, uint32_t n)
{
	return (uint32_t)((uint64_t)h * n >> 32);
}

#endif
