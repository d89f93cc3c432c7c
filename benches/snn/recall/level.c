/* The level detector that gates are compared with, in integers, to count its instructions. Prints them for a sample. */
#include <stdint.h>
#include <stdio.h>
#include "snn-filterbank.h"

enum { HOP = 128, TICKS = 64, FALL = 3, RISE = 7, SLOW = 8, THRESHOLD = 80, HOLD = 2 };

static int32_t mean, floor_level, run;

/* A tick: whether it wakes. Mean and floor with 8 fraction bits. */
static __attribute__((noinline)) int32_t tick(const int16_t *x)
{
	uint32_t sum = 0;
	for (int32_t i = 0; i < HOP; i++) {
		int32_t off = x[i] - (mean >> 8);
		sum += (uint32_t)(off < 0 ? -off : off);
		mean += off << 8 >> SLOW;
	}
	int32_t level = rv_bank_log2(sum) << 8, off = level - floor_level;
	floor_level += off >> (off < 0 ? FALL : RISE);
	run = level - floor_level >= THRESHOLD << 8 ? run + 1 : 0;
	return run >= HOLD;
}

static uint32_t retired(void)
{
	uint32_t n;
	__asm__ volatile(".option push\n.option arch, +zicsr\ncsrr %0, minstret\n.option pop" : "=r"(n));
	return n;
}

int main(void)
{
	static int16_t x[HOP];
	uint32_t state = 1, wakes = 0, all = 0;
	for (int32_t t = 0; t < TICKS; t++) {
		for (int32_t i = 0; i < HOP; i++)
			x[i] = (int16_t)((int32_t)(state = state * 1664525 + 1013904223) >> 20);
		uint32_t start = retired();
		wakes += (uint32_t)tick(x);
		all += retired() - start;
	}
	printf("%lu.%lu\n", (unsigned long)(all / (HOP * TICKS)), (unsigned long)(all * 10ull / (HOP * TICKS) % 10));
	return wakes > TICKS;
}
