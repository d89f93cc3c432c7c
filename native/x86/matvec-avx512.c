/* Matrix times vector with AVX-512 VNNI: four rows of a tile per register. */
#include "../simd-kernels.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)
#include <immintrin.h>
#include "../fixed-point.h"

/* Sums of eight rows to 32-bit results: eight 64-bit lanes of rv_scale_down, for shifts of 1 to 62. */
static inline __m256i requantise(__m256i sums, const uint16_t *scales, __m256i mantissa, int32_t shift)
{
	__m256i multiplier = _mm256_mullo_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)scales)), mantissa);
	__m512i product = _mm512_mul_epi32(_mm512_cvtepi32_epi64(sums), _mm512_cvtepi32_epi64(multiplier));
	product = _mm512_add_epi64(product, _mm512_set1_epi64((int64_t)1 << (shift - 1)));
	return _mm512_cvtsepi64_epi32(_mm512_sra_epi64(product, _mm_cvtsi32_si128(shift)));
}

static inline __m256i add_saturated(__m256i a, __m256i b)
{
	return _mm512_cvtsepi64_epi32(_mm512_add_epi64(_mm512_cvtepi32_epi64(a), _mm512_cvtepi32_epi64(b)));
}

/*
 * VNNI multiplies unsigned by signed bytes: weights are offset by 128 with an exclusive or, and
 * 128 times the sum of x is taken off again.
 */
void rv_matvec_avx512(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add)
{
	int32_t shift = m->shift + rv_shift_of(scale) - 16;
	if (shift < 1 || shift > 62) {
		rv_matvec_portable(out, m, x, scale, add);
		return;
	}
	const int8_t *w = m->tiles;
	int32_t chunks = (m->columns + RV_TILE_COLUMNS - 1) / RV_TILE_COLUMNS;
	const __m512i flip = _mm512_set1_epi8((char)0x80);
	__m512i total = _mm512_setzero_si512();
	for (int32_t c = 0; c < chunks; c++)
		total = _mm512_dpbusd_epi32(total, _mm512_set1_epi8(1),
			_mm512_zextsi128_si512(_mm_loadu_si128((const __m128i *)(x + c * RV_TILE_COLUMNS))));
	const __m256i offset = _mm256_set1_epi32(128 * _mm512_reduce_add_epi32(total));
	const __m256i mantissa = _mm256_set1_epi32((int32_t)scale->mantissa);
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		__m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
		for (int32_t c = 0; c < chunks; c++, w += RV_TILE_BYTES) {
			__m512i a = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(x + c * RV_TILE_COLUMNS)));
			low = _mm512_dpbusd_epi32(low, _mm512_xor_si512(_mm512_loadu_si512(w), flip), a);
			high = _mm512_dpbusd_epi32(high, _mm512_xor_si512(_mm512_loadu_si512(w + 64), flip), a);
		}
		/* Four partial sums a row, rows 0 to 3 in low and 4 to 7 in high: add up within each row. */
		__m512i pairs = _mm512_add_epi32(_mm512_unpacklo_epi32(low, high), _mm512_unpackhi_epi32(low, high));
		__m512i rows8 = _mm512_add_epi32(pairs, _mm512_shuffle_epi32(pairs, _MM_PERM_BADC));
		const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
		__m256i sums = _mm256_sub_epi32(_mm512_castsi512_si256(_mm512_permutexvar_epi32(order, rows8)), offset);
		int32_t rows = m->rows - row;
		if (rows >= RV_TILE_ROWS) {
			__m256i y = requantise(sums, m->scales + row, mantissa, shift);
			if (add)
				y = add_saturated(y, _mm256_loadu_si256((const __m256i *)(out + row)));
			_mm256_storeu_si256((__m256i *)(out + row), y);
			continue;
		}
		int32_t last[RV_TILE_ROWS];
		_mm256_storeu_si256((__m256i *)last, sums);
		for (int32_t r = 0; r < rows; r++) {
			int32_t multiplier = (int32_t)(m->scales[row + r] * scale->mantissa);
			int32_t y = rv_scale_down((int64_t)last[r] * multiplier, shift);
			out[row + r] = add ? rv_saturate((int64_t)out[row + r] + y) : y;
		}
	}
}
#else
typedef int rv_no_avx512; /* not this target */
#endif
