/*
 * The integer kernels of the engine. Plain C99: no XS, no allocation, no state, no floating point.
 *
 * Numbers
 *   Q16       32-bit fixed point with 16 fraction bits: the residual stream and what matrices return.
 *   vector    activations as int8 times one rv_scale; the int8 are padded with zeros to 32 bytes.
 *   matrix    weights as int8 in tiles of 8 rows by 16 columns (128 bytes, 16-byte aligned, a row's
 *             16 columns together), padded with zeros; one 15-bit scale per row and one shift for all.
 *             The tile serves every target: constant offsets for scalar code, 16-byte vectors of one
 *             row for the ESP32-S3, 64-byte loads of four rows for AVX-512.
 *
 * Quantisation is symmetric and dynamic (one scale per vector, per token), accumulation 32-bit, and
 * requantisation multiplies by (row scale * vector scale) in 64 bits and rounds half up. A result is a
 * function of the inputs alone: every variant of a kernel gives the same bits as `_portable`.
 */
#ifndef RV_SIMD_KERNELS_H
#define RV_SIMD_KERNELS_H

#include <stdint.h>
#ifdef ESP_PLATFORM
#include "sdkconfig.h"
#endif

#define RV_TILE_ROWS 8
#define RV_TILE_COLUMNS 16
#define RV_TILE_BYTES 128
/* Sums of 127 * 128 * columns stay inside 31 bits. */
#define RV_MAX_COLUMNS 65536

/* value = mantissa * 2^-shift; mantissa below 2^16; 0 for a vector of zeros. */
typedef struct {
	uint32_t mantissa;
	int32_t shift;
} rv_scale;

/* rows and columns are the matrix's own; tiles cover them rounded up to 8 and 16. */
typedef struct {
	const int8_t *tiles;
	const uint16_t *scales; /* [rows], each below 2^15 */
	int32_t rows, columns;
	int32_t shift; /* weight = int8 * scales[row] * 2^-shift */
} rv_matrix;

/* out[c] = row `row` of the matrix, in Q16. out: [columns]. Cost: about 20 instructions a column on RV32. */
void rv_embed(int32_t *out, const rv_matrix *m, int32_t row);

/*
 * out[r] = sum over c of m[r][c] * x[c], in Q16, saturated; added to out[r] when `add`.
 * x: [columns rounded up to 16], 16-byte aligned. out: [rows]. Saturation is symmetric in effect:
 * results leave [-2^31, 2^31) only for models whose activations exceed 32768.
 */
void rv_matvec_portable(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add);

/*
 * Weights of 4, 2 and 1 bits, in groups of 32 columns of a row that share an 8-bit scale. Tiles of 8 rows by 32
 * columns, 16-byte aligned as a whole, a row's bytes together:
 *   INT4     16 bytes a row: byte j has column j in its low nibble and column 16 + j in its high one, each
 *            as weight + 8, so padding is 8.
 *   ternary  8 bytes a row: columns 16 h + 4 i + b are bits 2 i and 2 i + 1 of byte 4 h + b, each as
 *            weight + 1, so padding is 1. Nobody writes the code 3; kernels take it for a weight of 2.
 *   binary   4 bytes a row: column 4 i + b is bit i of byte b; 1 is +1, 0 is -1. Padding is cancelled by
 *            the zeros of the vector.
 * So one shift and one mask give four columns in their order in a word, or 16 in a vector whose every
 * word holds the row's. A weight is code * group scale * row scale * 2^-shift.
 */
#define RV_GROUP 32
#define RV_TILE_BYTES_TERNARY 64
#define RV_TILE_BYTES_BINARY 32
/* Sums of 127 * 8 * 255 * columns stay inside 31 bits. */
#define RV_MAX_COLUMNS_GROUPED 8192

typedef struct {
	const uint8_t *tiles;
	const uint8_t *group_scales; /* [rows / 8, rounded up][columns / 32, rounded up][8] */
	const uint16_t *scales;      /* [rows], each below 2^15 */
	int32_t rows, columns;
	int32_t shift;
} rv_matrix_grouped;

/* As rv_embed. */
void rv_embed_int4(int32_t *out, const rv_matrix_grouped *m, int32_t row);
void rv_embed_ternary(int32_t *out, const rv_matrix_grouped *m, int32_t row);
void rv_embed_binary(int32_t *out, const rv_matrix_grouped *m, int32_t row);

/*
 * As rv_matvec. x: [columns rounded up to 32], zeros behind the columns, 16-byte aligned.
 * scratch: rv_matvec_*_scratch_size bytes, 16-byte aligned; what it holds is the variant's affair.
 */
void rv_matvec_int4_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
int32_t rv_matvec_int4_scratch_size(int32_t columns);
void rv_matvec_ternary_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
int32_t rv_matvec_ternary_scratch_size(int32_t columns);
void rv_matvec_binary_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
int32_t rv_matvec_binary_scratch_size(int32_t columns);

/*
 * Binary weights times binary activations (XNOR-Net, Rastegari et al. 2016, section 3.2): x becomes its signs
 * (0 is +1) times its mean magnitude, so that a group is an exclusive or and a count of bits.
 * Cost: 0.8 instructions a product on RV32.
 */
void rv_matvec_binary_xnor_portable(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
int32_t rv_matvec_binary_xnor_scratch_size(int32_t columns);

/*
 * RMS norm (Zhang and Sennrich 2019, eq. 4) and quantisation in one:
 * q * scale = x / sqrt(mean(x^2) + epsilon) * gain. The int8 do not depend on the mean square, which
 * only enters the scale. x: [n] Q16. gain: [n], real value gain * 2^-gain_shift.
 * epsilon_n: n * epsilon in Q32. sqrt_n: sqrt(n) in Q16. scratch: [n]. q: [n rounded up to 32], the rest zeroed.
 */
typedef struct {
	const int16_t *gain;
	int32_t n;
	int32_t gain_shift;
	uint32_t epsilon_n;
	uint32_t sqrt_n;
} rv_norm;
void rv_norm_quantise(int8_t *q, rv_scale *scale, const int32_t *x, const rv_norm *norm, int32_t *scratch);

/* q * scale = v, where v: [n] has `fraction` fraction bits. q: [n rounded up to 32], the rest zeroed. */
void rv_quantise(int8_t *q, rv_scale *scale, const int32_t *v, int32_t n, int32_t fraction);

/* SwiGLU (Shazeer 2020): q * scale = silu(gate) * up. gate_up: [2n] Q16, gate first; overwritten. */
void rv_swiglu_quantise(int8_t *q, rv_scale *scale, int32_t *gate_up, int32_t n);

/*
 * Its first half, for some of the columns: gate[i] = silu(gate[i]) * up[i], Q16 to Q20, n at least 1. rv_quantise of all
 * columns' products, with 20 fraction bits, gives rv_swiglu_quantise's bits.
 */
void rv_swiglu_products(int32_t *gate, const int32_t *up, int32_t n);

/*
 * Attention of one layer with grouped queries (Ainslie et al. 2023) over an INT8 cache.
 * Keys and values are quantised per head and position; their scale is a 16-bit number
 * (12 bits of mantissa below 4 of exponent): mantissa << exponent is the largest magnitude, in Q16.
 */
typedef struct {
	int8_t *keys, *values;               /* [kv_heads][capacity][head_dim] */
	uint16_t *key_scales, *value_scales; /* [kv_heads][capacity rounded up to 16] */
	const uint32_t *frequencies;         /* [head_dim / 2] turns per position, in Q32 */
	int32_t heads, kv_heads, head_dim;   /* head_dim: even, 2 to 256 */
	int32_t capacity;                    /* positions, at most RV_MAX_POSITIONS */
	uint32_t score_mantissa;             /* log2(e) / (127 * sqrt(head_dim)) = mantissa * 2^-shift, */
	int32_t score_shift;                 /* mantissa in [2^14, 2^15) */
} rv_attention;

#define RV_MAX_POSITIONS 32768
#define RV_SCALE_STRIDE(capacity) (((capacity) + 15) & ~15)

/*
 * Rotates the queries and keys of `qkv` ([heads + 2 kv_heads][head_dim] Q16: queries, keys, values)
 * to `position` (rotary embedding of adjacent pairs, Su et al. 2021), quantises them, and stores keys
 * and values in the cache. queries: [heads][head_dim]; query_scales: [heads].
 */
void rv_rope_store(const rv_attention *a, int32_t *qkv, int32_t position, int8_t *queries, rv_scale *query_scales);

/*
 * mixed[h][i] = sum over t <= position of softmax_t(q_h . k_t / sqrt(head_dim)) * v_t[i], in Q16.
 * scratch: rv_attention_scratch_size bytes, 64-byte aligned. Probabilities below 2^-16 of the
 * largest are 0. Cost: 2 * head_dim MACs and one exponential per head and position.
 */
void rv_attend_portable(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales,
	int32_t *mixed, void *scratch);
int32_t rv_attention_scratch_size(int32_t capacity);

/*
 * The same over some of the positions: runs[0] runs of neighbours, then start and length of each, in order, without overlap
 * and none beyond `position`, as rv_runs_valid checks. All positions in one run give rv_attend's bits.
 * Cost: as rv_attend for the positions that are in, and some 100 instructions for each run and head.
 */
void rv_attend_runs(const rv_attention *a, const uint16_t *runs, const int8_t *queries, const rv_scale *query_scales, int32_t *mixed, void *scratch);
int32_t rv_runs_valid(const uint16_t *runs, int32_t position);

/* Variants for 32-bit machines, which need no vectors. */
void rv_matvec_int4_swar(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_matvec_ternary_swar(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_matvec_binary_table(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_matvec_binary_xnor_words(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);

/* One name per operation, bound to the best variant of the target that is being compiled. */
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512VNNI__)
#define RV_VARIANT "avx512vnni"
void rv_matvec_avx512(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add);
void rv_matvec_int4_avx512(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_matvec_ternary_avx512(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_matvec_binary_avx512(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_attend_avx512(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales,
	int32_t *mixed, void *scratch);
#define rv_matvec rv_matvec_avx512
#define rv_matvec_int4 rv_matvec_int4_avx512
#define rv_matvec_ternary rv_matvec_ternary_avx512
#define rv_matvec_binary rv_matvec_binary_avx512
#define rv_matvec_binary_xnor rv_matvec_binary_xnor_portable
#define rv_attend rv_attend_avx512
#elif defined(__AVX2__)
#define RV_VARIANT "avx2"
void rv_matvec_avx2(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add);
void rv_matvec_int4_avx2(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_matvec_ternary_avx2(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_matvec_binary_avx2(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
#define rv_matvec rv_matvec_avx2
#define rv_matvec_int4 rv_matvec_int4_avx2
#define rv_matvec_ternary rv_matvec_ternary_avx2
#define rv_matvec_binary rv_matvec_binary_avx2
#define rv_matvec_binary_xnor rv_matvec_binary_xnor_portable
#define rv_attend rv_attend_portable
#elif defined(ESP_PLATFORM) && CONFIG_IDF_TARGET_ESP32S3
#define RV_VARIANT "esp32s3"
void rv_matvec_esp32s3(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add);
void rv_matvec_int4_esp32s3(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
void rv_attend_esp32s3(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales,
	int32_t *mixed, void *scratch);
#define rv_matvec rv_matvec_esp32s3
#define rv_matvec_int4 rv_matvec_int4_esp32s3
#define rv_matvec_ternary rv_matvec_ternary_swar
#define rv_matvec_binary rv_matvec_binary_table
#define rv_matvec_binary_xnor rv_matvec_binary_xnor_words
#define rv_attend rv_attend_esp32s3
#elif defined(__riscv) && __riscv_xlen == 32
#define RV_VARIANT "riscv"
void rv_matvec_swar(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add);
#define rv_matvec rv_matvec_swar
#define rv_matvec_int4 rv_matvec_int4_swar
#define rv_matvec_ternary rv_matvec_ternary_swar
#define rv_matvec_binary rv_matvec_binary_table
#define rv_matvec_binary_xnor rv_matvec_binary_xnor_words
#define rv_attend rv_attend_portable
#else
#define RV_VARIANT "portable"
#define rv_matvec rv_matvec_portable
#define rv_matvec_int4 rv_matvec_int4_portable
#define rv_matvec_ternary rv_matvec_ternary_portable
#define rv_matvec_binary rv_matvec_binary_portable
#define rv_matvec_binary_xnor rv_matvec_binary_xnor_portable
#define rv_attend rv_attend_portable
#endif

#endif
