/*
 * native/sampler's draw: bad arguments, the published PCG numbers, equality with a full sort on random
 * arguments, and chi-square of the drawn tokens against softmax in double.
 */

#include <math.h>

#include "check.h"
#include "exp2.h"
#include "sampler.h"

static const struct sampler_config PLAIN = { SAMPLER_LOG2E_Q16, 0, SAMPLER_ONE, 0, SAMPLER_ONE, 42 };

static void test_statuses(void)
{
	struct sampler s;
	struct sampler_config c = PLAIN;
	int32_t logits[2] = { 0, 0 };
	uint32_t scratch[2];
	CHECK(sampler_init(&s, &c, 0) == SAMPLER_VOCAB && sampler_init(&s, &c, 65536) == SAMPLER_VOCAB, "vocabulary");
	c.top_p = 0;
	CHECK(sampler_init(&s, &c, 2) == SAMPLER_TOP_P, "top-p 0");
	c.top_p = 65537;
	CHECK(sampler_init(&s, &c, 2) == SAMPLER_TOP_P, "top-p above 1");
	c = PLAIN, c.min_p = 65537;
	CHECK(sampler_init(&s, &c, 2) == SAMPLER_MIN_P, "min-p");
	c = PLAIN, c.penalty = 4095;
	CHECK(sampler_init(&s, &c, 2) == SAMPLER_PENALTY, "penalty");
	c.penalty = 1048577;
	CHECK(sampler_init(&s, &c, 2) == SAMPLER_PENALTY, "penalty");
	c = PLAIN, c.scale = 63;
	CHECK(sampler_init(&s, &c, 2) == SAMPLER_SCALE, "scale");
	CHECK(sampler_init(&s, &PLAIN, 2) == SAMPLER_OK, "good");
	CHECK(sampler_next(&s, logits, scratch, 3) == SAMPLER_SCRATCH, "3 bytes");
	CHECK(sampler_next(&s, logits, (char *)scratch + 2, 4) == SAMPLER_SCRATCH, "misaligned");
	CHECK(sampler_scratch_size(65536) == 0, "large vocabulary");
	for (int32_t status = -SAMPLER_STATUS_COUNT; status <= 1; status++)
		CHECK(strlen(sampler_message(status)) > 5, "message %d", (int)status);
}

/* pcg32-global-demo's output for seed 42, stream 54. */
static void test_pcg(void)
{
	static const uint32_t EXPECTED[] = { 0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e };
	struct sampler s;
	CHECK(sampler_init(&s, &PLAIN, 2) == SAMPLER_OK, "init");
	for (int i = 0; i < 6; i++) {
		uint32_t number = sampler_random(&s);
		CHECK(number == EXPECTED[i], "number %d is %08x", i, number);
	}
}

static const int32_t *order_logits;

static int by_logit(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	if (order_logits[x] != order_logits[y])
		return order_logits[x] > order_logits[y] ? -1 : 1;
	return x < y ? -1 : x > y;
}

static uint64_t weight(const struct sampler_config *c, int32_t greatest, int32_t logit)
{
	uint64_t difference = (uint64_t)((int64_t)greatest - logit);
	return difference * c->scale >> 48 ? 0 : exp2_q((uint32_t)(difference * c->scale >> 16));
}

/* The rules of sampler.h, on a full sort. Returns how many of `order` are kept. */
static uint32_t keep_slowly(const struct sampler_config *c, const int32_t *logits, uint32_t n, uint32_t *order)
{
	uint64_t all = 0, mass = 0;
	uint32_t kept = c->top_k && c->top_k < n ? c->top_k : n, i;
	for (i = 0; i < n; i++)
		order[i] = i;
	order_logits = logits;
	qsort(order, n, sizeof *order, by_logit);
	int32_t greatest = logits[order[0]];
	for (i = 0; i < kept; i++)
		all += weight(c, greatest, logits[order[i]]);
	if (c->top_p < SAMPLER_ONE) {
		for (i = 0; i < kept && mass * 65536 < all * c->top_p; i++)
			mass += weight(c, greatest, logits[order[i]]);
		kept = i;
	}
	while (kept && weight(c, greatest, logits[order[kept - 1]]) < (uint64_t)c->min_p << 14)
		kept--;
	while (kept && weight(c, greatest, logits[order[kept - 1]]) == 0)
		kept--;
	return kept;
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static uint32_t next_slowly(const struct sampler_config *c, uint32_t r, const int32_t *logits, uint32_t n, uint32_t *order)
{
	uint32_t kept = keep_slowly(c, logits, n, order), i;
	uint64_t total = 0, mass = 0, threshold;
	int32_t greatest = logits[order[0]];
	for (i = 0; i < kept; i++)
		total += weight(c, greatest, logits[order[i]]);
	threshold = (total >> 16) * r / 65536 + ((total >> 16) * r % 65536 * 65536 + (total & 65535) * r) / 65536 / 65536;
	if (!(c->top_k && c->top_k < n) && c->top_p == SAMPLER_ONE)
		qsort(order, kept, sizeof *order, ascending);
	for (i = 0; i < kept; i++) {
		mass += weight(c, greatest, logits[order[i]]);
		if (mass > threshold)
			return order[i];
	}
	return UINT32_MAX;
}

static void fill(int32_t *logits, uint32_t n)
{
	uint32_t style = below(5);
	for (uint32_t i = 0; i < n; i++)
		logits[i] = style == 0 ? (int32_t)random64()
			: style == 1 ? (int32_t)below(4) * 65536
			: style == 2 ? (below(2) ? INT32_MAX : INT32_MIN)
			: (int32_t)below(style == 3 ? 400000 : 3000000) - 1000000;
}

static struct sampler_config random_config(uint32_t n)
{
	struct sampler_config c = { SAMPLER_LOG2E_Q16, 0, SAMPLER_ONE, 0, SAMPLER_ONE, random64() };
	if (below(2))
		c.scale = below(2) ? 20000 + below(400000) : (uint32_t)(random64() >> (32 + below(26))) | 64;
	if (below(2))
		c.top_k = below(n + 3);
	if (below(3))
		c.top_p = below(2) ? 58982 : 1 + below(65536);
	if (below(3) == 0)
		c.min_p = below(4) ? below(10000) : below(65537);
	return c;
}

static void test_equals_full_sort(void)
{
	for (int round = 0; round < PART_OF(12000); round++) {
		uint32_t n = round % 1000 == 0 ? SAMPLER_MAX_VOCAB : below(8) ? 1 + below(40) : 1 + below(600);
		uint32_t bytes = sampler_scratch_size(n), *order = allocate(4 * n);
		int32_t *logits = allocate(4 * n);
		void *scratch = allocate(bytes);
		struct sampler s;
		struct sampler_config c = random_config(n);
		fill(logits, n);
		CHECK(sampler_init(&s, &c, n) == SAMPLER_OK, "init");
		for (int draws = 0; draws < 4; draws++) {
			struct sampler copy = s, skipped = s;
			uint32_t expected = next_slowly(&c, sampler_random(&copy), logits, n, order);
			int32_t token = sampler_next(&s, logits, scratch, bytes);
			sampler_skip(&skipped);
			CHECK(token == (int32_t)expected, "%d, not %u; vocab %u scale %u k %u p %u min %u", (int)token, expected, n, c.scale, c.top_k, c.top_p, c.min_p);
			CHECK(s.state == copy.state, "one random number a draw");
			CHECK(s.state == skipped.state, "skipping takes what a draw takes");
		}
		c.scale = 0;
		CHECK(sampler_init(&s, &c, n) == SAMPLER_OK, "init");
		uint64_t before = s.state;
		CHECK(sampler_next(&s, logits, NULL, 0) == sampler_argmax(logits, n), "greedy");
		CHECK(s.state == before, "greedy takes no random number");
		sampler_skip(&s);
		CHECK(s.state == before, "skipping takes none then");
		free(scratch);
		free(logits);
		free(order);
	}
}

/* Drawn counts against probabilities in double, over the tokens that the rules keep. */
static void test_distribution(const char *name, struct sampler_config c, uint32_t n, uint32_t draws)
{
	uint32_t *order = allocate(4 * n), *counts = calloc(n, 4), bytes = sampler_scratch_size(n);
	int32_t *logits = allocate(4 * n);
	void *scratch = allocate(bytes);
	struct sampler s;
	for (uint32_t i = 0; i < n; i++)
		logits[i] = (int32_t)(below(65536) + below(65536) + below(65536)) * 3;
	c.seed = random64();
	CHECK(sampler_init(&s, &c, n) == SAMPLER_OK, "init");
	for (uint32_t i = 0; i < draws; i++)
		counts[sampler_next(&s, logits, scratch, bytes)]++;
	uint32_t kept = keep_slowly(&c, logits, n, order), drawn = 0, bins = 0;
	double total = 0, chi = 0, rest = 0, rest_count = 0;
	for (uint32_t i = 0; i < kept; i++)
		total += exp2(-((double)logits[order[0]] - logits[order[i]]) / 65536 * c.scale / 65536);
	for (uint32_t i = 0; i < kept; i++) {
		rest += draws * exp2(-((double)logits[order[0]] - logits[order[i]]) / 65536 * c.scale / 65536) / total;
		rest_count += counts[order[i]];
		drawn += counts[order[i]];
		if (rest >= 10 || i + 1 == kept) {
			chi += (rest_count - rest) * (rest_count - rest) / rest;
			bins++;
			rest = rest_count = 0;
		}
	}
	double limit = bins + 5 * sqrt(2.0 * bins);
	CHECK(drawn == draws, "%u of %u draws were of kept tokens", drawn, draws);
	CHECK(chi < limit, "%s: chi-square %.1f of %u bins", name, chi, bins);
	printf("sampler: %s: %u tokens kept, chi-square %.1f of %u bins (limit %.1f)\n", name, kept, chi, bins, limit);
	free(scratch);
	free(logits);
	free(counts);
	free(order);
}

int main(int argc, char **argv)
{
	struct sampler_config c = PLAIN;
	start(argc, argv, "sampler");
	test_statuses();
	test_pcg();
	test_equals_full_sort();
	test_distribution("temperature 1", c, 512, PART_OF(50000));
	c.scale = 2 * SAMPLER_LOG2E_Q16;
	test_distribution("temperature 0.5", c, 512, PART_OF(50000));
	c = PLAIN, c.top_p = 58982;
	test_distribution("top-p 0.9", c, 512, PART_OF(50000));
	c = PLAIN, c.top_k = 40;
	test_distribution("top-k 40", c, 512, PART_OF(50000));
	c.top_p = 52429, c.min_p = 6554;
	test_distribution("top-k 40, top-p 0.8, min-p 0.1", c, 512, PART_OF(50000));
	c = PLAIN;
	test_distribution("65535 tokens", c, SAMPLER_MAX_VOCAB, PART_OF(3000));
	return finish();
}
