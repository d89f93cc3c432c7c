/* INT4, ternary and binary matrices times a vector with AVX-512 VNNI: four rows of a tile per register. */
#include "../simd-kernels.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)
#include "rows-avx512.h"
#include "../matvec-groups.h"

#define INLINE static inline __attribute__((always_inline))

/* Codes of four rows, a row in each quarter: its columns 0 to 15 and 16 to 31. Unsigned, as VNNI takes them. */
typedef struct {
	__m512i first, second;
} codes;

/* Of rows 0 to 3 of a tile, or 4 to 7. */
typedef codes unpack(const uint8_t *tile, int upper);

INLINE codes unpack_int4(const uint8_t *tile, int upper)
{
	const __m512i nibble = _mm512_set1_epi8(15);
	__m512i v = _mm512_loadu_si512(tile + 64 * upper);
	return (codes){ _mm512_and_si512(v, nibble), _mm512_and_si512(_mm512_srli_epi32(v, 4), nibble) };
}

/* Each quarter gets a word of its row four times: one shift for each gives four columns. */
INLINE codes unpack_ternary(const uint8_t *tile, int upper)
{
	const __m512i index = _mm512_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6), mask = _mm512_set1_epi8(3);
	const __m512i shifts = _mm512_set4_epi32(6, 4, 2, 0);
	__m512i v = _mm512_loadu_si512(tile), at = _mm512_add_epi32(index, _mm512_set1_epi32(8 * upper));
	__m512i first = _mm512_permutexvar_epi32(at, v), second = _mm512_permutexvar_epi32(_mm512_add_epi32(at, _mm512_set1_epi32(1)), v);
	return (codes){ _mm512_and_si512(_mm512_srlv_epi32(first, shifts), mask), _mm512_and_si512(_mm512_srlv_epi32(second, shifts), mask) };
}

/* Codes of 0 and 2: weights plus one. */
INLINE codes unpack_binary(const uint8_t *tile, int upper)
{
	const __m512i index = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3), mask = _mm512_set1_epi8(2);
	__m512i v = _mm512_permutexvar_epi32(index, _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(tile + 16 * upper))));
	return (codes){
		_mm512_and_si512(_mm512_rorv_epi32(v, _mm512_set4_epi32(2, 1, 0, 31)), mask),
		_mm512_and_si512(_mm512_rorv_epi32(v, _mm512_set4_epi32(6, 5, 4, 3)), mask),
	};
}

/*
 * `offset`: codes are weights plus so much. The scale of a row's group multiplies its four partial sums, which are
 * added up only at the end of the row. scratch: what the offset makes of each group, 16 bytes.
 */
INLINE void multiply(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int32_t shift, int add,
	__m128i *start, unpack *codes_of, int32_t tile_bytes, int32_t offset)
{
#define HALF(i) _mm_loadu_si128((const __m128i *)x + (i))
	const __m128i low = _mm_setr_epi8(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3), high = _mm_add_epi8(low, _mm_set1_epi8(4));
	int32_t groups = rv_groups(m->columns);
	for (int32_t g = 0; g < groups; g++) {
		__m128i sum = _mm_dpbusd_epi32(_mm_setzero_si128(), _mm_set1_epi8((char)offset), HALF(2 * g));
		_mm_storeu_si128(start + g, _mm_sub_epi32(_mm_setzero_si128(), _mm_dpbusd_epi32(sum, _mm_set1_epi8((char)offset), HALF(2 * g + 1))));
	}
	const uint8_t *tile = m->tiles, *scales = m->group_scales;
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		__m512i sums[2] = { _mm512_setzero_si512(), _mm512_setzero_si512() };
		for (int32_t g = 0; g < groups; g++, tile += tile_bytes, scales += RV_TILE_ROWS) {
			__m512i x0 = _mm512_broadcast_i32x4(HALF(2 * g)), x1 = _mm512_broadcast_i32x4(HALF(2 * g + 1));
			__m512i begin = _mm512_broadcast_i32x4(_mm_loadu_si128(start + g));
			__m128i eight = _mm_loadl_epi64((const __m128i *)scales);
			for (int upper = 0; upper < 2; upper++) {
				codes w = codes_of(tile, upper);
				__m512i dot = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(begin, w.first, x0), w.second, x1);
				__m512i each = _mm512_cvtepu8_epi32(_mm_shuffle_epi8(eight, upper ? high : low));
				sums[upper] = _mm512_add_epi32(sums[upper], _mm512_mullo_epi32(dot, each));
			}
		}
		rv_store_eight(out + row, rv_row_sums(sums[0], sums[1]), m->scales + row, m->rows - row, scale->mantissa, shift, add);
	}
#undef HALF
}

#define KERNEL(name, tile_bytes, offset) \
	void rv_matvec_##name##_avx512(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch) \
	{ \
		int32_t shift = m->shift + rv_shift_of(scale) - 16; \
		if (shift < 1 || shift > 62) \
			rv_matvec_##name##_portable(out, m, x, scale, add, scratch); \
		else \
			multiply(out, m, x, scale, shift, add, scratch, unpack_##name, tile_bytes, offset); \
	}
KERNEL(int4, RV_TILE_BYTES, 8)
KERNEL(ternary, RV_TILE_BYTES_TERNARY, 1)
KERNEL(binary, RV_TILE_BYTES_BINARY, 1)
#else
typedef int rv_no_grouped_avx512; /* not this target */
#endif
