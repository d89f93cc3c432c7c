/*
 * The network of the spiking gate: a layer of leaky integrate-and-fire neurons (Lapicque 1907; Gerstner and Kistler 2002, chapter 4) on
 * delayed spikes, and a leaky sum of theirs as output. What is silent costs nothing: only rows of lines that spiked are added.
 */
#ifndef RV_SNN_NETWORK_H
#define RV_SNN_NETWORK_H

#include "snn-encode.h"

enum { RV_SNN_OUT_FRACTION = 4, RV_SNN_WEIGHT = 4096 /* out stays below */, RV_SNN_OUTPUT = 1 << 22 /* u stays below */ };

typedef struct {
	int32_t u;                     /* output */
	uint32_t spikes;               /* of the last tick, bit of each neuron */
	int16_t v[RV_SNN_HIDDEN];      /* potentials, at most 8 thresholds */
	int16_t out[RV_SNN_HIDDEN];    /* output weights with 4 fraction bits: the table's, and what was learned since */
} rv_snn_network;

void rv_snn_network_reset(rv_snn_network *n, const rv_snn_table *t);

/*
 * One tick, its counts already on the lines. For each neuron h, with z the spikes of the tick before:
 *   v = (v * decay >> 8) + sum win[delay][line][h] * count[line](tick - delay) + sum wrec[j][h] * z[j], clamped to 8 theta both ways;
 *   it spikes where v >= theta, and then v -= theta. At last u = (u * outDecay >> 8) + (sum of spiking neurons' out >> 4) + bias.
 */
void rv_snn_network_tick(rv_snn_network *n, const rv_snn_table *t, const rv_snn_lines *l, uint32_t tick);

#endif
