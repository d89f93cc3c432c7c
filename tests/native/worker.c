/* Products on two cores: the bits of one core, for every shape, with a worker that is busy, idle and asleep. */

#ifndef RV_HAS_WORKER
#define RV_HAS_WORKER 1
#endif
#include <unistd.h>
#include "kernels.h"
#include "matvec-split.h"

static int handed_over;
static const rv_worker *second;

static void run(void (*part)(void *), void *argument)
{
	handed_over++;
	second->run(part, argument);
}

static void wait_for_part(void)
{
	second->wait();
}

static const rv_worker COUNTING = { run, wait_for_part };

static void multiply(int32_t rows, int32_t columns)
{
	rv_matrix m = random_matrix(rows, columns, BYTES_ANY, 20);
	rv_scale scale = { 16384 + below(16384), 16 };
	int8_t *x = allocate((size_t)PADDED(columns));
	int32_t *one = allocate((size_t)rows * 4), *two = allocate((size_t)rows * 4);
	int add = (int)below(2), before = handed_over;
	fill_bytes(x, columns, BYTES_ANY);
	memset(x + columns, 0, (size_t)(PADDED(columns) - columns));
	fill_words(one, rows, WORDS_UNIT);
	memcpy(two, one, (size_t)rows * 4);
	rv_matvec(one, &m, x, &scale, add);
	rv_matvec_split(two, &m, x, &scale, add, &COUNTING);
	CHECK(memcmp(one, two, (size_t)rows * 4) == 0, "%d x %d, add %d", rows, columns, add);
	CHECK((handed_over > before) == (rows > RV_TILE_ROWS && (int64_t)rows * columns >= RV_SPLIT_PRODUCTS), "%d x %d: handed over %d", rows, columns, handed_over - before);
	rv_matvec_split(two, &m, x, &scale, 0, NULL);
	free(one);
	free(two);
	free(x);
	free_matrix(&m);
}

int main(int argc, char **argv)
{
	start(argc, argv, "worker");
	second = rv_worker_start();
	CHECK(second != NULL && second == rv_worker_start(), "no worker, or two");
	if (!second)
		return finish();
	for (int i = 0; i < LENGTH(SIZES); i++)
		for (int j = 0; j < LENGTH(SIZES); j++)
			multiply(SIZES[i], SIZES[j]);
	for (int32_t rows = 1; rows < 200; rows++)
		multiply(rows, 64 + (int32_t)below(200));
	/* Quick turns, and pauses in which the worker falls asleep. */
	for (int i = 0; i < 2000; i++) {
		multiply(128, 64);
		if (i % 500 == 0)
			usleep(2000);
	}
	CHECK(handed_over > 2000, "handed over %d times", handed_over);
	return finish();
}
