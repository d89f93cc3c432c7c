/*
 * Whether spike lines spike together: the last stage of a spiking wake gate. A word or a fall drives several lines at once; a click
 * in one band, a stuck channel and noise of its own in each channel do not. Lines are nodes, coincidences above chance are edges,
 * and what it would take to cut a set of lines in two says how well it hangs together.
 * Global minimum cuts: Stoer and Wagner 1997. Sets that nothing larger holds together as well, found by cutting again and again:
 * k-strong components, Benczúr and Karger 1996.
 * Nothing depends on the lines' order. On RV32IMC: 1.2 KB of code; 4 lines take some 4,500 instructions, 6 some 12,000, 10 12,000 (no
 * spikes) to 47,000, 24 780,000; under 1 KB of stack.
 */
#ifndef RV_SNN_COHERENCE_H
#define RV_SNN_COHERENCE_H

#include <stdint.h>

enum { RV_COHERENCE_LINES = 24, RV_COHERENCE_TICKS = 32 };

/* All zero where no two lines coincide more than by chance. */
typedef struct {
	int32_t cut;    /* of the coherent set, by its other nodes: 0 to 240; a clique of edges w has w */
	int32_t nodes;  /* lines in the set */
	int32_t spikes; /* of those lines */
	int32_t share;  /* of all spikes, in 255ths */
} rv_coherence;

/* Needs no preparation. `weight` is left as the graph was: symmetric, 0 to 240, zero on its diagonal. */
typedef struct {
	uint16_t weight[RV_COHERENCE_LINES][RV_COHERENCE_LINES], merged[RV_COHERENCE_LINES][RV_COHERENCE_LINES];
} rv_coherence_scratch;

/*
 * raster: a word for each of at most RV_COHERENCE_LINES lines, bit 0 the newest tick. least: fewest lines of a set, 2 or more.
 * An edge is 32 times the covariance of one line's spikes with the other's, one tick of play to either side, mean of both ways:
 * trains that know nothing of each other have zero in the mean, k ticks in a row on both lines k * (31 - k).
 */
void rv_coherence_of(rv_coherence *c, const uint32_t *raster, int32_t lines, int32_t least, rv_coherence_scratch *s);

/* The minimum cut of the nodes of `set`, two or more, in s->weight; `side`: the nodes of one side. */
uint32_t rv_coherence_cut(rv_coherence_scratch *s, uint32_t set, uint32_t *side);

#endif
