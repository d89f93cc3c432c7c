/* Attention with AVX-512: sixteen positions at a time, for heads of 8 or a multiple of 16. */
#include "../simd-kernels.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)
#include <immintrin.h>
#include "../attention-steps.h"
#define RV_TABLE_EXP2
#include "../kernel-tables.h"

/* Dot products of one query with 16 keys of 8, which lie in 128 bytes. */
static inline __m512i dots_of_8(const int8_t *k, __m512i q, __m512i offset)
{
	const __m512i flip = _mm512_set1_epi8((char)0x80);
	__m512i a = _mm512_dpbusd_epi32(offset, _mm512_xor_si512(_mm512_loadu_si512(k), flip), q);
	__m512i b = _mm512_dpbusd_epi32(offset, _mm512_xor_si512(_mm512_loadu_si512(k + 64), flip), q);
	const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
	const __m512i odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
	return _mm512_add_epi32(_mm512_permutex2var_epi32(a, even, b), _mm512_permutex2var_epi32(a, odd, b));
}

/* The same for wider keys: each in its own pass, four bytes a lane. */
static inline __m512i dots_of_16(const int8_t *k, const int8_t *q, int32_t dim, int32_t offset)
{
	int32_t dots[16];
	for (int t = 0; t < 16; t++, k += dim) {
		__m128i s = _mm_setzero_si128();
		for (int32_t i = 0; i < dim; i += 16)
			s = _mm_dpbusd_epi32(s, _mm_xor_si128(_mm_loadu_si128((const __m128i *)(k + i)), _mm_set1_epi8((char)0x80)),
				_mm_loadu_si128((const __m128i *)(q + i)));
		s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4E));
		dots[t] = _mm_cvtsi128_si32(_mm_add_epi32(s, _mm_shuffle_epi32(s, 0xB1))) + offset;
	}
	return _mm512_loadu_si512(dots);
}

/* rv_score of sixteen positions. */
static inline __m512i scores_of(const rv_head *head, __m512i dots, const uint16_t *scales)
{
	__m512i scale = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)scales));
	__m512i multiplier = _mm512_slli_epi32(_mm512_mullo_epi32(_mm512_and_si512(scale, _mm512_set1_epi32(4095)),
		_mm512_set1_epi32(head->query_mantissa)), 4);
	__m512i dot = _mm512_sll_epi32(dots, _mm_cvtsi32_si128(head->dot_shift));
	__m512i even = _mm512_srli_epi64(_mm512_mul_epi32(dot, multiplier), 32);
	__m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(dot, 32), _mm512_srli_epi64(multiplier, 32));
	__m512i product = _mm512_mask_blend_epi32(0xAAAA, even, odd);
	return _mm512_srav_epi32(product, _mm512_sub_epi32(_mm512_set1_epi32(15), _mm512_srli_epi32(scale, 12)));
}

static int32_t score(const rv_attention *a, const rv_head *head, const int8_t *q, int32_t count, int32_t *scores)
{
	int32_t dim = a->head_dim, sum = 0;
	for (int32_t i = 0; i < dim; i++)
		sum += q[i];
	__m512i top = _mm512_set1_epi32(INT32_MIN), broadcast = top;
	if (dim == 8)
		broadcast = _mm512_broadcastq_epi64(_mm_loadl_epi64((const __m128i *)q));
	for (int32_t t = 0; t < count; t += 16) {
		/* A key of 8 is two lanes, each with the offset of its half of the query: the halves add up. */
		__m512i dots;
		if (dim == 8) {
			int32_t first = q[0] + q[1] + q[2] + q[3];
			__m512i offset = _mm512_set1_epi64((int64_t)(uint32_t)(-128 * first) | (int64_t)((uint64_t)(uint32_t)(-128 * (sum - first)) << 32));
			dots = dots_of_8(head->keys + t * 8, broadcast, offset);
		}
		else
			dots = dots_of_16(head->keys + t * dim, q, dim, -128 * sum);
		__m512i s = scores_of(head, dots, head->key_scales + t);
		_mm512_storeu_si512(scores + t, s);
		int32_t left = count - t;
		top = _mm512_mask_max_epi32(top, left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1), top, s);
	}
	return _mm512_reduce_max_epi32(top);
}

/* Positions from `count` up to the next multiple of 16 get weight 0. */
static uint32_t exponentials(const rv_head *head, const int32_t *scores, int32_t top, int32_t count, uint16_t *weights)
{
	__m512i sum = _mm512_setzero_si512();
	int32_t shift = 16 - head->fraction;
	__m128i down = _mm_cvtsi32_si128(shift < 0 ? -shift : 0);
	if (shift > 20)
		shift = 20;
	__m128i up = _mm_cvtsi32_si128(shift > 0 ? shift : 0);
	uint32_t limit = shift > 0 ? (1u << (20 - shift)) - 1 : UINT32_MAX;
	for (int32_t t = 0; t < count; t += 16) {
		__m512i below = _mm512_sub_epi32(_mm512_set1_epi32(top), _mm512_loadu_si512(scores + t));
		int32_t left = count - t;
		__mmask16 live = left >= 16 ? 0xFFFF : (__mmask16)((1u << left) - 1);
		live = _mm512_mask_cmple_epu32_mask(live, below, _mm512_set1_epi32((int32_t)limit));
		below = _mm512_sll_epi32(_mm512_srl_epi32(below, down), up);
		live = _mm512_mask_cmplt_epu32_mask(live, below, _mm512_set1_epi32(1 << 20));
		__m512i index = _mm512_and_si512(_mm512_srli_epi32(below, 7), _mm512_set1_epi32(511));
		__m512i w = _mm512_and_si512(_mm512_i32gather_epi32(index, rv_exp2_table, 2), _mm512_set1_epi32(0xFFFF));
		w = _mm512_maskz_srlv_epi32(live, w, _mm512_srli_epi32(below, 16));
		_mm256_storeu_si256((__m256i *)(weights + t), _mm512_cvtepi32_epi16(w));
		sum = _mm512_add_epi32(sum, w);
	}
	return (uint32_t)_mm512_reduce_add_epi32(sum);
}

/* Weighted sums of values of 8, as pairs of positions. Weights are 16-bit, and 2^15 is the largest. */
static void sums_of_8(const int8_t *values, const uint16_t *weights, int32_t count, int32_t *sums)
{
	__m512i acc = _mm512_setzero_si512();
	/* Within 16 bytes (two positions): byte i of one, then byte i of the other. */
	const __m256i zip = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15));
	for (int32_t t = 0; t < count; t += 16) {
		__m512i w = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(weights + t)));
		for (int32_t u = 0; u < 4; u++) {
			__m512i v = _mm512_cvtepi8_epi16(_mm256_shuffle_epi8(_mm256_loadu_si256((const __m256i *)(values + (t + 4 * u) * 8)), zip));
			__m512i pair = _mm512_permutexvar_epi32(_mm512_mask_blend_epi32(0xFF00, _mm512_set1_epi32(2 * u), _mm512_set1_epi32(2 * u + 1)), w);
			acc = _mm512_add_epi32(acc, _mm512_madd_epi16(v, pair));
		}
	}
	__m256i both = _mm256_add_epi32(_mm512_castsi512_si256(acc), _mm512_extracti64x4_epi64(acc, 1));
	_mm256_storeu_si256((__m256i *)sums, both);
}

/* The same for 16 dimensions of wider values: one position a step. */
static void sums_of_16(const int8_t *values, int32_t dim, const uint16_t *weights, int32_t count, int32_t *sums)
{
	__m512i acc = _mm512_setzero_si512();
	for (int32_t t = 0; t < count; t++, values += dim)
		acc = _mm512_add_epi32(acc, _mm512_mullo_epi32(_mm512_set1_epi32(weights[t]),
			_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)values))));
	_mm512_storeu_si512(sums, acc);
}

static void mix(const rv_attention *a, const rv_head *head, int32_t count, uint16_t *weights, uint32_t sum, int32_t *mixed)
{
	int32_t dim = a->head_dim, sums[16];
	__m256i largest = _mm256_setzero_si256();
	for (int32_t t = 0; t < count; t += 16) {
		__mmask16 live = count - t >= 16 ? 0xFFFF : (__mmask16)((1u << (count - t)) - 1);
		largest = _mm256_max_epu16(largest, _mm256_maskz_loadu_epi16(live, head->value_scales + t));
	}
	int32_t down = (int32_t)(_mm512_reduce_max_epu32(_mm512_cvtepu16_epi32(largest)) >> 12) + rv_reduce(sum);
	for (int32_t t = 0; t < count; t += 16) {
		__m512i w = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(weights + t)));
		__m512i scale = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)(head->value_scales + t)));
		__m512i shift = _mm512_sub_epi32(_mm512_set1_epi32(12 + down), _mm512_srli_epi32(scale, 12));
		w = _mm512_srlv_epi32(_mm512_mullo_epi32(w, _mm512_and_si512(scale, _mm512_set1_epi32(4095))), shift);
		_mm256_storeu_si256((__m256i *)(weights + t), _mm512_cvtepi32_epi16(w));
	}
	rv_mean mean = rv_mean_for(sum, down);
	for (int32_t i = 0; i < dim; i += 16) {
		int32_t n = dim == 8 ? 8 : 16;
		if (dim == 8)
			sums_of_8(head->values, weights, count, sums);
		else
			sums_of_16(head->values + i, dim, weights, count, sums);
		for (int32_t j = 0; j < n; j++)
			mixed[i + j] = rv_mean_of(&mean, sums[j]);
	}
}

void rv_attend_avx512(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales,
	int32_t *mixed, void *scratch)
{
	/* Groups of 16 positions are read whole, so the cache must hold whole groups. */
	if ((a->head_dim != 8 && a->head_dim % 16) || a->capacity % 16) {
		rv_attend_portable(a, position, queries, query_scales, mixed, scratch);
		return;
	}
	int32_t *scores = scratch;
	uint16_t *weights = (uint16_t *)(scores + RV_SCALE_STRIDE(a->capacity));
	for (int32_t h = 0; h < a->heads; h++) {
		rv_head head = rv_head_of(a, h, query_scales + h);
		int32_t top = score(a, &head, queries + h * a->head_dim, position + 1, scores);
		uint32_t sum = exponentials(&head, scores, top, position + 1, weights);
		mix(a, &head, position + 1, weights, sum, mixed + h * a->head_dim);
	}
}
#else
typedef int rv_no_avx512_attention; /* not this target */
#endif
