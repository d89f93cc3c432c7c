/*
 * A FastGRNN cell of 8 inputs and 4 hidden units, in integers: Kusupati et al., "FastGRNN: A Fast, Accurate, Stable and Tiny Kilobyte
 * Sized Gated Recurrent Neural Network", NeurIPS 2018, equations of section 3.2, with full W and U, which gate and candidate share:
 *
 *     a = W x + U h;   z = sigmoid(a + b_z);   c = tanh(a + b_h);   h' = (zeta (1 - z) + nu) c + z h
 */
#ifndef RV_FAST_GRNN_H
#define RV_FAST_GRNN_H

#include <stdint.h>

enum { RV_GRNN_INPUTS = 8, RV_GRNN_HIDDEN = 4 };

/* 58 bytes. Weights and biases have 5 fraction bits (-4 to 4), zeta and nu 8. */
typedef struct {
	int8_t w[RV_GRNN_HIDDEN][RV_GRNN_INPUTS], u[RV_GRNN_HIDDEN][RV_GRNN_HIDDEN];
	int8_t gate[RV_GRNN_HIDDEN], candidate[RV_GRNN_HIDDEN]; /* b_z, b_h */
	uint8_t zeta, nu;
} rv_grnn;

/*
 * One step. h: 12 fraction bits, saturated (-8 to 8); x: 7 fraction bits (-1 to 1). All bytes that there can be are weights. About 350
 * instructions on RV32IMC.
 */
void rv_grnn_step(const rv_grnn *g, int16_t h[RV_GRNN_HIDDEN], const int8_t x[RV_GRNN_INPUTS]);

#endif
