/*
 * Times the kernels on this computer.
 *
 *   kernels        prints for each kernel: name, MACs (0 where they are not its work), nanoseconds a call
 *   kernels I N    runs kernel I N times, for counting instructions
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "kernels.h"
#include "simd-kernels.h"

static void run(const kernel *k)
{
	if (k->restore)
		k->restore(); /* a small part of the time */
	k->run();
}

/* Nanoseconds of one call, from `repeat` calls. */
static double sample(const kernel *k, int64_t repeat)
{
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int64_t i = 0; i < repeat; i++)
		run(k);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / (double)repeat;
}

int main(int argc, char **argv)
{
	prepare();
	if (argc > 2) {
		for (long n = atol(argv[2]); n > 0; n--)
			run(kernels + atoi(argv[1]) % kernel_count);
		return 0;
	}
	printf("%s\n", RV_VARIANT);
	for (int k = 0; k < kernel_count; k++) {
		/* The shortest of 25 samples of about 4 ms: others were disturbed. */
		int64_t repeat = 1 + (int64_t)(4e6 / (sample(kernels + k, 20) + 1));
		double best = 1e300;
		for (int i = 0; i < 25; i++) {
			double ns = sample(kernels + k, repeat);
			best = ns < best ? ns : best;
		}
		printf("%s\t%lld\t%.1f\n", kernels[k].name, (long long)kernels[k].macs, best / kernels[k].calls);
	}
	return 0;
}
