/* A matrix product on two cores. */
#ifndef RV_MATVEC_SPLIT_H
#define RV_MATVEC_SPLIT_H

#include "simd-kernels.h"
#include "worker.h"

/*
 * Below so many products a handing over, some microseconds, costs more than half of the work. Projected for
 * a scalar core at 240 MHz and 5 cycles a product: 8192 are 170 microseconds.
 */
#define RV_SPLIT_PRODUCTS 8192

/*
 * As rv_matvec, and the same bits; `worker`, unless it is NULL or the matrix is small, takes the second half
 * of the rows, from a whole tile on.
 */
void rv_matvec_split(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add, const rv_worker *worker);

#endif
