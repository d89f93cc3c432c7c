/*
 * Ten bands of sound in integers: a tree of half-band filters, each two first-order all-passes in parallel on every other
 * sample (polyphase IIR: Valenzuela and Constantinides 1983), so that a whole octave tree costs some forty instructions a sample.
 */
#ifndef RV_SNN_FILTERBANK_H
#define RV_SNN_FILTERBANK_H

#include <stdint.h>

enum { RV_BANK_BANDS = 10, RV_BANK_BLOCK = 32, RV_BANK_NODES = 9 };

/* Last input and output of the two all-passes of each filter. */
typedef struct {
	int32_t x[2], y[2];
} rv_bank_node;

/* `sum`: magnitudes of each band since they were last cleared. */
typedef struct {
	rv_bank_node node[RV_BANK_NODES];
	uint32_t sum[RV_BANK_BANDS];
} rv_bank;

/*
 * Takes in RV_BANK_BLOCK samples. At 8 kHz the bands are, in Hz: 0 0-125, 1 125-250, 2 250-375, 3 375-500, 4 500-750, 5 750-1000,
 * 6 1000-1500, 7 1500-2000, 8 2000-3000, 9 3000-4000. A sum grows by less than 2^23 a block.
 */
void rv_bank_block(rv_bank *b, const int16_t *samples);

/* log2 of x + 1 with 5 fraction bits, linear between powers of two; 0 to 1023. */
int32_t rv_bank_log2(uint32_t x);

#endif
