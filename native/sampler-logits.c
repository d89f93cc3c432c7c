/* What needs no draw: the greatest logit, biases, the repetition penalty, the loss of a token. */

#include "sampler.h"

#include <stddef.h>

#include "exp2.h"

int32_t sampler_argmax(const int32_t *logits, uint32_t vocab)
{
	const int32_t *best = logits, *end = logits + vocab, *at;
	int32_t greatest = *logits;
	for (at = logits + 1; at < end; at++)
		if (*at > greatest) {
			greatest = *at;
			best = at;
		}
	return (int32_t)(best - logits);
}

void sampler_add_bias(const struct sampler *s, int32_t *logits, const struct sampler_bias *biases, uint32_t count)
{
	uint32_t i;
	for (i = 0; i < count; i++)
		if (biases[i].token < s->vocab) {
			int64_t sum = (int64_t)logits[biases[i].token] + biases[i].bias;
			logits[biases[i].token] = sum > INT32_MAX ? INT32_MAX : sum < INT32_MIN ? INT32_MIN : (int32_t)sum;
		}
}

static int32_t penalized(const struct sampler *s, int32_t logit)
{
	uint64_t size;
	if (logit >= 0) {
		size = ((uint64_t)(uint32_t)logit * s->divisor) >> 24;
		return size > INT32_MAX ? INT32_MAX : (int32_t)size;
	}
	size = ((uint64_t)(0u - (uint32_t)logit) * s->penalty) >> 16;
	return size > INT32_MAX ? INT32_MIN : -(int32_t)size;
}

int32_t sampler_penalize(const struct sampler *s, int32_t *logits, const int32_t *recent, uint32_t count,
	void *scratch, uint32_t scratch_bytes)
{
	uint32_t *seen = scratch, i;
	if (scratch_bytes < sampler_scratch_size(s->vocab) || ((uintptr_t)scratch & 3u))
		return SAMPLER_SCRATCH;
	if (s->penalty == SAMPLER_ONE)
		return SAMPLER_OK;
	for (i = 0; i < (s->vocab + 31u) >> 5; i++)
		seen[i] = 0;
	for (i = 0; i < count; i++) {
		uint32_t token = (uint32_t)recent[i], bit = 1u << (token & 31u);
		if (token >= s->vocab || (seen[token >> 5] & bit))
			continue;
		seen[token >> 5] |= bit;
		logits[token] = penalized(s, logits[token]);
	}
	return SAMPLER_OK;
}

#define LOG2E_Q31 3098164009u
#define LN2_Q32 2977044472u
#define WEIGHT_BITS 46 /* weights here are Q46: 65535 of them stay below 2^62 */

/* log2(x) in Q26, x at least 1: each squaring of a number in [1, 2) yields one bit. */
static uint64_t log2_q26(uint64_t x)
{
	uint32_t whole = 63, i;
	uint64_t log, y;
	while (!(x >> whole))
		whole--;
	log = whole;
	y = whole > 31 ? x >> (whole - 31) : x << (31 - whole); /* Q31 */
	for (i = 0; i < 26; i++) {
		y = (y * y) >> 31;
		log = log << 1 | y >> 32;
		y >>= y >> 32;
	}
	return log;
}

int64_t sampler_negative_log_prob(const int32_t *logits, uint32_t vocab, uint32_t token)
{
	uint64_t sum = 0, below;
	uint32_t greatest, i;
	if (vocab == 0 || vocab > SAMPLER_MAX_VOCAB)
		return SAMPLER_VOCAB;
	if (token >= vocab)
		return SAMPLER_TOKEN;
	greatest = (uint32_t)logits[sampler_argmax(logits, vocab)];
	for (i = 0; i < vocab; i++) {
		uint32_t difference = greatest - (uint32_t)logits[i];
		uint64_t exponent = ((uint64_t)difference * LOG2E_Q31 + (1u << 30)) >> 31;
		if (exponent < (uint64_t)WEIGHT_BITS << 16)
			sum += ((uint64_t)exp2_mantissa((uint32_t)exponent) << (WEIGHT_BITS - 30)) >> (exponent >> 16);
	}
	below = (uint64_t)(greatest - (uint32_t)logits[token]) << 8;
	return (int64_t)(below + (((log2_q26(sum) - ((uint64_t)WEIGHT_BITS << 26)) * LN2_Q32) >> 34));
}
