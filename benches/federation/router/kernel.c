/*
 * A decision by the kernel alone, over 5 chips: prints nanoseconds on a computer, instructions on a bare RV32IMC machine.
 * The loads differ each time.
 */
#include <stdio.h>
#include "chip-router.h"

#ifdef __riscv
enum { DECISIONS = 200, ROUNDS = 1 };
static uint64_t now(void)
{
	uint32_t n;
	__asm__ volatile(".option push\n.option arch, +zicsr\ncsrr %0, minstret\n.option pop" : "=r"(n));
	return n;
}
#else
#include <time.h>
enum { DECISIONS = 2000, ROUNDS = 2000 };
static uint64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}
#endif

static rv_router router;
static rv_router_request request;

int main(void)
{
	uint64_t best = UINT64_MAX;
	int32_t sum = 0;
	rv_router_init(&router, RV_ROUTER_LOAD, 5);
	for (int i = 0; i < 58; i++)
		((int8_t *)&router.cell)[i] = (int8_t)(i * 37);
	for (int c = 0; c < 5; c++)
		request.hop[c] = (uint16_t)(c * 1000);
	/* The shortest of some rounds: others were disturbed. */
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = now();
		for (int i = 0; i < DECISIONS; i++) {
			request.load[i % 5] = (uint8_t)(i & 63);
			request.position = (uint8_t)i;
			rv_router_step(&router, &request);
			sum += rv_router_route(&router, &request);
		}
		uint64_t took = now() - start;
		best = took < best ? took : best;
	}
	printf("%lu %ld\n", (unsigned long)(best * 10 / DECISIONS), (long)sum);
	return 0;
}
