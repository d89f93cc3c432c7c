/*
 * Two harts of QEMU's "virt" board as a chip: hart 0 is the main processor, hart 1 the low-power core in its own 8 KB. What else it
 * may touch (start.S) stands for its peripherals: samples, a wake line, and instruments that no chip has.
 */
#ifndef RV_ULP_BOARD_H
#define RV_ULP_BOARD_H

#define BOARD_ULP 0x80100000      /* tools/build/ulp.ts links there */
#define BOARD_METERS 0x80180000   /* 4 KB */
#define BOARD_INPUT 0x82000000    /* 32 MB */
#define BOARD_TRACE 0x84000000    /* 64 MB */
#define BOARD_WAKE_LINES 0x02000000 /* the CLINT's software interrupts, a word for each hart */
#define BOARD_TEST 0x00100000

#define BOARD_ENDED 1
#define BOARD_TRAPPED 2

#ifndef __ASSEMBLER__
#include <stdint.h>

enum { INPUT_TRACE = 1, INPUT_TURNS = 2 };

/* Laid down by tools/snn/ulp/run.ts. */
typedef struct {
	uint32_t frames;
	uint32_t flags;        /* INPUT_TRACE: ticks are recorded. INPUT_TURNS: hart 1 waits while hart 0 is awake, so that each can be counted */
	uint32_t bytes;        /* of the low-power core's memory: a power of two from 8192 on */
	uint32_t stack_end, stack_top; /* offsets in it */
	uint32_t reserved[3];
	int16_t samples[];
} board_input;

/* Of hart 1; instructions by its counter, which in QEMU is that of both harts, so only INPUT_TURNS makes them its own. */
typedef struct {
	uint32_t state, cause, pc, address; /* 0, BOARD_ENDED or BOARD_TRAPPED; the trap's */
	uint32_t frames, ticked;
	uint32_t since, starting;           /* counter when the gate went to work; instructions before it first did */
	uint32_t inTick, most, mostTick;    /* instructions: since the last tick, most for one read, most for one tick */
	uint64_t instructions;              /* of the gate: all but starting, reading the samples and waiting */
	uint64_t reading;                   /* of copying samples */
} board_meters;

#define METERS ((volatile board_meters *)BOARD_METERS)
#define INPUT ((const volatile board_input *)BOARD_INPUT)
#define WAKE_LINE(hart) (((volatile uint32_t *)BOARD_WAKE_LINES)[hart])

static inline uint32_t retired(void)
{
	uint32_t n;
	__asm__ volatile(".option push\n.option arch, +zicsr\ncsrr %0, minstret\n.option pop" : "=r"(n));
	return n;
}

static inline void order(void)
{
	__asm__ volatile("fence" : : : "memory");
}

/* Until this hart's wake line is raised: it is enabled, but not taken as an interrupt. */
static inline void wait_for_interrupt(void)
{
	__asm__ volatile("wfi" : : : "memory");
}
#endif

#endif
