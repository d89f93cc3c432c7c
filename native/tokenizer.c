/* The vocabulary section: checks, and pieces by id. The format is in tokenizer.h. */

#include "tokenizer.h"

#include <stddef.h>

#define HEADER_BYTES 32u
#define MAGIC 0x4B545652u /* "RVTK" */

static const char *const MESSAGES[TOKENIZER_STATUS_COUNT] = {
	"no error",
	"the vocabulary section (or the scratch memory) is not 4-byte aligned; align it in the file",
	"the vocabulary section ends early; the model file is cut off or its section table is wrong",
	"this is not a vocabulary section; the section table points elsewhere",
	"the vocabulary section has a version that this firmware does not know; convert the model again",
	"the vocabulary section names a size that is out of range; the model file is damaged",
	"the vocabulary section has offsets that go backwards or too far; the model file is damaged",
	"an id is outside the vocabulary",
	"the byte pieces of the vocabulary are not the 256 bytes in order; convert the model again",
	"the vocabulary asks for a space before the text and has no piece for a space",
	"the text is longer than one call encodes; split it",
	"the text has more tokens than the buffer holds; give a larger buffer or a shorter text",
	"the scratch memory is too small for this text; ask tokenizer_scratch_size",
};

const char *tokenizer_message(int32_t status)
{
	if (status > 0 || status <= -TOKENIZER_STATUS_COUNT)
		return "this number is not a status of the tokenizer";
	return MESSAGES[-status];
}

/* n + 1 offsets, from 0 to end, that never go back. */
static int are_offsets(const uint32_t *offsets, uint32_t n, uint32_t end)
{
	uint32_t last = 0, i;
	if (offsets[0] != 0 || offsets[n] != end)
		return 0;
	for (i = 1; i <= n; i++) {
		if (offsets[i] < last)
			return 0;
		last = offsets[i];
	}
	return 1;
}

static int is_id_or_none(uint32_t id, uint32_t vocab)
{
	return id < vocab || id == TOKENIZER_NONE;
}

static enum tokenizer_status check_ids(const struct tokenizer *t, uint32_t merge_count)
{
	uint32_t i;
	if (!is_id_or_none(t->bos, t->vocab) || !is_id_or_none(t->eos, t->vocab)
		|| !is_id_or_none(t->unknown, t->vocab))
		return TOKENIZER_ID;
	for (i = 0; i < merge_count; i++)
		if ((t->merges[i] & 0xFFFFu) >= t->vocab || (t->merges[i] >> 16) >= t->vocab)
			return TOKENIZER_ID;
	for (i = 0; i < t->point_count; i++)
		if (t->point_ids[i] >= t->vocab)
			return TOKENIZER_ID;
	for (i = 0; i < 128; i++)
		if (!is_id_or_none(t->ascii[i], t->vocab))
			return TOKENIZER_ID;
	return TOKENIZER_OK;
}

static enum tokenizer_status check_pieces(const struct tokenizer *t)
{
	uint32_t i;
	for (i = 0; i < t->vocab; i++)
		if (t->text_start[i + 1] - t->text_start[i] > t->longest)
			return TOKENIZER_SIZE;
	if (t->flags & TOKENIZER_BYTE_FALLBACK) {
		if (t->byte_base + 256u > t->vocab)
			return TOKENIZER_BYTES;
		for (i = 0; i < 256; i++) {
			uint32_t at = t->text_start[t->byte_base + i];
			if (t->text_start[t->byte_base + i + 1] != at + 1 || t->text[at] != i)
				return TOKENIZER_BYTES;
		}
	} else if (t->unknown == TOKENIZER_NONE)
		return TOKENIZER_BYTES;
	if ((t->flags & TOKENIZER_DUMMY_PREFIX) && t->ascii[' '] == TOKENIZER_NONE)
		return TOKENIZER_SPACE;
	return TOKENIZER_OK;
}

/* Takes an array off the section; `at` stays 4-byte aligned. Sums of 64 bits cannot wrap here. */
static const void *take(const uint8_t *section, uint64_t *at, uint64_t bytes)
{
	uint64_t start = *at;
	*at = (start + bytes + 3u) & ~(uint64_t)3u;
	return section + (size_t)start;
}

static uint64_t section_size(uint64_t vocab, uint64_t merges, uint64_t points, uint64_t text)
{
	return HEADER_BYTES + 8u * (vocab + 1u) + 4u * merges + 4u * points + ((2u * points + 3u) & ~(uint64_t)3u)
		+ 256u + ((2u * vocab + 3u) & ~(uint64_t)3u) + ((vocab + 3u) & ~(uint64_t)3u) + ((text + 3u) & ~(uint64_t)3u);
}

enum tokenizer_status tokenizer_init(struct tokenizer *t, const void *section, uint32_t bytes)
{
	const uint8_t *base = section;
	const uint32_t *words = section;
	const uint16_t *halves = section;
	uint32_t text_bytes, merge_count;
	uint64_t at = HEADER_BYTES;
	enum tokenizer_status status;

	if (section == NULL || ((uintptr_t)section & 3u))
		return TOKENIZER_MISALIGNED;
	if (bytes < HEADER_BYTES)
		return TOKENIZER_TRUNCATED;
	if (words[0] != MAGIC)
		return TOKENIZER_MAGIC;
	if (halves[2] != 1)
		return TOKENIZER_VERSION;
	t->flags = halves[3];
	t->vocab = halves[4];
	t->bos = halves[5];
	t->eos = halves[6];
	t->unknown = halves[7];
	t->byte_base = halves[8];
	t->longest = halves[9];
	text_bytes = words[5];
	merge_count = words[6];
	t->point_count = words[7];
	if (t->vocab == 0 || t->vocab > 65535u || t->point_count > t->vocab)
		return TOKENIZER_SIZE;
	if (section_size(t->vocab, merge_count, t->point_count, text_bytes) > bytes)
		return TOKENIZER_TRUNCATED;

	t->text_start = take(base, &at, 4u * (uint64_t)(t->vocab + 1u));
	t->merge_start = take(base, &at, 4u * (uint64_t)(t->vocab + 1u));
	t->merges = take(base, &at, 4u * (uint64_t)merge_count);
	t->points = take(base, &at, 4u * (uint64_t)t->point_count);
	t->point_ids = take(base, &at, 2u * (uint64_t)t->point_count);
	t->ascii = take(base, &at, 256u);
	t->ranks = take(base, &at, 2u * (uint64_t)t->vocab);
	t->kinds = take(base, &at, t->vocab);
	t->text = take(base, &at, text_bytes);

	if (!are_offsets(t->text_start, t->vocab, text_bytes) || !are_offsets(t->merge_start, t->vocab, merge_count))
		return TOKENIZER_OFFSETS;
	status = check_ids(t, merge_count);
	return status == TOKENIZER_OK ? check_pieces(t) : status;
}

int32_t tokenizer_piece(const struct tokenizer *t, int32_t previous, int32_t id, const uint8_t **bytes)
{
	uint32_t start, end;
	if (id < 0 || (uint32_t)id >= t->vocab) {
		*bytes = t->text;
		return TOKENIZER_ID;
	}
	start = t->text_start[id];
	end = t->text_start[id + 1];
	*bytes = t->text + start;
	if (t->kinds[id] & TOKENIZER_KIND_CONTROL)
		return 0;
	if (previous >= 0 && (uint32_t)previous == t->bos && (t->flags & TOKENIZER_DUMMY_PREFIX)
		&& !(t->kinds[id] & TOKENIZER_KIND_BYTE) && start < end && t->text[start] == ' ') {
		*bytes += 1;
		start++;
	}
	return (int32_t)(end - start);
}
