/*
 * From logits to a token: integers only, so that a seed gives the same tokens on every machine.
 * Logits are int32 in Q16 (65536 is one nat). Order of operations, each optional:
 *
 *   1. sampler_add_bias   logit += bias
 *   2. sampler_penalize   repetition: positive logits of recent tokens divided, negative multiplied
 *                         (Keskar et al. 2019, "CTRL", section 4.1)
 *   3. sampler_next       temperature; then top-k: the k largest logits; then top-p: of those, the
 *                         fewest of the largest that hold at least p of their mass, the one that
 *                         crosses it included (Holtzman et al. 2019); then min-p: of those, the ones
 *                         with at least min_p times the greatest probability; then one draw.
 *
 * 1 and 2 change logits in place and are the caller's to call, in this order. Of equal logits the
 * lower token counts as larger. A token's weight is 2^-(scale * (greatest logit - logit)) in Q30,
 * rounded down (exp2.h): what is more than 20.8 nats * temperature below the greatest weighs nothing.
 * The draw takes one 32-bit number r and finds the first token at which the sum of weights exceeds
 * floor(r * total / 2^32): tokens in ascending order, or from the largest down with top-k or top-p.
 */
#ifndef SAMPLER_H
#define SAMPLER_H

#include <stdint.h>

#define SAMPLER_MAX_VOCAB 65535u
#define SAMPLER_ONE 65536u        /* 1.0 in Q16 */
#define SAMPLER_LOG2E_Q16 94548u  /* the scale of temperature 1 */

enum sampler_status {
	SAMPLER_OK = 0,
	SAMPLER_VOCAB = -1,
	SAMPLER_TOP_P = -2,
	SAMPLER_MIN_P = -3,
	SAMPLER_PENALTY = -4,
	SAMPLER_SCRATCH = -5,
	SAMPLER_TOKEN = -6,
	SAMPLER_SCALE = -7,
	SAMPLER_STATUS_COUNT = 8
};

struct sampler_config {
	uint32_t scale;   /* log2(e) / temperature in Q16, at least 64; or 0: greedy, whatever else is set */
	uint32_t top_k;   /* 0, or the vocabulary and more: off */
	uint32_t top_p;   /* Q16, 1 to 65536; 65536: off */
	uint32_t min_p;   /* Q16, 0 to 65536; 0: off */
	uint32_t penalty; /* Q16, 4096 (1/16) to 1048576 (16); 65536: off */
	uint64_t seed;
};

/* Filled by sampler_init; `state` alone changes afterwards, and may be saved and restored. */
struct sampler {
	uint64_t state;
	uint32_t vocab, top_k, top_p, min_weight;
	uint32_t scale, left;      /* exponent in Q16 = (difference << left) * scale >> 32 */
	uint32_t reach;            /* greatest difference of logits that has a weight */
	uint32_t penalty, divisor; /* Q16; and its reciprocal in Q24 */
};

struct sampler_bias {
	uint32_t token;
	int32_t bias; /* Q16; INT32_MIN bans the token */
};

/* A sentence for a status; for an unknown number, a sentence that says so. */
const char *sampler_message(int32_t status);

/* vocab: 1 to 65535, and the length of every logits array below. Cost: two 64-bit divisions. */
enum sampler_status sampler_init(struct sampler *s, const struct sampler_config *config, uint32_t vocab);

/* Bytes of scratch, 4-byte aligned, for the functions below: 2 per token. 0 for a bad vocabulary. */
uint32_t sampler_scratch_size(uint32_t vocab);

/* The next 32 bits: PCG-XSH-RR 64/32, stream 54 (O'Neill 2014). */
uint32_t sampler_random(struct sampler *s);

/* The token of the greatest logit, the lowest of equals; vocab at least 1. About 4 instructions a logit. */
int32_t sampler_argmax(const int32_t *logits, uint32_t vocab);

/* Adds to logits, saturating. Tokens outside the vocabulary are skipped. */
void sampler_add_bias(const struct sampler *s, int32_t *logits, const struct sampler_bias *biases, uint32_t count);

/*
 * Applies the penalty once to each distinct token in recent[0..count); others, such as the -1 of an
 * empty place, are skipped. Rounds toward zero; saturates.
 * Returns 0, or SAMPLER_SCRATCH. Cost: vocab / 8 bytes zeroed, about 40 instructions per recent token.
 */
int32_t sampler_penalize(const struct sampler *s, int32_t *logits, const int32_t *recent, uint32_t count,
	void *scratch, uint32_t scratch_bytes);

/*
 * Draws a token; takes exactly one random number, none when greedy. Returns it, or SAMPLER_SCRATCH.
 * Cost on rv32, instructions a logit on a story model with 512 tokens: top-p 0.9 24, nothing but
 * temperature 29, top-k 40 45, greedy 4. A flat distribution under top-p costs a heap sort.
 */
int32_t sampler_next(struct sampler *s, const int32_t *logits, void *scratch, uint32_t scratch_bytes);

/* Leaves the state as sampler_next does, whatever token it drew: to continue behind tokens that are known. */
void sampler_skip(struct sampler *s);

/*
 * -ln(probability of the token) at temperature 1 in Q24: ln(sum of exp(logits)) - logit. Error below
 * 1e-4 nat (tested at 2e-5). Returns 0 or more, or SAMPLER_VOCAB, SAMPLER_TOKEN.
 */
int64_t sampler_negative_log_prob(const int32_t *logits, uint32_t vocab, uint32_t token);

#endif
