/* The energy threshold that gates are compared with (tools/train/snn/baseline.ts), in integers, to count its instructions. Prints those of a sample. */
#include <stdint.h>
#include <stdio.h>

enum { HOP = 128, TICKS = 64, FRACTION = 8, MEAN = 13, WINDOW = 10, RISE = 9, FALL = 5, RATIO = 8 };

static int32_t mean, energy, floor_energy;

/* 128 samples: whether they wake. */
static __attribute__((noinline)) int32_t tick(const int16_t *x)
{
	for (int32_t i = 0; i < HOP; i++) {
		int32_t off = x[i] * (1 << FRACTION) - mean;
		mean += off >> MEAN;
		energy += ((off < 0 ? -off : off) - energy) >> WINDOW;
	}
	floor_energy += (energy - floor_energy) >> (energy > floor_energy ? RISE : FALL);
	return energy > RATIO * (floor_energy > 1 << FRACTION ? floor_energy : 1 << FRACTION);
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
