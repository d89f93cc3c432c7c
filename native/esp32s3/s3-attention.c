/* Attention of the ESP32-S3: its two long loops by the vector instructions. */
#include "../simd-kernels.h"
#include "../attention-loop.h"
#include "kernels.h"

#define MIX_STEP 8

static int32_t score(const rv_attention *a, const rv_head *head, const int8_t *q, int32_t count, int32_t *scores)
{
	if (a->head_dim == 8)
		rv_scores8_esp32s3(scores, q, head->keys, count);
	else
		rv_dot_block_esp32s3(scores, q, head->keys, a->head_dim, count);
	int32_t top = INT32_MIN;
	for (int32_t t = 0; t < count; t++) {
		scores[t] = rv_score(head, scores[t], head->key_scales[t]);
		if (scores[t] > top)
			top = scores[t];
	}
	return top;
}

static void mix(const rv_attention *a, const rv_head *head, const uint16_t *weights, int32_t count, int32_t *sums)
{
	int32_t dim = a->head_dim, whole = count & -MIX_STEP;
	for (int32_t i = 0; i < dim; i += 8)
		rv_mix_esp32s3(sums + i, weights, head->values + i, dim, whole);
	for (int32_t t = whole; t < count; t++)
		for (int32_t i = 0; i < dim; i++)
			sums[i] += weights[t] * head->values[t * dim + i];
}

void rv_attend_esp32s3(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales,
	int32_t *mixed, void *scratch)
{
	/* Each head's keys and queries begin at a whole vector; for 8 dimensions a vector holds two keys. */
	int32_t aligned = ((uintptr_t)a->keys | (uintptr_t)a->values | (uintptr_t)queries | (uintptr_t)scratch) % 16 == 0;
	int32_t vectors = a->head_dim % 16 == 0 || (a->head_dim == 8 && a->capacity % 2 == 0);
	if (aligned && vectors)
		attend_with(score, mix, a, position, queries, query_scales, mixed, scratch);
	else
		rv_attend_portable(a, position, queries, query_scales, mixed, scratch);
}
