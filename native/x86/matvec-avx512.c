/* Matrix times vector with AVX-512 VNNI: four rows of a tile per register. */
#include "../simd-kernels.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)
#include "rows-avx512.h"

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
	const uint32_t mantissa = scale->mantissa;
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		__m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
		for (int32_t c = 0; c < chunks; c++, w += RV_TILE_BYTES) {
			__m512i a = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(x + c * RV_TILE_COLUMNS)));
			low = _mm512_dpbusd_epi32(low, _mm512_xor_si512(_mm512_loadu_si512(w), flip), a);
			high = _mm512_dpbusd_epi32(high, _mm512_xor_si512(_mm512_loadu_si512(w + 64), flip), a);
		}
		__m256i sums = _mm256_sub_epi32(rv_row_sums(low, high), offset);
		rv_store_eight(out + row, sums, m->scales + row, m->rows - row, mantissa, shift, add);
	}
}
#else
typedef int rv_no_avx512; /* not this target */
#endif
