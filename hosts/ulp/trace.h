/* What a tick of the gate comes to, so that two machines can be compared bit for bit: a CRC-32 of all ticks' records is the digest. */
#ifndef RV_ULP_TRACE_H
#define RV_ULP_TRACE_H

#include "snn-gate.h"

typedef struct {
	int32_t output, threshold;
	uint32_t spikes;                    /* of hidden neurons */
	uint32_t counts[RV_SNN_LINES / 8];  /* spikes of the lines, 4 bits each */
} ulp_record;

static inline void ulp_trace(const rv_gate *g, volatile ulp_record *r)
{
	const uint32_t *counts = g->lines.ring[(g->tick - 1) % RV_SNN_RING];
	r->output = g->network.u;
	r->threshold = g->threshold;
	r->spikes = g->network.spikes;
	for (int i = 0; i < RV_SNN_LINES / 8; i++)
		r->counts[i] = counts[i];
}

#endif
