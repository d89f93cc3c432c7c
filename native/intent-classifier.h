/*
 * Intents of sentences, learned on the device from labelled examples: a linear layer with softmax over the sentence's embedding
 * and its hashed features (text-features.h; which of `buckets` occur), trained online in integers by stochastic gradient
 * descent. As fastText's classifier (Joulin et al. 2017), but for the embedding that comes trained. No allocation.
 */
#ifndef RV_INTENT_CLASSIFIER_H
#define RV_INTENT_CLASSIFIER_H

#include <stdint.h>
#include "text-embedder.h"

#define RV_INTENT_MAX_CLASSES 1024
#define RV_INTENT_MAX_BUCKETS 8192

typedef struct {
	const rv_embedder *embedder;
	int32_t classes, buckets;
	/* (dims + buckets) x classes, Q12: a feature's weights lie together */
	int16_t *weights;
	int32_t *logits;   /* classes, Q16 */
	uint32_t *present; /* a bit for each bucket */
	uint16_t *lexical; /* the buckets that occur, ascending */
	int8_t *embedding; /* dims */
	int32_t lexical_count;
	int32_t lexical_value; /* of each of them: 384 / sqrt(lexical_count) */
	uint32_t random;
} rv_intents;

/* Bytes that rv_intents_bind takes, with `buckets` a multiple of 32; the weights come first, (dims + buckets) * classes * 2. */
int64_t rv_intents_bytes(int32_t dims, int32_t classes, int32_t buckets);

/* memory: 4-byte aligned */
void rv_intents_bind(rv_intents *intents, const rv_embedder *embedder, uint8_t *memory, int32_t classes, int32_t buckets);

/* Takes a sentence: its embedding and its features, for the two below. */
void rv_intents_read(rv_intents *intents, const uint8_t *text, uint32_t n);

/*
 * The likeliest class of the sentence that was read, the first of equals; its probability in 1/32768 goes to `confidence`.
 * Cost on rv32: about 4 instructions for each class and feature.
 */
int32_t rv_intents_score(rv_intents *intents, int32_t *confidence);

/*
 * One step towards `target` for the sentence that was read and scored; rate in 1/65536, at most 65536. Weights are rounded
 * at random, and classes with a probability below 1/1024 are left as they are.
 */
void rv_intents_learn(rv_intents *intents, int32_t target, int32_t rate);

#endif
