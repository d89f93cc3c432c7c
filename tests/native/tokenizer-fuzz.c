/*
 * native/tokenizer on damaged sections: whatever tokenizer_init lets pass, encode and piece must stay
 * inside their buffers (the sanitizers watch), end, and return ids of the vocabulary.
 */

#include "vocabulary.h"

#define ROUNDS PART_OF(20000)

static long accepted;

/* Where a change is likely to pass init: ids, ranks, kinds and keys, by values that are in range. */
static void mutate_gently(uint8_t *section, const uint8_t *original, const struct tokenizer *t)
{
	uint32_t merges = (uint32_t)((const uint8_t *)t->merges - original), points = (uint32_t)((const uint8_t *)t->points - original);
	uint32_t ascii = (uint32_t)((const uint8_t *)t->ascii - original), ranks = (uint32_t)((const uint8_t *)t->ranks - original);
	uint32_t kinds = (uint32_t)((const uint8_t *)t->kinds - original);
	switch (below(5)) {
	case 0:
		if (points > merges)
			put(section, merges + 2 * below((points - merges) / 2), below(t->vocab), 2);
		break;
	case 1:
		put(section, ranks + 2 * below(t->vocab), below(65536), 2);
		break;
	case 2:
		section[kinds + below(t->vocab)] = (uint8_t)below(256);
		break;
	case 3:
		put(section, ascii + 2 * below(128), below(t->vocab), 2);
		break;
	default:
		put(section, 6 + 2 * below(6), below(t->vocab), 2);
	}
}

static void mutate_wildly(uint8_t *section, uint32_t size)
{
	static const uint32_t VALUES[] = { 0, 1, 2, 3, 255, 256, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF };
	uint32_t at = below(3) ? below(size) : below(32);
	if (below(2))
		section[at] ^= (uint8_t)(1u << below(8));
	else if (at + 4 <= size)
		put(section, at & ~1u, VALUES[below(sizeof VALUES / sizeof *VALUES)], below(2) ? 4 : 2);
}

static void use(const struct tokenizer *t)
{
	for (int i = 0; i < 3; i++) {
		uint32_t n = below(120), scratch_bytes = below(4) ? tokenizer_scratch_size(n) : below(2000), capacity = below(4) ? n + 3 : below(n + 1);
		uint8_t *text = allocate(n);
		int32_t *ids = allocate(4 * capacity);
		void *scratch = allocate(scratch_bytes);
		random_text(text, n);
		int32_t count = tokenizer_encode(t, text, n, below(4), ids, capacity, scratch, scratch_bytes);
		CHECK(count <= (int32_t)capacity, "%d ids in room for %u", (int)count, capacity);
		for (int32_t k = 0; k < count; k++) {
			const uint8_t *bytes;
			int32_t length = tokenizer_piece(t, below(2) ? (int32_t)t->bos : -1, ids[k], &bytes);
			uint32_t sum = 0;
			CHECK(length >= 0, "id %d is not of the vocabulary", (int)ids[k]);
			for (int32_t b = 0; b < length; b++)
				sum += bytes[b];
			CHECK(sum <= 255u * 65535u, "bytes are read");
		}
		free(scratch);
		free(ids);
		free(text);
	}
}

int main(int argc, char **argv)
{
	struct vocabulary v;
	struct tokenizer good, t;
	uint8_t *section = NULL;
	uint32_t size = 0;
	start(argc, argv, "tokenizer-fuzz");
	for (int round = 0; round < ROUNDS; round++) {
		if (round % 500 == 0) {
			free(section);
			random_vocabulary(&v);
			size = build_section(&v, &section);
			CHECK(tokenizer_init(&good, section, size) == TOKENIZER_OK, "init");
		}
		uint32_t cut = below(8) ? size : below(size + 1);
		uint8_t *changed = memcpy(allocate(size), section, size), *exact;
		for (uint32_t changes = 1 + below(round % 2 ? 30 : 3); changes > 0; changes--)
			if (round % 2)
				mutate_gently(changed, section, &good);
			else
				mutate_wildly(changed, size);
		exact = memcpy(allocate(cut), changed, cut);
		int status = tokenizer_init(&t, exact, cut);
		CHECK(status <= 0 && status > -TOKENIZER_STATUS_COUNT, "status %d", status);
		if (status == TOKENIZER_OK) {
			accepted++;
			use(&t);
		}
		free(exact);
		free(changed);
	}
	free(section);
	CHECK(accepted > ROUNDS / 10, "only %ld damaged sections reach encode", accepted);
	printf("tokenizer-fuzz: %d damaged sections, %ld pass init\n", ROUNDS, accepted);
	return finish();
}
