/* Whether the kernels of this build give the bits of the reference, on the chip that runs them. */
#ifndef RV_KERNEL_CHECK_H
#define RV_KERNEL_CHECK_H

#include "simd-kernels.h"

/* The kernels that come in variants. */
typedef void rv_grouped_kernel(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch);
typedef struct {
	void (*matvec)(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add);
	rv_grouped_kernel *matvec_int4, *matvec_ternary, *matvec_binary, *matvec_binary_xnor;
	void (*attend)(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *query_scales, int32_t *mixed, void *scratch);
} rv_kernel_set;

/* Those that the names of simd-kernels.h are bound to where this file is compiled. */
extern const rv_kernel_set rv_bound_kernels;

/*
 * Runs each kernel on small pseudo-random inputs beside its reference: NULL when all give the same bits,
 * else the name of the first that does not. scratch: rv_kernel_check_scratch_size bytes, 64-byte aligned.
 * Cost: 500 thousand instructions on RV32.
 */
const char *rv_kernel_check(const rv_kernel_set *kernels, void *scratch);
int32_t rv_kernel_check_scratch_size(void);

#endif
