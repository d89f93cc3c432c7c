/* Rarity against double precision; logarithms; the detector's step with the ends of every range, in an allocation to the byte. */

#include <math.h>
#include "anomaly.h"
#include "check.h"

static void logarithms(void)
{
	for (int round = 0; round < PART_OF(20000); round++) {
		uint64_t x = random64() >> below(64);
		if (x)
			CHECK(fabs(rv_anomaly_log2(x) / 256.0 - log2((double)x)) < 0.02, "log2 of %g is %g", (double)x, rv_anomaly_log2(x) / 256.0);
	}
}

/* The share of earlier values of the same bin or above, those of the same one half. */
static void rarity(void)
{
	rv_rarity r;
	double counts[RV_RARITY_BINS] = { 0 }, total = 0;
	memset(&r, 0, sizeof(r));
	for (int i = 0; i < PART_OF(1500); i++) {
		int32_t ratio = (int32_t)(below(1200) + below(1200)) - 1400, bin = 19 + (ratio >> 7);
		bin = bin < 0 ? 0 : bin >= RV_RARITY_BINS ? RV_RARITY_BINS - 1 : bin;
		double above = counts[bin] / 2;
		for (int b = bin + 1; b < RV_RARITY_BINS; b++)
			above += counts[b];
		double expected = log2((16 * total + 1) / (16 * above + 1));
		int32_t bits = rv_rarity_add(&r, ratio);
		CHECK(fabs(bits / 256.0 - (expected > 0 ? expected : 0)) < 0.03, "%g bits instead of %g", bits / 256.0, expected);
		counts[bin]++;
		total++;
	}
	for (int i = 0; i < PART_OF(10000); i++)
		CHECK(rv_rarity_add(&r, (int32_t)random64()) >= 0, "any ratio");
}

static void steps(void)
{
	static const int32_t ends[] = { 0, 1, -1, INT32_MAX, -INT32_MAX, RV_ANOMALY_MISSING, 1000, 1001 };
	int32_t channels = 1 + (int32_t)below(RV_ANOMALY_CHANNELS), taps = 1 + (int32_t)below((uint32_t)(RV_ANOMALY_DIMS / channels)), stride = 1 + (int32_t)below(4), patterns = 2 + (int32_t)below(30);
	uint32_t size = rv_anomaly_size(channels, taps, stride, patterns);
	int32_t *sample = allocate(4 * (size_t)channels);
	CHECK(size > 0, "a size");
	rv_anomaly *a = allocate(size);
	memset(a, 0, size);
	rv_anomaly_init(a, channels, taps, stride, patterns);
	for (int i = 0; i < PART_OF(2000); i++) {
		for (int32_t k = 0; k < channels; k++)
			sample[k] = below(3) ? (int32_t)(below(200) + 900) : below(2) ? ends[below(8)] : (int32_t)random64();
		CHECK(rv_anomaly_valid(a, channels, taps, stride, patterns), "valid before step %d", i);
		rv_anomaly_step(a, sample, below(5) == 0);
		CHECK(a->score >= 0 && a->score <= 65535 && a->threshold >= 0 && a->threshold <= 65535 && a->surprise >= 0, "ranges at step %d", i);
		CHECK((a->kind != 0) == (a->anomalous != 0) && (a->anomalous ? a->channel >= 0 && a->channel < channels : a->channel == -1), "a kind and a channel of what is anomalous");
		/* Anything written into the state is refused, or does no harm. */
		if (i % 20 == 0) {
			rv_anomaly *copy = allocate(size);
			memcpy(copy, a, size);
			((uint8_t *)copy)[below(2) ? below(size) : below(200 < size ? 200 : size)] = (uint8_t)random64();
			if (rv_anomaly_valid(copy, channels, taps, stride, patterns))
				rv_anomaly_step(copy, sample, 0);
			free(copy);
		}
	}
	int8_t *signature = allocate(2 * (size_t)channels);
	rv_anomaly_signature(a, signature);
	free(signature);
	free(sample);
	free(a);
}

int main(int argc, char **argv)
{
	start(argc, argv, "anomaly");
	logarithms();
	rarity();
	for (int round = 0; round < PART_OF(40); round++)
		steps();
	CHECK(!rv_anomaly_size(0, 1, 1, 8) && !rv_anomaly_size(17, 1, 1, 8) && !rv_anomaly_size(8, 5, 1, 8) && !rv_anomaly_size(1, 1, 1, 1) && !rv_anomaly_size(1, 1, 1025, 8), "sizes");
	return finish();
}
