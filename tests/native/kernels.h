/* The variants of the kernels that this compilation has, and inputs of every kind for them. */
#ifndef KERNELS_H
#define KERNELS_H

#include <math.h>
#include "check.h"
#include "simd-kernels.h"

typedef void matvec_kernel(int32_t *, const rv_matrix *, const int8_t *, const rv_scale *, int);
typedef void matvec_grouped_kernel(int32_t *, const rv_matrix_grouped *, const int8_t *, const rv_scale *, int, void *);
typedef void attend_kernel(const rv_attention *, int32_t, const int8_t *, const rv_scale *, int32_t *, void *);

/* simd-kernels.h declares only the best variant. Those for machines without vectors run everywhere. */
matvec_kernel rv_matvec_swar, rv_matvec_avx2, rv_matvec_avx512;
matvec_grouped_kernel rv_matvec_int4_avx512, rv_matvec_ternary_avx512, rv_matvec_binary_avx512;
matvec_grouped_kernel rv_matvec_int4_avx2, rv_matvec_ternary_avx2, rv_matvec_binary_avx2;
attend_kernel rv_attend_avx512;

#define SCALAR_MATVECS { "portable", rv_matvec_portable }, { "swar", rv_matvec_swar }
#define SCALAR_INT4 { "portable", rv_matvec_int4_portable }, { "swar", rv_matvec_int4_swar }
#define SCALAR_TERNARY { "portable", rv_matvec_ternary_portable }, { "swar", rv_matvec_ternary_swar }
#define SCALAR_BINARY { "portable", rv_matvec_binary_portable }, { "table", rv_matvec_binary_table }
#define AVX2_INT4 SCALAR_INT4, { "avx2", rv_matvec_int4_avx2 }
#define AVX2_TERNARY SCALAR_TERNARY, { "avx2", rv_matvec_ternary_avx2 }
#define AVX2_BINARY SCALAR_BINARY, { "avx2", rv_matvec_binary_avx2 }
#define MATVECS_XNOR { "portable", rv_matvec_binary_xnor_portable }, { "words", rv_matvec_binary_xnor_words }
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)
#define MATVECS SCALAR_MATVECS, { "avx2", rv_matvec_avx2 }, { "avx512", rv_matvec_avx512 }
#define ATTENDS { "portable", rv_attend_portable }, { "avx512", rv_attend_avx512 }
#define MATVECS_INT4 AVX2_INT4, { "avx512", rv_matvec_int4_avx512 }
#define MATVECS_TERNARY AVX2_TERNARY, { "avx512", rv_matvec_ternary_avx512 }
#define MATVECS_BINARY AVX2_BINARY, { "avx512", rv_matvec_binary_avx512 }
#elif defined(__AVX2__)
#define MATVECS SCALAR_MATVECS, { "avx2", rv_matvec_avx2 }
#define ATTENDS { "portable", rv_attend_portable }
#define MATVECS_INT4 AVX2_INT4
#define MATVECS_TERNARY AVX2_TERNARY
#define MATVECS_BINARY AVX2_BINARY
#else
#define MATVECS SCALAR_MATVECS
#define ATTENDS { "portable", rv_attend_portable }
#endif

#ifndef MATVECS_INT4
#define MATVECS_INT4 SCALAR_INT4
#define MATVECS_TERNARY SCALAR_TERNARY
#define MATVECS_BINARY SCALAR_BINARY
#endif

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define PADDED(n) (((n) + RV_TILE_COLUMNS - 1) & ~(RV_TILE_COLUMNS - 1))
/* Vectors are padded to whole groups of any matrix. */
#define VECTOR(n) (((n) + RV_GROUP - 1) & ~(RV_GROUP - 1))

/* What lies on either side of every vector's and tile's width. */
static const int32_t SIZES[] = { 1, 3, 7, 8, 12, 15, 16, 17, 31, 32, 33, 63, 64, 65, 172, 512 };

enum { BYTES_ZERO, BYTES_LOWEST, BYTES_ANY, BYTES_EXTREME, BYTES_SPARSE, BYTES_SMALL, BYTES_MIXED, BYTES_KINDS };

static __attribute__((noinline, unused)) void fill_bytes(int8_t *v, int64_t n, int kind)
{
	for (int64_t i = 0; i < n; i++)
		v[i] = kind == BYTES_ZERO ? 0 : kind == BYTES_LOWEST ? -128
			: kind == BYTES_EXTREME ? (random64() & 1 ? 127 : -128)
			: kind == BYTES_SMALL ? (int8_t)random64() / 8 : kind == BYTES_MIXED ? (int8_t)random64() / (1 << below(8))
			: kind == BYTES_SPARSE && below(20) ? 0 : (int8_t)random64();
}

static inline int32_t saturate(int64_t x)
{
	return x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : (int32_t)x;
}

/* round half up of x * 2^-shift, saturated; |x| below 2^62 */
static inline int32_t exact(int64_t x, int32_t shift)
{
	if (shift > 62)
		return 0;
	if (shift > 0) {
		x = (x >> (shift - 1)) + 1;
		return saturate(x >> 1);
	}
	for (; shift < 0 && x <= INT32_MAX && x >= INT32_MIN && x; shift++)
		x *= 2;
	return saturate(x);
}

enum { WORDS_ZERO, WORDS_UNIT, WORDS_ANY, WORDS_EXTREME, WORDS_MIXED, WORDS_SPARSE, WORDS_SMALL, WORDS_KINDS };

/* Q16 numbers: around 1.0, of any size, at the ends of the range, of any number of bits, mostly 0, a few units. */
static __attribute__((noinline, unused)) void fill_words(int32_t *v, int64_t n, int kind)
{
	for (int64_t i = 0; i < n; i++) {
		int32_t any = (int32_t)random64();
		v[i] = kind == WORDS_ZERO ? 0 : kind == WORDS_UNIT ? any >> 14 : kind == WORDS_ANY ? any
			: kind == WORDS_EXTREME ? (any & 1 ? INT32_MAX : INT32_MIN)
			: kind == WORDS_SPARSE && below(20) ? 0 : kind == WORDS_SMALL ? any >> 29 : any >> below(32);
	}
}

static inline double value_of(const rv_scale *s)
{
	return ldexp(s->mantissa, -s->shift);
}

static inline int is_padding_zero(const int8_t *q, int32_t n)
{
	for (int32_t i = n; i < VECTOR(n); i++)
		if (q[i])
			return 0;
	return 1;
}

/* A random matrix with exact allocations; free_matrix frees it. */
static inline rv_matrix random_matrix(int32_t rows, int32_t columns, int kind, int32_t shift)
{
	int64_t bytes = (int64_t)((rows + 7) / 8) * PADDED(columns) * 8;
	int8_t *tiles = allocate((size_t)bytes);
	uint16_t *scales = allocate((size_t)rows * 2);
	fill_bytes(tiles, bytes, kind);
	for (int32_t r = 0; r < rows; r++)
		scales[r] = (uint16_t)(below(8) ? random64() & 32767 : random64() & 1 ? 32767 : 0);
	return (rv_matrix){ tiles, scales, rows, columns, shift };
}

static inline void free_matrix(rv_matrix *m)
{
	free((void *)m->tiles);
	free((void *)m->scales);
}

static inline int8_t weight_at(const rv_matrix *m, int32_t row, int32_t column)
{
	return m->tiles[((int64_t)(row / 8) * (PADDED(m->columns) / 16) + column / 16) * RV_TILE_BYTES + row % 8 * 16 + column % 16];
}

#endif
