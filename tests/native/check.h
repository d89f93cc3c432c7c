/*
 * What every test program here shares: checks that count, and random numbers from a printed seed.
 * main() is: start(argc, argv, "name"); ... return finish();
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of n rounds a part, for slow machines, such as emulated ones: compile with -DPART=17 for a 17th. */
#ifndef PART
#define PART 1
#endif
#define PART_OF(n) (((n) + PART - 1) / PART)

static const char *check_name;
static long check_count, check_failures;
static uint64_t check_state;

#define CHECK(condition, ...) \
	do { \
		check_count++; \
		if (!(condition) && ++check_failures <= 20) { \
			printf("%s:%d: %s: ", __FILE__, __LINE__, #condition); \
			printf(__VA_ARGS__); \
			printf("\n"); \
		} \
	} while (0)

/* The seed is the first argument, or 1. */
static void start(int argc, char **argv, const char *name)
{
	check_name = name;
	check_state = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	printf("%s: seed %llu\n", name, (unsigned long long)check_state);
}

static int finish(void)
{
	printf("%s: %ld checks, %ld failed\n", check_name, check_count, check_failures);
	return check_failures != 0;
}

/* splitmix64 (Steele, Lea, Flood 2014) */
static inline uint64_t random64(void)
{
	uint64_t z = check_state += 0x9E3779B97F4A7C15u;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static inline uint32_t below(uint32_t n)
{
	return (uint32_t)((random64() >> 32) * n >> 32);
}

/* An exact allocation, so that the address sanitizer sees the first byte too many; freed by the caller. */
static inline void *allocate(size_t bytes)
{
	void *memory = malloc(bytes ? bytes : 1);
	if (!memory)
		exit(2);
	return memory;
}

#endif
