/* native/tokenizer: every status, equality with the slow reference, round trips, small scratch. */

#include "vocabulary.h"

static uint8_t *copy(const uint8_t *bytes, uint32_t n)
{
	return memcpy(allocate(n), bytes, n);
}

/* Initialises from an exact copy with one half-word or word changed. */
static int init_changed(const uint8_t *section, uint32_t size, uint32_t at, uint32_t value, int bytes)
{
	struct tokenizer t;
	uint8_t *changed = copy(section, size);
	put(changed, at, value, bytes);
	int status = tokenizer_init(&t, changed, size);
	free(changed);
	return status;
}

static void test_statuses(void)
{
	struct vocabulary v;
	struct tokenizer t;
	uint8_t *section;
	int32_t ids[8];
	uint32_t scratch[64];
	random_vocabulary(&v);
	uint32_t size = build_section(&v, &section), starts = 32, merges = starts + 4 * (v.count + 1);
	uint8_t *shifted = allocate(size + 1);
	memcpy(shifted + 1, section, size);
	CHECK(tokenizer_init(&t, shifted + 1, size) == TOKENIZER_MISALIGNED, "odd address");
	CHECK(tokenizer_init(&t, NULL, size) == TOKENIZER_MISALIGNED, "no section");
	free(shifted);
	for (uint32_t n = 0; n < size; n++) {
		uint8_t *part = copy(section, n);
		CHECK(tokenizer_init(&t, part, n) == TOKENIZER_TRUNCATED, "cut at %u of %u", n, size);
		free(part);
	}
	CHECK(init_changed(section, size, 0, 0, 4) == TOKENIZER_MAGIC, "magic");
	CHECK(init_changed(section, size, 4, 2, 2) == TOKENIZER_VERSION, "version");
	CHECK(init_changed(section, size, 8, 0, 2) == TOKENIZER_SIZE, "no pieces");
	CHECK(init_changed(section, size, 18, 1, 2) == TOKENIZER_SIZE, "longest too short");
	CHECK(init_changed(section, size, 28, 65535, 4) == TOKENIZER_SIZE, "more points than pieces");
	CHECK(init_changed(section, size, 20, 0xFFFFFFFF, 4) == TOKENIZER_TRUNCATED, "text of 4 GB");
	CHECK(init_changed(section, size, 24, 0xFFFFFFFF, 4) == TOKENIZER_TRUNCATED, "merges of 16 GB");
	CHECK(init_changed(section, size, starts + 4, 0xFFFFFFFF, 4) == TOKENIZER_OFFSETS, "text offset");
	CHECK(init_changed(section, size, starts, 1, 4) == TOKENIZER_OFFSETS, "first offset");
	CHECK(init_changed(section, size, merges + 4, 0xFFFFFFFF, 4) == TOKENIZER_OFFSETS, "merge offset");
	CHECK(init_changed(section, size, 10, 40000, 2) == TOKENIZER_ID, "bos");
	CHECK(init_changed(section, size, 16, 4, 2) == TOKENIZER_BYTES, "bytes elsewhere");
	CHECK(init_changed(section, size, 16, 60000, 2) == TOKENIZER_BYTES, "bytes outside");
	CHECK(init_changed(section, size, 10, 0xFFFF, 2) == TOKENIZER_OK, "no bos");
	CHECK(tokenizer_init(&t, section, size) == TOKENIZER_OK, "good section");
	uint32_t ascii = (uint32_t)((const uint8_t *)t.ascii - section);
	CHECK(init_changed(section, size, ascii + 64, 0xFFFF, 2) == TOKENIZER_SPACE, "no space");
	CHECK(init_changed(section, size, ascii + 2, 40000, 2) == TOKENIZER_ID, "ASCII id");

	const uint8_t *text = (const uint8_t *)"zzz";
	CHECK(tokenizer_encode(&t, text, 3, 0, ids, 3, scratch, sizeof scratch) == TOKENIZER_CAPACITY, "3 of 4 ids");
	CHECK(tokenizer_encode(&t, text, 3, TOKENIZER_ADD_BOS, ids, 0, scratch, sizeof scratch) == TOKENIZER_CAPACITY, "no room");
	CHECK(tokenizer_encode(&t, text, 3, 0, ids, 8, scratch, 27) == TOKENIZER_SCRATCH, "27 bytes of scratch");
	CHECK(tokenizer_encode(&t, text, 3, 0, ids, 8, (uint8_t *)scratch + 1, 200) == TOKENIZER_MISALIGNED, "odd scratch");
	CHECK(tokenizer_encode(&t, text, TOKENIZER_MAX_TEXT + 1, 0, ids, 8, scratch, 8) == TOKENIZER_TEXT, "long text");
	CHECK(tokenizer_scratch_size(TOKENIZER_MAX_TEXT + 1) == 0, "long text");
	CHECK(tokenizer_encode(&t, NULL, 0, 3, ids, 8, scratch, sizeof scratch) == 2 && ids[0] == 1 && ids[1] == 2, "empty text");
	CHECK(tokenizer_piece(&t, -1, -1, &text) == TOKENIZER_ID, "id -1");
	CHECK(tokenizer_piece(&t, -1, (int32_t)v.count, &text) == TOKENIZER_ID, "id past the end");
	CHECK(tokenizer_piece(&t, -1, 1, &text) == 0, "bos has no text");
	for (int32_t status = -TOKENIZER_STATUS_COUNT; status <= 1; status++)
		CHECK(strlen(tokenizer_message(status)) > 5, "message %d", (int)status);
	free(section);
}

static void check_text(const struct vocabulary *v, const struct tokenizer *t, const uint8_t *text, uint32_t n)
{
	uint32_t scratch_bytes = tokenizer_scratch_size(n), capacity = n + 3, length = 0;
	int32_t *ids = allocate(capacity * 4), *expected = allocate(capacity * 4);
	uint8_t *decoded = allocate(n), *exact = copy(text, n);
	void *scratch = allocate(scratch_bytes);
	int32_t count = tokenizer_encode(t, exact, n, 3, ids, capacity, scratch, scratch_bytes);
	uint32_t wanted = encode_slowly(v, exact, n, expected);
	CHECK(count == (int32_t)wanted + 2, "%d ids, not %u", (int)count, wanted + 2);
	CHECK(count < 2 || !memcmp(ids + 1, expected, 4 * wanted), "ids differ from the reference");
	CHECK(count < 2 || (ids[0] == 1 && ids[count - 1] == 2), "bos and eos");
	for (int32_t i = 0; i < count && (v->flags & TOKENIZER_BYTE_FALLBACK); i++) {
		const uint8_t *piece;
		int32_t bytes = tokenizer_piece(t, i ? ids[i - 1] : -1, ids[i], &piece);
		CHECK(bytes >= 0 && length + (uint32_t)bytes <= n, "decoded too much");
		if (bytes < 0 || length + (uint32_t)bytes > n)
			break;
		memcpy(decoded + length, piece, (uint32_t)bytes);
		length += (uint32_t)bytes;
	}
	if (v->flags & TOKENIZER_BYTE_FALLBACK)
		CHECK(length == n && !memcmp(decoded, exact, n), "round trip of %u bytes gave %u", n, length);

	/* Less scratch either is refused or changes nothing. */
	uint32_t less = 28 * (1 + below(n + 1));
	void *small = allocate(less);
	int32_t again = tokenizer_encode(t, exact, n, 3, expected, capacity, small, less);
	CHECK(again == TOKENIZER_SCRATCH || (again == count && !memcmp(ids, expected, 4 * (uint32_t)count)), "small scratch");
	/* So does less room for ids; what fits is there. */
	uint32_t room = below(capacity);
	int32_t *few = allocate(room * 4);
	again = tokenizer_encode(t, exact, n, 3, few, room, scratch, scratch_bytes);
	CHECK(again == (room < (uint32_t)count ? TOKENIZER_CAPACITY : count), "room for %u gave %d", room, (int)again);
	CHECK(!memcmp(few, ids, 4 * (room < (uint32_t)count ? room : (uint32_t)count)), "ids up to the capacity");
	free(few);
	free(small);
	free(scratch);
	free(decoded);
	free(exact);
	free(ids);
	free(expected);
}

static void test_random_vocabularies(void)
{
	for (int round = 0; round < PART_OF(400); round++) {
		struct vocabulary v;
		struct tokenizer t;
		uint8_t *section, text[400];
		random_vocabulary(&v);
		if (round % 8 == 0)
			v.flags &= ~TOKENIZER_BYTE_FALLBACK;
		if (round % 8 < 2)
			v.flags &= ~TOKENIZER_DUMMY_PREFIX;
		uint32_t size = build_section(&v, &section);
		uint8_t *exact = copy(section, size);
		free(section);
		int status = tokenizer_init(&t, exact, size);
		CHECK(status == TOKENIZER_OK, "%s", tokenizer_message(status));
		for (int i = 0; i < 12 && status == TOKENIZER_OK; i++) {
			uint32_t n = i < 4 ? (uint32_t)i : below(i == 11 ? 400 : 60);
			random_text(text, n);
			check_text(&v, &t, text, n);
		}
		free(exact);
	}
}

/* All bytes, all pairs of bytes: NUL, stray continuations, cut code points. */
static void test_every_pair_of_bytes(void)
{
	struct vocabulary v;
	struct tokenizer t;
	uint8_t *section;
	random_vocabulary(&v);
	uint32_t size = build_section(&v, &section);
	CHECK(tokenizer_init(&t, section, size) == TOKENIZER_OK, "init");
	for (uint32_t a = 0; a < 256; a += 7)
		for (uint32_t b = 0; b < 256; b += PART) {
			uint8_t text[2] = { (uint8_t)a, (uint8_t)b };
			check_text(&v, &t, text, 2);
		}
	free(section);
}

int main(int argc, char **argv)
{
	start(argc, argv, "tokenizer");
	test_statuses();
	test_random_vocabularies();
	test_every_pair_of_bytes();
	return finish();
}
