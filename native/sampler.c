/* Options, and random numbers. The draw is in sampler-draw.c, the rules are in sampler.h. */

#include "sampler.h"

#define PCG_MULTIPLIER 6364136223846793005u
#define PCG_INCREMENT (54u << 1 | 1u)

static const char *const MESSAGES[SAMPLER_STATUS_COUNT] = {
	"no error",
	"the vocabulary has no tokens, or more than 65535",
	"top-p is not between 1 and 65536 (1.0 in Q16)",
	"min-p is not between 0 and 65536 (1.0 in Q16)",
	"the repetition penalty is not between 4096 (1/16 in Q16) and 1048576 (16 in Q16)",
	"the scratch memory is too small or not 4-byte aligned; ask sampler_scratch_size",
	"the token is outside the vocabulary",
	"the scale is below 64, a temperature above 1477; give a lower temperature",
};

const char *sampler_message(int32_t status)
{
	if (status > 0 || status <= -SAMPLER_STATUS_COUNT)
		return "this number is not a status of the sampler";
	return MESSAGES[-status];
}

uint32_t sampler_scratch_size(uint32_t vocab)
{
	return vocab > SAMPLER_MAX_VOCAB ? 0 : (2 * vocab + 3) & ~3u;
}

uint32_t sampler_random(struct sampler *s)
{
	uint64_t old = s->state;
	uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27), turn = (uint32_t)(old >> 59);
	s->state = old * PCG_MULTIPLIER + PCG_INCREMENT;
	return mixed >> turn | mixed << ((32 - turn) & 31);
}

void sampler_skip(struct sampler *s)
{
	if (s->scale)
		sampler_random(s);
}

enum sampler_status sampler_init(struct sampler *s, const struct sampler_config *config, uint32_t vocab)
{
	if (vocab == 0 || vocab > SAMPLER_MAX_VOCAB)
		return SAMPLER_VOCAB;
	if (config->scale != 0 && config->scale < 64)
		return SAMPLER_SCALE;
	if (config->top_p == 0 || config->top_p > SAMPLER_ONE)
		return SAMPLER_TOP_P;
	if (config->min_p > SAMPLER_ONE)
		return SAMPLER_MIN_P;
	if (config->penalty < SAMPLER_ONE / 16 || config->penalty > SAMPLER_ONE * 16)
		return SAMPLER_PENALTY;
	s->vocab = vocab;
	s->top_k = config->top_k >= vocab ? 0 : config->top_k;
	s->top_p = config->top_p;
	s->min_weight = config->min_p << 14; /* Q16 to Q30 */
	s->penalty = config->penalty;
	s->divisor = (uint32_t)(((uint64_t)1 << 40) / config->penalty);
	s->scale = s->left = s->reach = 0;
	if (config->scale) {
		/* difference * scale >> 16 as one high product: 16 bits to the left, shared so that both factors fit. */
		uint32_t bits = 0;
		while (config->scale >> bits > 1)
			bits++;
		s->left = bits < 10 ? 0 : bits > 26 ? 16 : bits - 10;
		s->scale = config->scale << (16 - s->left);
		s->reach = (uint32_t)((((uint64_t)31 << 32) - 1) / config->scale);
	}
	s->state = PCG_INCREMENT + config->seed;
	sampler_random(s);
	return SAMPLER_OK;
}
