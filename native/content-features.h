/* Eight numbers of a word, for a router that tells texts apart (chip-router.h): of its bytes alone, the same on every host. */
#ifndef RV_CONTENT_FEATURES_H
#define RV_CONTENT_FEATURES_H

#include <stdint.h>

enum { RV_CONTENT_FEATURES = 8, RV_CONTENT_HASHES = 6, RV_CONTENT_WORDS = 24 };

/*
 * The next word at or behind `at`: letters without their case, digits, apostrophes and all bytes above 127. out: six hashes, of -128 to 127 (their
 * seeds were chosen by training, 12 bytes), length, and variance of the letters' places in the alphabet. Gives where the word ends; 0: there is none.
 */
uint32_t rv_content_word(const uint8_t *text, uint32_t bytes, uint32_t at, int8_t out[RV_CONTENT_FEATURES]);

#endif
