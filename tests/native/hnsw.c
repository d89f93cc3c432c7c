/* The index against brute force, through insertions and removals in any order; damaged blocks; scratch to the byte. */

#include "check.h"
#include "hnsw.h"

static const int SPACES[][3] = { { RV_EUCLIDEAN, RV_INT8, 20 }, { RV_EUCLIDEAN, RV_UINT8, 16 }, { RV_COSINE, RV_INT8, 24 }, { RV_MANHATTAN, RV_UINT8, 9 }, { RV_HAMMING, RV_BITS, 64 }, { RV_DOT, RV_INT8, 16 }, { RV_POINCARE, RV_INT16, 5 }, { RV_LORENTZ, RV_INT16, 6 } };

/* Around one of eight centres, as real data are. */
static void draw(const rv_hnsw_config *config, void *vector)
{
	uint32_t centre = below(8);
	for (int i = 0; i < config->dims; i++) {
		int value = (int)((centre * 2654435761u >> (i % 24)) & 127) - 64 + (int)below(41) - 20;
		if (config->element == RV_INT16)
			((int16_t *)vector)[i] = (int16_t)(config->metric == RV_LORENTZ && i == 0 ? 6 : value * 120);
		else if (config->element == RV_BITS) {
			if (i % 8 == 0)
				((uint8_t *)vector)[i / 8] = (uint8_t)((centre * 2654435761u >> (i % 24)) ^ (1u << below(8)) ^ (1u << below(8)));
		}
		else
			((uint8_t *)vector)[i] = (uint8_t)value;
	}
}

static int even(void *context, uint32_t id)
{
	(void)context;
	return id % 2 == 0;
}

static void life(const int *space, int capacity, int m, int subspaces)
{
	rv_hnsw_config config = { space[0], space[1], space[2], capacity, m, 2 * m, 40, (uint32_t)random64(), subspaces, subspaces ? 4 : 0 };
	int32_t size = rv_hnsw_size(&config);
	CHECK(size > 0, "a size");
	rv_hnsw *index = allocate((size_t)size);
	rv_hnsw_init(index, &config);
	int32_t scratch_size = rv_hnsw_scratch_size(index, 30);
	uint8_t *whole = allocate((size_t)scratch_size + 16), *scratch = whole + (16 - ((uintptr_t)whole & 15)) % 16;
	int16_t vector[64];
	if (subspaces) {
		int8_t *samples = allocate(64 * (size_t)space[2]);
		void *work = allocate((size_t)rv_hnsw_train_size(index, 64));
		for (int i = 0; i < 64; i++)
			draw(&config, samples + i * space[2]);
		rv_hnsw_train(index, samples, 64, 4, work);
		free(samples);
		free(work);
	}
	int hits = 0, wanted = 0;
	for (int step = 0; step < 3 * capacity; step++) {
		int32_t id = (int32_t)below((uint32_t)capacity), distances;
		rv_found found[10], exact[10];
		if (!rv_hnsw_has(index, id)) {
			draw(&config, vector);
			CHECK(rv_hnsw_insert(index, id, vector, scratch), "insertion of %d", id);
		}
		else if (below(3) == 0)
			rv_hnsw_remove(index, id, scratch);
		if (step % 16)
			continue;
		CHECK(rv_hnsw_check(index, (uint32_t)size), "sound after step %d of %d, metric %d", step, capacity, space[0]);
		draw(&config, vector);
		int32_t count = rv_hnsw_search(index, vector, 10, 0, NULL, NULL, exact, scratch, &distances);
		CHECK(count == (index->count < 10 ? index->count : 10) && distances == index->count, "all are looked at");
		for (int i = 1; i < count; i++)
			CHECK(exact[i - 1].key < exact[i].key || (exact[i - 1].key == exact[i].key && exact[i - 1].id < exact[i].id), "in order");
		CHECK(rv_hnsw_search(index, vector, 10, 30, NULL, NULL, found, scratch, &distances) == count, "as many");
		for (int i = 0; i < count; i++)
			for (int j = 0; j < count; j++)
				hits += found[i].id == exact[j].id;
		wanted += count;
		int32_t odd = 0, passed = rv_hnsw_search(index, vector, 10, 30, even, NULL, found, scratch, &distances);
		for (int i = 0; i < passed; i++)
			odd += found[i].id & 1;
		CHECK(!odd, "what the filter refuses is no answer");
	}
	CHECK(hits * 100 >= wanted * 85, "recall %d of %d, metric %d, capacity %d", hits, wanted, space[0], capacity);
	/* A block that was written over somewhere: refused, or all that follows stays inside. */
	for (int round = 0; round < PART_OF(200); round++) {
		rv_hnsw *copy = allocate((size_t)size);
		memcpy(copy, index, (size_t)size);
		for (int i = 1 + (int)below(3); i > 0; i--)
			((uint8_t *)copy)[below(2) ? below((uint32_t)size) : below(64)] = (uint8_t)random64();
		if (rv_hnsw_check(copy, (uint32_t)size)) {
			int32_t distances;
			rv_found found[10];
			draw(&config, vector);
			rv_hnsw_search(copy, vector, 10, 30, NULL, NULL, found, scratch, &distances);
		}
		free(copy);
	}
	for (int32_t id = 0; id < capacity; id++)
		if (rv_hnsw_has(index, id))
			rv_hnsw_remove(index, id, scratch);
	CHECK(index->count == 0 && rv_hnsw_check(index, (uint32_t)size), "empty again");
	CHECK(!rv_hnsw_check(index, (uint32_t)size - 1) && !rv_hnsw_check(index, 10), "cut off");
	free(whole);
	free(index);
}

static void sizes(void)
{
	rv_hnsw_config small = { RV_EUCLIDEAN, RV_INT8, 64, 100, 5, 10, 100, 1, 0, 0 }, bad = small;
	CHECK(rv_hnsw_size(&small) <= 8192, "100 vectors of 64 with their graph: %d bytes", rv_hnsw_size(&small));
	bad.capacity = 0;
	CHECK(!rv_hnsw_size(&bad), "no capacity");
	bad.capacity = 65535;
	CHECK(!rv_hnsw_size(&bad), "more than numbers");
	bad = small, bad.m = 1;
	CHECK(!rv_hnsw_size(&bad), "one link");
	bad = small, bad.m0 = 65;
	CHECK(!rv_hnsw_size(&bad), "too many links");
	bad = small, bad.ef_construction = 9;
	CHECK(!rv_hnsw_size(&bad), "a narrow beam");
	bad = small, bad.subspaces = 7, bad.code_bits = 8;
	CHECK(!rv_hnsw_size(&bad), "parts that do not fit");
	bad = small, bad.subspaces = 8, bad.code_bits = 5;
	CHECK(!rv_hnsw_size(&bad), "codes of five bits");
	bad = small, bad.metric = RV_COSINE, bad.subspaces = 8, bad.code_bits = 8;
	CHECK(!rv_hnsw_size(&bad), "cosine of codes");
}

int main(int argc, char **argv)
{
	start(argc, argv, "hnsw");
	sizes();
	for (int round = 0; round < PART_OF(3); round++) {
		for (unsigned i = 0; i < sizeof(SPACES) / sizeof(*SPACES); i++) {
			life(SPACES[i], PART > 1 ? 60 : 200, 4 + (int)below(5), 0);
			life(SPACES[i], PART > 1 ? 40 : 300, 0, 0);
		}
		life(SPACES[0], PART > 1 ? 60 : 300, 6, 10);
		life(SPACES[5], 100, 6, 4);
	}
	return finish();
}
