/* INT4, ternary and binary matrices times a vector with AVX2: a row of a tile per register. */
#include "../simd-kernels.h"

#if defined(__AVX2__)
#include <immintrin.h>
#include "../matvec-groups.h"

#define INLINE static inline __attribute__((always_inline))

/* The codes of a row's 32 columns, unsigned. */
typedef __m256i unpack(const uint8_t *row);

INLINE __m256i unpack_int4(const uint8_t *row)
{
	__m128i v = _mm_loadu_si128((const __m128i *)row);
	return _mm256_and_si256(_mm256_set_m128i(_mm_srli_epi16(v, 4), v), _mm256_set1_epi8(15));
}

INLINE __m256i unpack_ternary(const uint8_t *row)
{
	__m256i v = _mm256_castsi128_si256(_mm_loadl_epi64((const __m128i *)row));
	v = _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1));
	return _mm256_and_si256(_mm256_srlv_epi32(v, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6)), _mm256_set1_epi8(3));
}

/* Codes of 0 and 2: weights plus one. */
INLINE __m256i unpack_binary(const uint8_t *row)
{
	__m256i v = _mm256_srlv_epi32(_mm256_set1_epi32((int32_t)rv_word(row)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
	v = _mm256_and_si256(v, _mm256_set1_epi8(1));
	return _mm256_add_epi8(v, v);
}

/* Eight partial sums; pairs of products of unsigned and signed bytes stay inside 16 bits: 2 * 15 * 128. */
INLINE __m256i dot(__m256i codes, __m256i x)
{
	return _mm256_madd_epi16(_mm256_maddubs_epi16(codes, x), _mm256_set1_epi16(1));
}

INLINE int32_t add_up(__m256i v)
{
	__m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
	s = _mm_hadd_epi32(s, s);
	return _mm_cvtsi128_si32(_mm_hadd_epi32(s, s));
}

/* `offset`: codes are weights plus so much. start: what this makes of each group, 32 bytes. */
INLINE void multiply(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, rv_requantiser z,
	__m256i *start, unpack *codes_of, int32_t row_bytes, int32_t offset)
{
	int32_t groups = rv_groups(m->columns);
	const uint8_t *w = m->tiles, *scales = m->group_scales;
	for (int32_t g = 0; g < groups; g++)
		_mm256_storeu_si256(start + g, dot(_mm256_set1_epi8((char)offset), _mm256_loadu_si256((const __m256i *)x + g)));
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		__m256i sums[RV_TILE_ROWS];
		for (int r = 0; r < RV_TILE_ROWS; r++)
			sums[r] = _mm256_setzero_si256();
		for (int32_t g = 0; g < groups; g++, w += RV_TILE_ROWS * row_bytes, scales += RV_TILE_ROWS) {
			__m256i a = _mm256_loadu_si256((const __m256i *)x + g), begin = _mm256_loadu_si256(start + g);
			for (int r = 0; r < RV_TILE_ROWS; r++) {
				__m256i d = _mm256_sub_epi32(dot(codes_of(w + r * row_bytes), a), begin);
				sums[r] = _mm256_add_epi32(sums[r], _mm256_mullo_epi32(d, _mm256_set1_epi32(scales[r])));
			}
		}
		for (int32_t r = 0; r < RV_TILE_ROWS && row + r < m->rows; r++)
			rv_store_row(out + row + r, add_up(sums[r]), m->scales[row + r], scale, &z, add);
	}
}

#define KERNEL(name, row_bytes, offset, bits) \
	void rv_matvec_##name##_avx2(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch) \
	{ \
		multiply(out, m, x, scale, add, rv_grouped_requantiser(m, scale, bits), scratch, unpack_##name, row_bytes, offset); \
	}
KERNEL(int4, 16, 8, RV_INT4_BITS)
KERNEL(ternary, 8, 1, RV_TERNARY_BITS)
KERNEL(binary, 4, 1, RV_BINARY_BITS)
#else
typedef int rv_no_grouped_avx2; /* not this target */
#endif
