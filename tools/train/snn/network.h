/* The network that is trained: float weights in units of the gate's integers, and the same rounded to them. */
#ifndef SNN_TRAIN_NETWORK_H
#define SNN_TRAIN_NETWORK_H

#include <stdint.h>
#include "sequences.h"

enum { H = MOST_HIDDEN, LINES = 24, DELAYS = 4, THETA = 512 };

/* `decay` holds log time constants in ticks while learning, x / 256 when quantised. Recurrent rows go from [a neuron] to all. */
typedef struct {
	float in[DELAYS][LINES][H], recurrent[H][H], decay[H], out[H], bias;
} network;

typedef struct {
	float *u, *v, *before; /* of each tick: output, potential of neurons, and before it decayed */
	uint32_t *spikes;
} trace;

trace *trace_new(int ticks);
void trace_free(trace *t);
void network_random(network *n, const options *o, uint32_t (*next)(void));
void network_quantise(const network *n, const options *o, network *q);
/* Gives the spikes of the window. */
float network_forward(const network *q, const options *o, const sequence *s, int at, trace *t);
void network_backward(const network *q, const options *o, const sequence *s, int at, const trace *t, const float *du, network *gradient);
void network_add(network *sum, const network *n);
void network_adam(network *n, network *gradient, network *m, network *v, const options *o, float rate, int step);
/* Weights of a file that network_write made, to go on from; 0 where it holds other sizes. */
int network_read(network *n, const options *o, const char *path);
int network_write(const network *q, const options *o, const char *path);

#endif
