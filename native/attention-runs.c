/* Softmax attention over some of the positions, given as runs of neighbours: sparse attention. */
#include "simd-kernels.h"
#include "attention-portable.h"

/* The head, from position `start` on. */
static rv_head from(const rv_attention *a, rv_head head, int32_t start)
{
	head.keys += start * a->head_dim;
	head.values += start * a->head_dim;
	head.key_scales += start;
	head.value_scales += start;
	return head;
}

int32_t rv_runs_valid(const uint16_t *runs, int32_t position)
{
	int32_t next = 0, count = runs[0];
	if (count < 1 || count > position + 1)
		return 0;
	for (int32_t i = 0; i < count; i++) {
		int32_t start = runs[1 + 2 * i], length = runs[2 + 2 * i];
		if (start < next || length < 1 || start + length > position + 1)
			return 0;
		next = start + length;
	}
	return 1;
}

void rv_attend_runs(const rv_attention *a, const uint16_t *runs, const int8_t *queries, const rv_scale *query_scales, int32_t *mixed, void *scratch)
{
	int32_t *scores = scratch, dim = a->head_dim, count = *runs++, total = 0, part[256];
	uint16_t *weights = (uint16_t *)(scores + RV_SCALE_STRIDE(a->capacity));
	for (int32_t i = 0; i < count; i++)
		total += runs[2 * i + 1];
	for (int32_t h = 0; h < a->heads; h++, queries += dim, mixed += dim) {
		rv_head head = rv_head_of(a, h, query_scales + h);
		int32_t top = INT32_MIN, exponent = 0, at = 0;
		uint32_t sum = 0;
		for (int32_t i = 0; i < count; i++) {
			rv_head run = from(a, head, runs[2 * i]);
			int32_t length = runs[2 * i + 1], largest = largest_exponent(run.value_scales, length), highest = score_any(a, &run, queries, length, scores + at);
			exponent = largest > exponent ? largest : exponent;
			top = highest > top ? highest : top;
			at += length;
		}
		at = 0;
		for (int32_t i = 0; i < count; at += runs[2 * i + 1], i++) {
			rv_head run = from(a, head, runs[2 * i]);
			sum += exponentials(&run, scores + at, top, runs[2 * i + 1], exponent, weights + at);
		}
		int32_t reduce = rv_reduce(sum);
		if (reduce)
			for (int32_t t = 0; t < total; t++)
				weights[t] >>= reduce;
		for (int32_t i = 0; i < dim; i++)
			mixed[i] = 0;
		at = 0;
		for (int32_t i = 0; i < count; at += runs[2 * i + 1], i++) {
			rv_head run = from(a, head, runs[2 * i]);
			mix(a, &run, weights + at, runs[2 * i + 1], part);
			for (int32_t c = 0; c < dim; c++)
				mixed[c] += part[c];
		}
		rv_mean mean = rv_mean_for(sum, exponent + reduce);
		rv_requantiser z = rv_requantiser_for(mean.shift, 17);
		for (int32_t i = 0; i < dim; i++)
			mixed[i] = rv_requantise(&z, mean.multiplier, mixed[i]);
	}
}
