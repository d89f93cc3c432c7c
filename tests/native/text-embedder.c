/* native/text-features and native/text-embedder: damaged files, any bytes as text, and embeddings against the definition. */

#include "check.h"
#include "crc32.h"
#include "text-embedder.h"
#include "text-features.h"

static uint8_t *file_of(int32_t dims, int32_t buckets, uint32_t metadata, uint32_t *size)
{
	*size = 32 + (uint32_t)(dims / 2 * buckets) + metadata;
	uint8_t *file = allocate(*size);
	for (uint32_t i = 0; i < *size; i++)
		file[i] = (uint8_t)random64();
	memset(file, 0, 32);
	memcpy(file, "RVEM\1", 5);
	file[6] = (uint8_t)dims;
	file[7] = (uint8_t)(dims >> 8);
	for (int i = 0; i < 4; i++) {
		file[8 + i] = (uint8_t)((uint32_t)buckets >> 8 * i);
		file[12 + i] = (uint8_t)(metadata >> 8 * i);
	}
	uint32_t crc = crc32_bytes(0, file, *size);
	for (int i = 0; i < 4; i++)
		file[16 + i] = (uint8_t)(crc >> 8 * i);
	return file;
}

static void check_damage(void)
{
	uint32_t size, n = 1 + below(4);
	uint8_t *file = file_of(16 * (int32_t)(1 + below(4)), 1 + (int32_t)below(20), below(9), &size);
	rv_embedder e;
	CHECK(rv_embedder_init(&e, file, size) == RV_EMBEDDER_OK, "a good file of %u bytes", size);
	for (uint32_t i = 0; i < n; i++)
		file[below(size)] ^= (uint8_t)(1 + below(255));
	/* Two changes of one byte can undo each other; else it is refused. */
	if (n == 1)
		CHECK(rv_embedder_init(&e, file, size) != RV_EMBEDDER_OK, "a damaged file");
	if (rv_embedder_init(&e, file, below(size)) == RV_EMBEDDER_OK)
		CHECK(0, "a shorter file");
	free(file);
}

/* Sums row by row, in doubles. */
static void check_embedding(void)
{
	int32_t dims = 16 * (int32_t)(1 + below(16)), buckets = 1 + (int32_t)below(300);
	uint32_t size, n = below(4) ? below(90) : below(4000), letters[RV_WORD_LETTERS], features[RV_WORD_FEATURES];
	uint8_t *file = file_of(dims, buckets, 0, &size), *text = allocate(n);
	int8_t *out = allocate((size_t)dims);
	double sums[RV_EMBEDDER_MAX_DIMS] = { 0 }, square = 0;
	rv_embedder e;
	CHECK(rv_embedder_init(&e, file, size) == RV_EMBEDDER_OK, "the file");
	uint32_t kind = below(3);
	for (uint32_t i = 0; i < n; i++)
		text[i] = kind == 0 ? (uint8_t)random64() : kind == 1 ? (uint8_t)("abcde' 0XYZ\xC3\xA9"[below(13)]) : (uint8_t)('a' + below(26));
	rv_text reader = { text, text + n, 0 };
	for (int32_t length; (length = rv_text_word(&reader, letters)) > 0;) {
		int32_t count = rv_text_features(&reader, letters, length, features);
		CHECK(length <= RV_WORD_LETTERS && count <= RV_WORD_FEATURES, "%d letters, %d features", (int)length, (int)count);
		for (int32_t i = 0; i < count; i++)
			for (int32_t d = 0; d < dims; d++) {
				uint8_t byte = file[32 + rv_bucket(features[i], (uint32_t)buckets) * (uint32_t)(dims / 2) + (uint32_t)(d % (dims / 2))];
				sums[d] += (d < dims / 2 ? byte & 15 : byte >> 4) - 8;
			}
	}
	rv_embedder_embed(&e, out, text, n);
	for (int32_t d = 0; d < dims; d++)
		square += sums[d] * sums[d];
	for (int32_t d = 0; d < dims; d++) {
		/* |out| = 256: compared as squares, since C tests have no sqrt without the math library. */
		double wanted = sums[d] * sums[d] * 65536 / (square > 0 ? square : 1), low = (out[d] < 0 ? -out[d] : out[d]) - 0.75, high = low + 1.5;
		CHECK(((low <= 0 || low * low <= wanted) && (high * high >= wanted || high > 127)) && (out[d] == 0 || (out[d] > 0) == (sums[d] > 0)),
			"dimension %d is %d, its square %g", (int)d, out[d], wanted);
	}
	free(file);
	free(text);
	free(out);
}

static void check_words(const char *text, const char *expected)
{
	char found[200] = "";
	uint32_t letters[RV_WORD_LETTERS];
	rv_text reader = { (const uint8_t *)text, (const uint8_t *)text + strlen(text), 0 };
	size_t at = 0;
	for (int32_t n; (n = rv_text_word(&reader, letters)) > 0; found[at++] = '|')
		for (int32_t i = 0; i < n; i++)
			found[at++] = (char)letters[i];
	CHECK(strcmp(found, expected) == 0, "\"%s\" gives %s", text, found);
}

int main(int argc, char **argv)
{
	start(argc, argv, "text-embedder");
	check_words("What's the TIME?", "whats|the|time|");
	check_words("caf\xC3\xA9 \xC3\x9C" "ber-gut", "cafe|uber|gut|");
	check_words("\xE2\x80\x9CIt\xE2\x80\x99s\xE2\x80\x9D", "its|");
	check_words("a\xFF" "b\xE2\x82", "a|b|");
	check_words(" ' ' ", "");
	for (int i = 0; i < PART_OF(10000); i++)
		check_damage();
	for (int i = 0; i < PART_OF(400); i++)
		check_embedding();
	return finish();
}
