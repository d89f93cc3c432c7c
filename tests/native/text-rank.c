/* Words, stems, n-grams and ranking against plain double precision; records and stores of any bytes. */

#include <math.h>
#include "check.h"
#include "text-rank.h"

static const char *const WORDS[] = { "lamp", "kitchen", "the", "of", "garden", "watering", "pumps", "engine", "running", "bearing", "temperature", "is", "high", "low", "door", "opened", "a", "red", "blue", "flower" };
#define WORD_COUNT (sizeof(WORDS) / sizeof(*WORDS))

static void stems(void)
{
	static const char *const pairs[][2] = {
		{ "lamps", "lamp" }, { "batteries", "battery" }, { "glasses", "glass" }, { "running", "run" }, { "stopped", "stop" }, { "falling", "fall" }, { "is", "is" },
		{ "virus", "virus" }, { "make", "mak" }, { "making", "mak" }, { "quickly", "quick" }, { "organization", "organiz" }, { "red", "red" }, { "king", "king" }, { "s", "s" },
	};
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		uint8_t word[RV_MOST_LETTERS + 4];
		int32_t length = (int32_t)strlen(pairs[i][0]);
		memcpy(word, pairs[i][0], (size_t)length);
		length = rv_text_stem(word, length);
		CHECK((size_t)length == strlen(pairs[i][1]) && !memcmp(word, pairs[i][1], (size_t)length), "%s became %.*s", pairs[i][0], (int)length, word);
	}
	for (int round = 0; round < PART_OF(2000); round++) {
		int32_t length = (int32_t)below(RV_MOST_LETTERS + 1);
		uint8_t *word = allocate((size_t)length + 4);
		for (int32_t i = 0; i < length; i++)
			word[i] = (uint8_t)("aeioustnglydz"[below(13)]);
		int32_t cut = rv_text_stem(word, length);
		CHECK(cut <= length + 1 && (length <= 3 || cut >= 3), "%d became %d", length, cut);
		free(word);
	}
}

static void words(void)
{
	static const char text[] = "The LAMP\xE2\x80\x99s \xC3\x89t\xC3\xA9, caf\xC3\xA9 & 20\xC2\xB0""C -- lamp!";
	uint32_t terms[32];
	int32_t count = rv_text_words(terms, 32, (const uint8_t *)text, (int32_t)strlen(text));
	CHECK(count == 8, "the lamp s \xC3\xA9t\xC3\xA9 caf\xC3\xA9 20 c lamp: %d", count);
	CHECK(terms[1] == terms[7] && terms[1] == rv_term_of((const uint8_t *)"lamp", 4), "upper and lower case");
	CHECK(terms[3] == rv_term_of((const uint8_t *)"\xC3\xA9t\xC3\xA9", 5), "Latin-1 in lower case");
	CHECK(rv_term_is_common(terms[0]) && !rv_term_is_common(terms[1]), "common words");
	CHECK(rv_text_words(terms, 3, (const uint8_t *)text, (int32_t)strlen(text)) == 3, "room for three");
	CHECK(rv_terms_pack(terms, 0) == 0 && rv_text_words(terms, 32, NULL, 0) == 0, "nothing");
	count = rv_text_grams(terms, 32, (const uint8_t *)"a lamps", 7);
	CHECK(count == 5 && terms[0] == rv_term_of((const uint8_t *)"^a$", 3) && terms[1] == rv_term_of((const uint8_t *)"^lam", 4), "grams: %d", count);
	uint32_t same[100];
	for (int i = 0; i < 100; i++)
		same[i] = terms[0];
	CHECK(rv_terms_pack(same, 100) == 1 && rv_terms_count(same, 1, terms[0]) == 63 && rv_terms_count(same, 1, terms[1]) == 0, "counted to 63");
}

static void logarithms(void)
{
	for (int round = 0; round < PART_OF(5000); round++) {
		uint32_t x = (uint32_t)random64() >> below(32);
		if (x)
			CHECK(fabs(rv_log2(x) / 4096.0 - log2(x)) <= 1.0 / 4096, "log2 of %u", x);
	}
}

/* Sentences of known words: scores must be BM25's, without n-grams. */
static void ranking(void)
{
	enum { TEXTS = 12 };
	static char sentences[TEXTS][400];
	static int counts[TEXTS][WORD_COUNT], lengths[TEXTS];
	uint8_t *store = allocate(65536);
	uint32_t offsets[TEXTS], used = 0;
	double mean = 0;
	memset(counts, 0, sizeof(counts));
	for (int t = 0; t < TEXTS; t++) {
		int32_t bytes = 0, n = 1 + (int)below(40);
		for (int i = 0; i < n; i++) {
			uint32_t w = below(WORD_COUNT);
			counts[t][w]++;
			bytes += sprintf(sentences[t] + bytes, "%s%s", i ? " " : "", WORDS[w]);
		}
		lengths[t] = n;
		mean += n;
		int32_t size = rv_text_record(store + used, (int32_t)(65536 - used), (uint8_t *)sentences[t], bytes, NULL, 0);
		CHECK(size > 0 && size % 4 == 0, "a record");
		offsets[t] = used;
		used += (uint32_t)size;
	}
	int gone = (int)below(TEXTS);
	offsets[gone] = RV_NO_TEXT;
	mean = floor((mean - lengths[gone]) / (TEXTS - 1));
	rv_texts texts = { store, used, offsets, TEXTS };
	rv_rank_settings settings = { 16, 64, 0, 0 };
	rv_question *q = allocate((size_t)rv_question_size(&settings));
	char question[100];
	uint32_t asked[3] = { below(6), 6 + below(6), 12 + below(8) };
	int32_t bytes = sprintf(question, "%s? %s %s", WORDS[asked[0]], WORDS[asked[1]], WORDS[asked[2]]);
	int32_t count = rv_texts_rank(&texts, &settings, q, (uint8_t *)question, bytes, NULL, 0, 16);
	for (int32_t i = 0; i < count; i++) {
		int t = q->best[i].id;
		double expected = 0;
		for (int a = 0; a < 3; a++) {
			int with = 0;
			for (int o = 0; o < TEXTS; o++)
				with += o != gone && counts[o][asked[a]] > 0;
			double tf = counts[t][asked[a]], idf = log2((TEXTS - 1 + 1) / (with + 0.5));
			if (rv_term_is_common(rv_term_of((const uint8_t *)WORDS[asked[a]], (int32_t)strlen(WORDS[asked[a]]))))
				idf /= 4;
			expected += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * lengths[t] / mean));
		}
		CHECK(t != gone && fabs(q->best[i].score / 4096.0 - expected) < 0.02, "text %d: %g, not %g", t, q->best[i].score / 4096.0, expected);
		CHECK(!i || q->best[i - 1].score >= q->best[i].score, "in order");
		CHECK(q->best[i].coverage <= 256 && q->best[i].coverage == rv_question_coverage(&settings, q, (uint8_t *)sentences[t], (int32_t)strlen(sentences[t])), "coverage");
	}
	/* Whatever the store holds, reading stays inside; all of it is an allocation to the byte. */
	uint8_t *damaged = allocate(used);
	settings.gram_weight = 77;
	settings.vector_weight = 256;
	texts.store = damaged;
	for (int round = 0; round < PART_OF(60); round++) {
		int8_t vector[8] = { 1, -2, 3, 100, -128, 127, 0, 5 };
		memcpy(damaged, store, used);
		for (int i = 0; i < 30; i++)
			damaged[below(used)] = (uint8_t)random64();
		for (int t = 0; t < TEXTS; t++)
			offsets[t] = below(4) ? offsets[t] : below(3) ? below(used + 8) : (uint32_t)random64();
		rv_texts_rank(&texts, &settings, q, (uint8_t *)question, bytes, vector, 8, 16);
	}
	free(damaged);
	free(q);
	free(store);
}

static void records(void)
{
	static const uint8_t text[] = "one two three";
	int8_t vector[5] = { 1, 2, 3, 4, 5 };
	for (int32_t capacity = 0; capacity < 60; capacity++) {
		uint8_t *record = allocate((size_t)capacity);
		int32_t size = rv_text_record(record, capacity, text, 13, vector, 5);
		CHECK(size == (capacity >= 44 ? 44 : 0), "in %d bytes: %d", capacity, size);
		free(record);
	}
	uint8_t *many = allocate(4096), *record = allocate(32768);
	for (int i = 0; i < 4096; i += 2)
		many[i] = (uint8_t)('a' + i % 26), many[i + 1] = ' ';
	CHECK(rv_text_record(record, 32768, many, 2046, NULL, 0) > 0 && rv_text_record(record, 32768, many, 2048, NULL, 0) == 0, "1023 words and 1024");
	free(many);
	free(record);
}

int main(int argc, char **argv)
{
	start(argc, argv, "text-rank");
	stems();
	words();
	logarithms();
	records();
	for (int round = 0; round < PART_OF(300); round++)
		ranking();
	return finish();
}
