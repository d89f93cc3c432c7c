/* Matrix times vector with AVX2: one row of a tile per step, widened to 16 bits. */
#include "../simd-kernels.h"

#if defined(__AVX2__)
#include <immintrin.h>
#include "../fixed-point.h"

void rv_matvec_avx2(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add)
{
	int32_t shift = m->shift + rv_shift_of(scale) - 16;
	const int8_t *w = m->tiles;
	int32_t chunks = (m->columns + RV_TILE_COLUMNS - 1) / RV_TILE_COLUMNS;
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		__m256i sums[RV_TILE_ROWS];
		for (int r = 0; r < RV_TILE_ROWS; r++)
			sums[r] = _mm256_setzero_si256();
		for (int32_t c = 0; c < chunks; c++, w += RV_TILE_BYTES) {
			__m256i a = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(x + c * RV_TILE_COLUMNS)));
			for (int r = 0; r < RV_TILE_ROWS; r++) {
				__m256i b = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + r * RV_TILE_COLUMNS)));
				sums[r] = _mm256_add_epi32(sums[r], _mm256_madd_epi16(a, b));
			}
		}
		int32_t rows = m->rows - row < RV_TILE_ROWS ? m->rows - row : RV_TILE_ROWS;
		for (int32_t r = 0; r < rows; r++) {
			__m128i s = _mm_add_epi32(_mm256_castsi256_si128(sums[r]), _mm256_extracti128_si256(sums[r], 1));
			s = _mm_hadd_epi32(s, s);
			s = _mm_hadd_epi32(s, s);
			int32_t multiplier = (int32_t)(m->scales[row + r] * scale->mantissa);
			int32_t y = rv_scale_down((int64_t)_mm_cvtsi128_si32(s) * multiplier, shift);
			out[row + r] = add ? rv_saturate((int64_t)out[row + r] + y) : y;
		}
	}
}
#else
typedef int rv_no_avx2; /* not this target */
#endif
