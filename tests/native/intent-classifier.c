/* native/intent-classifier: probabilities against doubles, learning, and memory that holds anything. */

#include "check.h"
#include "crc32.h"
#include "intent-classifier.h"

static uint8_t *make_embedder(rv_embedder *e, int32_t dims, int32_t buckets)
{
	size_t bytes = (size_t)(dims / 2 * buckets);
	uint8_t *rows = allocate(bytes);
	for (size_t i = 0; i < bytes; i++)
		rows[i] = (uint8_t)random64();
	*e = (rv_embedder){ rows, dims, buckets };
	return rows;
}

static uint32_t sentence(uint8_t *text)
{
	uint32_t n = below(60);
	for (uint32_t i = 0; i < n; i++)
		text[i] = below(5) ? (uint8_t)('a' + below(9)) : ' ';
	return n;
}

/* e^x for x <= 0 */
static double power(double x)
{
	double sum = 1, term = 1;
	x /= 1024;
	for (int i = 1; i < 20; i++)
		sum += term *= x / i;
	for (int i = 0; i < 10; i++)
		sum *= sum;
	return sum;
}

static void check_random(int32_t classes, int32_t buckets)
{
	rv_embedder e;
	uint8_t *rows = make_embedder(&e, 16 * (int32_t)(1 + below(4)), 1 + (int32_t)below(100)), text[60];
	int64_t bytes = rv_intents_bytes(e.dims, classes, buckets);
	uint8_t *memory = allocate((size_t)bytes);
	rv_intents in;
	rv_intents_bind(&in, &e, memory, classes, buckets);
	for (int round = 0; round < 6; round++) {
		for (int64_t i = 0; i < bytes; i++)
			memory[i] = (uint8_t)random64();
		int32_t bound = round % 2 ? 32767 : 400, confidence;
		for (int32_t i = 0; i < (e.dims + buckets) * classes; i++)
			in.weights[i] = (int16_t)((int32_t)below((uint32_t)bound * 2 + 1) - bound);
		rv_intents_read(&in, text, sentence(text));
		int32_t best = rv_intents_score(&in, &confidence);
		double sum = 0;
		for (int32_t c = 0; c < classes; c++) {
			double logit = 0;
			for (int32_t d = 0; d < e.dims; d++)
				logit += in.embedding[d] * in.weights[d * classes + c] * 3.0 / 256 / 4096;
			for (int32_t i = 0; i < in.lexical_count; i++)
				logit += in.lexical_value * in.weights[(e.dims + in.lexical[i]) * classes + c] * 3.0 / 256 / 4096;
			double error = logit - in.logits[c] / 65536.0;
			CHECK(error > -1e-4 && error < 1e-4, "class %d: %g", (int)c, error);
			CHECK(in.logits[c] <= in.logits[best], "class %d is likelier", (int)c);
			sum += power((in.logits[c] - in.logits[best]) / 65536.0);
		}
		double error = confidence / 32768.0 - 1 / sum;
		CHECK(error > -2e-3 && error < 2e-3, "confidence %d, %g", (int)confidence, 1 / sum);
		/* A script may write into the memory before it learns. */
		for (int64_t i = 0; i < bytes; i++)
			memory[i] = (uint8_t)random64();
		rv_intents_learn(&in, (int32_t)below((uint32_t)classes), (int32_t)below(65537));
	}
	free(memory);
	free(rows);
}

static void check_learning(int32_t classes, int32_t buckets)
{
	rv_embedder e;
	uint8_t *rows = make_embedder(&e, 64, 500), text[60];
	int64_t bytes = rv_intents_bytes(64, classes, buckets);
	uint8_t *memory = allocate((size_t)bytes);
	memset(memory, 0, (size_t)bytes);
	rv_intents in;
	rv_intents_bind(&in, &e, memory, classes, buckets);
	uint32_t n;
	do
		n = sentence(text);
	while (n < 20);
	int32_t target = (int32_t)below((uint32_t)classes), confidence, best = -1, before = 0;
	for (int i = 0; i < 60; i++) {
		rv_intents_read(&in, text, n);
		best = rv_intents_score(&in, &confidence);
		before = i ? before : confidence;
		rv_intents_learn(&in, target, 6554);
	}
	CHECK(best == target && confidence > before && confidence > 29000, "after sixty steps class %d of %d, confidence %d", (int)best, (int)target, (int)confidence);
	free(memory);
	free(rows);
}

int main(int argc, char **argv)
{
	start(argc, argv, "intent-classifier");
	static const int32_t buckets[] = { 0, 32, 256, 1024 };
	for (int i = 0; i < 4; i++)
		for (int32_t classes = 2; classes < 200; classes = classes * 3 + 1)
			for (int n = 0; n < PART_OF(6); n++) {
				check_random(classes, buckets[i]);
				check_learning(classes, buckets[i]);
			}
	return finish();
}
