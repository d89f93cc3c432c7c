/* Softmax attention over the INT8 cache: the portable reference. */
#include "simd-kernels.h"
#include "attention-portable.h"

int32_t rv_attention_scratch_size(int32_t capacity)
{
	/* 32-bit scores, then 16-bit weights; both rounded up to whole vectors. */
	return RV_SCALE_STRIDE(capacity) * 6 + 64;
}

void rv_attend_portable(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales,
	int32_t *mixed, void *scratch)
{
	attend_with(score_any, mix, a, position, queries, query_scales, mixed, scratch);
}
