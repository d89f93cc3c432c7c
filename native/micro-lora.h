/*
 * A low-rank adapter (Hu et al. 2021, LoRA) of the last hidden state h, and its training, in integers:
 *
 *   h' = h + B (A h)       A: [rank][n], B: [n][rank], Q12
 *
 * What the loss says of h' it says exactly, without going back through the model: g = W^T (p - onehot(target)), where W is
 * the output matrix; then dB = g (A h)^T and dA = (B^T g) h^T.
 */
#ifndef RV_MICRO_LORA_H
#define RV_MICRO_LORA_H

#include "simd-kernels.h"

#define RV_LORA_MAX_RANK 8
#define RV_LORA_FRACTION 12
/* Weights stay within [-4, 4]. */
#define RV_LORA_BOUND 16384

typedef struct {
	int16_t *a, *b;      /* [rank * n] each, Q12 */
	uint32_t *random;    /* state of the rounding; not 0 */
	int32_t *hidden;     /* [n] Q12: h, as rv_lora_apply found it */
	int32_t n, rank;
} rv_lora;

/*
 * Keeps h = q * scale in `hidden`, and makes q * scale h'. scratch: [n].
 * Cost: 2 n rank products of 32 bits, and a quantisation.
 */
void rv_lora_apply(const rv_lora *l, int8_t *q, rv_scale *scale, int32_t *scratch);

/*
 * gradient = W^T (softmax(logits) - onehot(target)), Q16. logits: [vocab] Q16. Rows whose probability is below 2^-16
 * are left out. Cost: a product for each weight of the rows that count, and one exponential for each row.
 */
void rv_lora_gradient(int32_t *gradient, int64_t *scratch, const int32_t *logits, int32_t target, const rv_matrix *w);
/* The same for INT4 (kind 4), ternary (5) and binary (6) matrices. */
void rv_lora_gradient_grouped(int32_t *gradient, int64_t *scratch, const int32_t *logits, int32_t target, const rv_matrix_grouped *w, int kind);

/*
 * One step against the gradient, of length `rate` (Q16) at most: the gradient of A and B is divided by its norm where that
 * is above 1. Rounding is stochastic, so that small steps are not lost on average (Gupta et al. 2015).
 */
void rv_lora_step(const rv_lora *l, const int32_t *gradient, int32_t rate);

#endif
