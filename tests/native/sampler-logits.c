/* native/sampler without the draw: argmax, bias, penalty and loss, against doubles and plain loops. */

#include <math.h>

#include "check.h"
#include "sampler.h"

static int32_t *random_logits(uint32_t n, double spread)
{
	int32_t *logits = allocate(4 * n);
	for (uint32_t i = 0; i < n; i++)
		logits[i] = spread > 0 ? (int32_t)((below(1u << 20) / 524288.0 - 1) * spread * 65536) : (int32_t)random64();
	return logits;
}

static struct sampler sampler_with(uint32_t penalty, uint32_t vocab)
{
	struct sampler s;
	struct sampler_config config = { SAMPLER_LOG2E_Q16, 0, SAMPLER_ONE, 0, penalty, 1 };
	CHECK(sampler_init(&s, &config, vocab) == SAMPLER_OK, "init");
	return s;
}

static void test_argmax(void)
{
	for (int round = 0; round < PART_OF(3000); round++) {
		uint32_t n = 1 + below(600), best = 0;
		int32_t *logits = random_logits(n, round % 3 ? 0.0001 * (1 + below(10)) : 0);
		for (uint32_t i = 0; i < n; i++)
			if (logits[i] > logits[best])
				best = i;
		CHECK(sampler_argmax(logits, n) == (int32_t)best, "of %u", n);
		free(logits);
	}
}

static void test_bias(void)
{
	struct sampler s = sampler_with(SAMPLER_ONE, 3);
	int32_t logits[3] = { 5, INT32_MAX - 1, -7 };
	struct sampler_bias biases[] = { { 0, -9 }, { 1, 2 }, { 2, INT32_MIN }, { 3, 1 }, { UINT32_MAX, 1 } };
	sampler_add_bias(&s, logits, biases, 5);
	CHECK(logits[0] == -4 && logits[1] == INT32_MAX && logits[2] == INT32_MIN, "%d %d %d", logits[0], logits[1], logits[2]);
}

static void test_penalty(void)
{
	for (int round = 0; round < PART_OF(3000); round++) {
		uint32_t n = 1 + below(600), count = below(80), bytes = sampler_scratch_size(n);
		uint32_t penalty = round % 5 ? SAMPLER_ONE + below(SAMPLER_ONE) : 4096 + below(1048576 - 4096);
		struct sampler s = sampler_with(penalty, n);
		int32_t *logits = random_logits(n, round % 4 ? 20 : 0), *before = memcpy(allocate(4 * n), logits, 4 * n);
		int32_t *recent = allocate(4 * count);
		void *scratch = allocate(bytes);
		for (uint32_t i = 0; i < count; i++)
			recent[i] = below(20) ? (int32_t)below(n) : (int32_t)random64();
		CHECK(sampler_penalize(&s, logits, recent, count, scratch, bytes) == SAMPLER_OK, "penalize");
		for (uint32_t i = 0; i < n; i++) {
			double expected = before[i], p = penalty / 65536.0;
			for (uint32_t k = 0; k < count; k++)
				if (recent[k] == (int32_t)i) {
					expected = before[i] > 0 ? before[i] / p : before[i] * p;
					break;
				}
			expected = expected > INT32_MAX ? INT32_MAX : expected < INT32_MIN ? INT32_MIN : expected;
			CHECK(fabs(logits[i] - expected) <= 1 + fabs(expected) / (1 << 19), "%d became %d, not %.1f", before[i], logits[i], expected);
		}
		CHECK(sampler_penalize(&s, logits, recent, count, scratch, bytes - 1) == SAMPLER_SCRATCH, "little scratch");
		free(scratch);
		free(recent);
		free(before);
		free(logits);
	}
}

static void test_loss(void)
{
	double worst = 0;
	for (int round = 0; round < PART_OF(600); round++) {
		uint32_t n = round % 50 == 0 ? SAMPLER_MAX_VOCAB : 1 + below(600), token = below(n);
		static const double SPREADS[] = { 0.001, 0.1, 1, 3, 10, 30, 1000, 0 };
		int32_t *logits = random_logits(n, SPREADS[below(8)]);
		int32_t greatest = logits[sampler_argmax(logits, n)];
		double sum = 0;
		for (uint32_t i = 0; i < n; i++)
			sum += exp(((double)logits[i] - greatest) / 65536);
		double expected = log(sum) + ((double)greatest - logits[token]) / 65536;
		int64_t loss = sampler_negative_log_prob(logits, n, token);
		double error = fabs((double)loss / (1 << 24) - expected);
		CHECK(loss >= 0 && error < 2e-5, "loss %.7f, not %.7f, of %u", (double)loss / (1 << 24), expected, n);
		worst = error > worst ? error : worst;
		CHECK(sampler_negative_log_prob(logits, n, n) == SAMPLER_TOKEN, "token outside");
		free(logits);
	}
	CHECK(sampler_negative_log_prob(NULL, 0, 0) == SAMPLER_VOCAB, "no vocabulary");
	CHECK(sampler_negative_log_prob(NULL, SAMPLER_MAX_VOCAB + 1, 0) == SAMPLER_VOCAB, "large vocabulary");
	printf("sampler-logits: greatest error of the loss %.2g nat\n", worst);
}

int main(int argc, char **argv)
{
	start(argc, argv, "sampler-logits");
	test_argmax();
	test_bias();
	test_penalty();
	test_loss();
	return finish();
}
