/*
 * Counts the instructions of each kernel on a bare RV32IMC machine, by its minstret.
 * Prints for each: name, MACs of a call (0 where they are not its work), instructions of a call, calls for a token.
 */
#include <stdio.h>
#include "kernels.h"

static uint32_t retired(void)
{
	uint32_t n;
	__asm__ volatile(".option push\n.option arch, +zicsr\ncsrr %0, minstret\n.option pop" : "=r"(n));
	return n;
}

static void nothing(void) {}

static uint32_t count(void (*run)(void))
{
	uint32_t start = retired();
	run();
	return retired() - start;
}

int main(void)
{
	prepare();
	uint32_t empty = count(nothing);
	for (int k = 0; k < kernel_count; k++) {
		if (kernels[k].restore)
			kernels[k].restore();
		uint32_t n = (count(kernels[k].run) - empty) / (uint32_t)kernels[k].calls;
		printf("%s\t%ld\t%lu\t%d\n", kernels[k].name, (long)kernels[k].macs, (unsigned long)n, kernels[k].per_token);
	}
	return 0;
}
