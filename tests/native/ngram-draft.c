/* Drafts: damaged tables in exact allocations are refused or harmless; lookup against a slow search. */

#include "check.h"
#include "ngram-draft.h"

enum { VOCAB = 40, LOG2 = 4, PLACES = 36, ENTRIES = 60, SIZE = RV_NGRAM_HEADER + PLACES + 3 * ENTRIES };

static void make(uint8_t *file)
{
	memset(file, 0, SIZE);
	memcpy(file, "RVNG\1\4\50", 7);
	file[16] = ENTRIES;
	file[20] = LOG2;
	file[21] = 3;
	file[22] = 6;
	for (int32_t b = 0; b <= 1 << LOG2; b++)
		file[RV_NGRAM_HEADER + 2 * b] = (uint8_t)(b * ENTRIES >> LOG2);
	for (int32_t i = 0; i < ENTRIES; i++) {
		uint32_t value = below(VOCAB) | below(1 << 18) << 6;
		for (int32_t k = 0; k < 3; k++)
			file[RV_NGRAM_HEADER + PLACES + 3 * i + k] = (uint8_t)(value >> 8 * k);
	}
}

/* A file of `size` bytes that ends where its memory ends. */
static void check_damaged(uint32_t size, int32_t damage)
{
	uint8_t whole[SIZE], *file = allocate(size);
	int32_t text[64 + 32], out[32], sure[32];
	rv_draft_record record;
	rv_ngrams table;
	make(whole);
	memcpy(file, whole, size);
	for (int32_t i = 0; i < damage && size; i++)
		file[below(size)] = (uint8_t)below(256);
	enum rv_ngrams_status status = rv_ngrams_init(&table, file, size);
	CHECK(damage || (status == RV_NGRAMS_OK) == (size == SIZE), "%u bytes: status %d", (unsigned)size, (int)status);
	if (status == RV_NGRAMS_OK) {
		int32_t length = (int32_t)below(64);
		for (int32_t i = 0; i < length; i++)
			text[i] = (int32_t)below((uint32_t)table.vocab);
		rv_draft_forget(&record);
		int32_t count = rv_draft(&table, damage & 1, &record, text, length, out, sure, 32, 0);
		CHECK(count == 32, "%d tokens", (int)count);
		for (int32_t i = 0; i < count; i++)
			CHECK(out[i] >= 0 && out[i] < table.vocab && sure[i] >= 0 && sure[i] <= RV_DRAFT_SURE, "token %d, sure %d", (int)out[i], (int)sure[i]);
	}
	free(file);
}

static void check_lookup(int32_t length, uint32_t vocab)
{
	int32_t *text = allocate((size_t)length * 4), matched, best = 0, at = -1;
	for (int32_t i = 0; i < length; i++)
		text[i] = (int32_t)below(vocab);
	int32_t found = rv_lookup(text, length, &matched);
	for (int32_t end = 0; end < length - 1; end++) {
		int32_t n = 0;
		while (n <= end && n < RV_LOOKUP_LENGTH && text[end - n] == text[length - 1 - n])
			n++;
		if (n && n >= best) {
			best = n;
			at = end + 1;
		}
	}
	CHECK(found == at && matched == best, "%d tokens: %d (%d long), not %d (%d)", (int)length, (int)found, (int)matched, (int)at, (int)best);
	free(text);
}

int main(int argc, char **argv)
{
	start(argc, argv, "ngram-draft");
	for (uint32_t size = 0; size <= SIZE; size++)
		check_damaged(size, 0);
	for (int32_t i = 0; i < PART_OF(20000); i++)
		check_damaged(SIZE, 1 + (int32_t)below(4));
	for (int32_t i = 0; i < PART_OF(20000); i++)
		check_lookup((int32_t)below(100), 1 + below(6));
	return finish();
}
