/* Ranking of texts for a question: BM25 over words, then character n-grams and embeddings of the best. Plain C99. */
#ifndef RV_TEXT_RANK_H
#define RV_TEXT_RANK_H

#include <stdint.h>
#include "text-terms.h"

/*
 * A text as it is kept: this header, packed terms of its words, an INT8 embedding (or none), the text. Everything little-endian,
 * beginning at a multiple of 4 bytes.
 */
typedef struct {
	uint16_t terms, words, dims, bytes;
} rv_text;

#define RV_MOST_TERMS 1024
#define RV_QUESTION_TERMS 48
/* Texts that are looked at closely, at most. */
#define RV_CANDIDATES 16

typedef struct {
	/* Where all texts lie, and where each begins; RV_NO_TEXT: nowhere. */
	const uint8_t *store;
	uint32_t store_bytes;
	const uint32_t *offsets;
	int32_t capacity;
} rv_texts;

#define RV_NO_TEXT 0xFFFFFFFFu

typedef struct {
	uint32_t score;
	uint16_t id;
	/* How much of the question's information the text has, of 256: the share of the inverse document frequencies of its words. */
	uint16_t coverage;
} rv_ranked;

typedef struct {
	/* Texts that BM25 hands on: 1 to RV_CANDIDATES. */
	int32_t candidates;
	/* n-grams of a question that are looked at: a multiple of 4. */
	int32_t grams;
	/* What n-grams and the embedding's cosine add, in 1/256: of a BM25 score, and of 16 bits of one. */
	int32_t gram_weight, vector_weight;
} rv_rank_settings;

typedef struct {
	/* Distinct words of the question, their inverse document frequency in 1/4096 bits, and whether they count for coverage. */
	uint32_t terms[RV_QUESTION_TERMS], idf[RV_QUESTION_TERMS];
	uint8_t common[RV_QUESTION_TERMS];
	int32_t count, gram_count;
	rv_ranked best[RV_CANDIDATES];
	/* As many as the settings say; behind them counts of the grams in each candidate, a byte each. */
	uint32_t grams[];
} rv_question;

/*
 * Writes the record of a text (4-byte aligned) and gives its bytes, a multiple of 4; 0 when it has RV_MOST_TERMS words or more, more than
 * 65535 bytes, or does not fit: 4 bytes for each of its words, with those that come again, the text and the vector.
 */
int32_t rv_text_record(uint8_t *record, int32_t capacity, const uint8_t *text, int32_t bytes, const int8_t *vector, int32_t dims);

/* The record at an offset, or NULL when any part of it leaves the store. */
const rv_text *rv_text_at(const rv_texts *texts, uint32_t offset);

static inline const uint32_t *rv_text_terms_of(const rv_text *text) { return (const uint32_t *)(text + 1); }
static inline const int8_t *rv_text_vector_of(const rv_text *text) { return (const int8_t *)(rv_text_terms_of(text) + text->terms); }
static inline const uint8_t *rv_text_bytes_of(const rv_text *text) { return (const uint8_t *)rv_text_vector_of(text) + ((text->dims + 3) & ~3); }

/* Bytes of an rv_question, 4-byte aligned. */
int32_t rv_question_size(const rv_rank_settings *settings);

/*
 * The k best texts for a question (the candidates at most), best first; gives how many. BM25 (Robertson & Zaragoza 2009; k1 = 1.2, b = 0.75) of stems, common
 * words at a quarter, ranks all; the best of them are ranked again with BM25 of their character 4-grams among themselves, and the cosine of embeddings of
 * `dims` INT8 (vector NULL: without). Cost on rv32: 500 instructions for each text, 30 for each letter of the candidates.
 */
int32_t rv_texts_rank(const rv_texts *texts, const rv_rank_settings *settings, rv_question *question, const uint8_t *text, int32_t bytes, const int8_t *vector, int32_t dims, int32_t k);

/* Coverage of a text that is no record, for the question that was ranked last. Its words take the place of the counts: a quarter as many as those. */
uint32_t rv_question_coverage(const rv_rank_settings *settings, rv_question *question, const uint8_t *text, int32_t bytes);

/* log2(x) in 1/4096, rounded down; x > 0. */
uint32_t rv_log2(uint32_t x);

#endif
