/* What the assembly in this folder provides; each file describes its functions. */
#ifndef RV_ESP32S3_KERNELS_H
#define RV_ESP32S3_KERNELS_H

#include <stdint.h>

void rv_matvec_sums_esp32s3(int32_t *sums, const int8_t *tiles, int32_t rows, int32_t columns, const int8_t *x, void *scratch);
void rv_matvec_sums_int4_esp32s3(int32_t *sums, const uint8_t *tiles, const uint8_t *group_scales, int32_t rows, int32_t columns,
	const int8_t *x);
void rv_scores8_esp32s3(int32_t *dots, const int8_t *query, const int8_t *keys, int32_t count);
void rv_mix_esp32s3(int32_t *sums, const uint16_t *weights, const int8_t *values, int32_t head_dim, int32_t count);
void rv_dot_block_esp32s3(int32_t *dots, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count);
void rv_hamming_block_esp32s3(int32_t *distances, const uint8_t *query, const uint8_t *vectors, int32_t stride, int32_t count);

#endif
