/*
 * Learning of the spiking gate on the device: the output weights of its neurons, and a nudge of its threshold; all else stays as trained.
 * Feedback is a rule of three factors (Fremaux and Gerstner 2016): what was active (traces), and whether the wake was right. Without
 * feedback, pairs of spikes (STDP: Song, Miller and Abbott 2000; by traces: Morrison, Diesmann and Gerstner 2008).
 * Bounded by design: no weight leaves the trained one by more than a quarter of it, or 8 where that is less, and no threshold by more than 128.
 */
#ifndef RV_SNN_LEARN_H
#define RV_SNN_LEARN_H

#include "snn-gate.h"

enum rv_snn_mode { RV_SNN_STILL, RV_SNN_TRACES /* feedback can be given */, RV_SNN_ADAPTS = 2 /* STDP */ };
enum rv_snn_feedback { RV_SNN_WRONG, RV_SNN_RIGHT, RV_SNN_MISSED };

/* Modes as bits. With any, a tick costs 6 instructions a neuron more; with RV_SNN_ADAPTS some 10. */
void rv_snn_learn_mode(rv_gate *g, int32_t mode);

/*
 * Feedback: the last wake was wrong, or right, or an event was missed (the highest output since then, which fades, is taken for it).
 * A neuron's weight moves by up to 1, or a quarter when it was right, as its trace was; the threshold by 16 up when wrong, down when
 * missed. Gives 0, and does nothing, where there is nothing to learn from: no wake, or one that had feedback, or no traces.
 */
int32_t rv_snn_reward(rv_gate *g, const rv_snn_table *t, int32_t feedback);

/*
 * STDP on the weights from neurons to output; a tick's part, after it. The output "spikes" when it rises to 100 below its threshold: then
 * each weight grows by its neuron's trace (up to 1/4), and what spikes after it shrinks by the output's trace (up to 1/3.75, a bit more, so
 * that chance shrinks weights: Song et al.). Homeostasis: every 64 ticks one weight in turn goes 1/16 back to the trained one.
 */
void rv_snn_stdp(rv_gate *g, const rv_snn_table *t);

/* rv_gate_push(), with STDP after each tick where the mode has it. */
int32_t rv_snn_learn_push(rv_gate *g, const rv_snn_table *t, const int16_t *samples, int32_t frames);

/* Weights and threshold as trained. */
void rv_snn_forget(rv_gate *g, const rv_snn_table *t);

#endif
