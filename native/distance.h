/* A query against a block of vectors, for indices: one call scores many. Plain C99, as simd-kernels.h. */
#ifndef RV_DISTANCE_H
#define RV_DISTANCE_H

#include <stdint.h>
#ifdef ESP_PLATFORM
#include "sdkconfig.h"
#endif

/*
 * dots[i] = query . vectors[i]. Vectors follow each other `stride` bytes apart, a multiple of 16, and the query
 * has as many: what lies behind a vector's dimensions is 0. Exact for strides up to 65536.
 * Cost: a multiplication for each byte; sixteen in one instruction on the ESP32-S3.
 */
void rv_dot_block_portable(int32_t *dots, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count);

/* distances[i] = bits in which vectors[i] differs from the query; layout as above. */
void rv_hamming_block_portable(int32_t *distances, const uint8_t *query, const uint8_t *vectors, int32_t stride, int32_t count);

/* As rv_dot_block, of unsigned numbers; strides up to 16384. */
void rv_dot_block_uint8(int32_t *dots, const uint8_t *query, const uint8_t *vectors, int32_t stride, int32_t count);

/* distances[i] = sum of the absolute differences of elements. */
void rv_manhattan_block(int32_t *distances, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count);

#if defined(ESP_PLATFORM) && CONFIG_IDF_TARGET_ESP32S3
/* query, vectors: 16-byte aligned */
void rv_dot_block_esp32s3(int32_t *dots, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count);
void rv_hamming_block_esp32s3(int32_t *distances, const uint8_t *query, const uint8_t *vectors, int32_t stride, int32_t count);
#define rv_dot_block rv_dot_block_esp32s3
#define rv_hamming_block rv_hamming_block_esp32s3
#else
#define rv_dot_block rv_dot_block_portable
#define rv_hamming_block rv_hamming_block_portable
#endif

#endif
