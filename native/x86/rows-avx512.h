/* What ends a matrix product with AVX-512: partial sums of eight rows, to Q16. */
#ifndef RV_ROWS_AVX512_H
#define RV_ROWS_AVX512_H

#include <immintrin.h>
#include "../fixed-point.h"

/* Sums of eight rows to 32-bit results: eight 64-bit lanes of rv_scale_down, for shifts of 1 to 62. */
static inline __m256i rv_requantise_eight(__m256i sums, const uint16_t *scales, __m256i mantissa, int32_t shift)
{
	__m256i multiplier = _mm256_mullo_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)scales)), mantissa);
	__m512i product = _mm512_mul_epi32(_mm512_cvtepi32_epi64(sums), _mm512_cvtepi32_epi64(multiplier));
	product = _mm512_add_epi64(product, _mm512_set1_epi64((int64_t)1 << (shift - 1)));
	return _mm512_cvtsepi64_epi32(_mm512_sra_epi64(product, _mm_cvtsi32_si128(shift)));
}

static inline __m256i rv_add_eight(__m256i a, __m256i b)
{
	return _mm512_cvtsepi64_epi32(_mm512_add_epi64(_mm512_cvtepi32_epi64(a), _mm512_cvtepi32_epi64(b)));
}

/* Four partial sums a row, rows 0 to 3 in low and 4 to 7 in high: added up within each row. */
static inline __m256i rv_row_sums(__m512i low, __m512i high)
{
	__m512i pairs = _mm512_add_epi32(_mm512_unpacklo_epi32(low, high), _mm512_unpackhi_epi32(low, high));
	__m512i rows = _mm512_add_epi32(pairs, _mm512_shuffle_epi32(pairs, _MM_PERM_BADC));
	const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
	return _mm512_castsi512_si256(_mm512_permutexvar_epi32(order, rows));
}

/* out[r] = sums[r] * scales[r] * mantissa * 2^-shift for up to eight rows, added when `add`; shift: 1 to 62. */
static inline void rv_store_eight(int32_t *out, __m256i sums, const uint16_t *scales, int32_t rows, uint32_t mantissa, int32_t shift, int add)
{
	if (rows >= RV_TILE_ROWS) {
		__m256i y = rv_requantise_eight(sums, scales, _mm256_set1_epi32((int32_t)mantissa), shift);
		if (add)
			y = rv_add_eight(y, _mm256_loadu_si256((const __m256i *)out));
		_mm256_storeu_si256((__m256i *)out, y);
		return;
	}
	int32_t last[RV_TILE_ROWS];
	_mm256_storeu_si256((__m256i *)last, sums);
	for (int32_t r = 0; r < rows; r++) {
		int32_t y = rv_scale_down((int64_t)last[r] * (int32_t)(scales[r] * mantissa), shift);
		out[r] = add ? rv_saturate((int64_t)out[r] + y) : y;
	}
}

#endif
