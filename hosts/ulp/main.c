/*
 * The gate as a program of its own: reads samples, and wakes the main processor when the gate does. A core that halts between samples
 * starts at the beginning each time and finds its state where it left it, so nothing is cleared here but by ULP_RUNNING's absence.
 * The table is a constant that the linker's optimiser sees: what this table does not need is not in the image.
 */
#include <stddef.h>
#include "port.h"

extern const uint8_t ulp_table[];
extern const uint8_t ulp_image[];

#define TABLE ((const rv_snn_table *)(const void *)ulp_table)
#define OFFSET(thing) ((uint32_t)((const uint8_t *)&(thing) - ulp_image))

volatile ulp_mailbox ulp_mail __attribute__((section(".mailbox"))) = { .layout = ULP_LAYOUT };
/* Last of all variables, and given room by ulp.ld: its records of encoders that the table has not are where the stack ends. */
extern rv_gate ulp_gate;
#define STATE_BYTES (offsetof(rv_gate, encoder) + ULP_ENCODERS * sizeof(rv_snn_encoding_state))
/* A block of the filterbank, which then need not be copied; or frames of a sensor. */
enum { ULP_SAMPLES = RV_BANK_BLOCK };
static int16_t samples[ULP_SAMPLES];
static int32_t heard; /* frames in it */

static void start(void)
{
	/* This clears the stack's end with it, which is not yet in use. */
	rv_gate_reset(&ulp_gate, TABLE);
	heard = 0;
	ulp_mail.wakes = ulp_mail.ticks = ulp_mail.overruns = ulp_mail.version = 0;
	ulp_mail.state = OFFSET(ulp_gate);
	ulp_mail.table = OFFSET(ulp_table);
	ulp_mail.running = ULP_RUNNING;
	__asm__ volatile(".globl __ulp_state\n.set __ulp_state, %c0\n.globl __ulp_unused\n.set __ulp_unused, %c1"
		: : "i"(STATE_BYTES), "i"(sizeof(rv_gate) - STATE_BYTES));
}

static void tell(void)
{
	/* By words, in order: the reader looks at the version before and after. */
	const uint32_t *from = (const uint32_t *)&ulp_gate.event, *end = from + sizeof(rv_gate_event) / 4;
	volatile uint32_t *to = (volatile uint32_t *)&ulp_mail.event;
	ulp_mail.version++;
	while (from < end)
		*to++ = *from++;
	ulp_mail.version++;
	ulp_mail.wakes++;
	ulp_wake_main();
}

int main(void)
{
	/* All frames of a tick at once cost least; a frame alone where they are too many. */
	const int32_t sound = TABLE->kind == RV_SNN_SOUND, all = TABLE->hop * TABLE->channels <= ULP_SAMPLES;
	const int32_t frames = sound ? RV_BANK_BLOCK : all ? TABLE->hop : 1;
	ulp_begin();
	if (ulp_mail.running != ULP_RUNNING)
		start();
	for (;; ulp_rest(TABLE)) {
		heard += ulp_read_samples(samples + heard * TABLE->channels, frames - heard, TABLE, &ulp_mail.overruns);
		if (heard < frames)
			continue;
		heard = 0;
		/* A tick is whole blocks or frames: these never go beyond it. */
		rv_gate_tick(&ulp_gate, TABLE, samples, frames);
		if (ulp_gate.ticked) {
			ulp_mail.ticks = ulp_gate.tick;
			ulp_ticked(&ulp_gate);
			if (ulp_gate.woke)
				tell();
		}
	}
}
