/* Text to ids: symbols, then merges. The method and its source are in tokenizer.h. */

#include "tokenizer.h"

#include <stddef.h>

#define END 0xFFFFFFFFu

/* A node of the doubly linked list of a stretch of text. */
struct symbol {
	uint32_t previous, next; /* indices, or END */
	uint16_t id;
	uint16_t merged; /* what id and the next symbol's id merge to; NONE for no merge, and when dead */
};

/* A proposal to merge; stale once the symbol's `merged` has changed. */
struct candidate {
	uint32_t position;
	uint16_t rank;
	uint16_t merged;
};

/*
 * A stretch is the symbols that merges can reach from one another. A stretch of k symbols has at most
 * k - 1 first candidates, and each of at most k - 1 merges takes one off the heap and adds two.
 */
#define BYTES_PER_SYMBOL (sizeof(struct symbol) + 2u * sizeof(struct candidate))

struct stretch {
	const struct tokenizer *t;
	struct symbol *symbols;
	struct candidate *heap;
	uint32_t capacity, count, heap_count;
	int32_t *ids;
	uint32_t id_count, id_capacity;
};

uint32_t tokenizer_scratch_size(uint32_t text_bytes)
{
	if (text_bytes > TOKENIZER_MAX_TEXT)
		return 0;
	return (text_bytes + 1u) * (uint32_t)BYTES_PER_SYMBOL;
}

static uint32_t merge_of(const struct tokenizer *t, uint32_t left, uint32_t right)
{
	uint32_t low = t->merge_start[left], high = t->merge_start[left + 1];
	while (low < high) {
		uint32_t middle = (low + high) >> 1;
		uint32_t entry = t->merges[middle], found = entry & 0xFFFFu;
		if (found == right)
			return entry >> 16;
		if (found < right)
			low = middle + 1;
		else
			high = middle;
	}
	return TOKENIZER_NONE;
}

static int is_before(const struct candidate *a, const struct candidate *b)
{
	return a->rank < b->rank || (a->rank == b->rank && a->position < b->position);
}

static void push(struct stretch *s, struct candidate entry)
{
	uint32_t at = s->heap_count++;
	while (at > 0) {
		uint32_t parent = (at - 1) >> 1;
		if (!is_before(&entry, &s->heap[parent]))
			break;
		s->heap[at] = s->heap[parent];
		at = parent;
	}
	s->heap[at] = entry;
}

static struct candidate pop(struct stretch *s)
{
	struct candidate top = s->heap[0], last = s->heap[--s->heap_count];
	uint32_t at = 0, child;
	while ((child = 2 * at + 1) < s->heap_count) {
		if (child + 1 < s->heap_count && is_before(&s->heap[child + 1], &s->heap[child]))
			child++;
		if (!is_before(&s->heap[child], &last))
			break;
		s->heap[at] = s->heap[child];
		at = child;
	}
	s->heap[at] = last;
	return top;
}

/* Looks at the pair that starts at `position`, and proposes its merge if there is one. */
static void propose(struct stretch *s, uint32_t position)
{
	struct symbol *left = &s->symbols[position];
	struct candidate entry;
	uint32_t merged = left->next == END ? TOKENIZER_NONE : merge_of(s->t, left->id, s->symbols[left->next].id);
	left->merged = (uint16_t)merged;
	if (merged == TOKENIZER_NONE)
		return;
	entry.position = position;
	entry.rank = s->t->ranks[merged];
	entry.merged = (uint16_t)merged;
	push(s, entry);
}

static void merge_all(struct stretch *s)
{
	uint32_t i;
	s->heap_count = 0;
	for (i = 0; i < s->count; i++)
		propose(s, i);
	while (s->heap_count > 0) {
		struct candidate best = pop(s);
		struct symbol *left = &s->symbols[best.position], *right;
		if (left->merged != best.merged)
			continue;
		right = &s->symbols[left->next];
		right->merged = TOKENIZER_NONE;
		left->id = best.merged;
		left->next = right->next;
		if (left->next != END)
			s->symbols[left->next].previous = best.position;
		propose(s, best.position);
		if (left->previous != END)
			propose(s, left->previous);
	}
}

static int32_t emit(struct stretch *s, uint32_t id)
{
	if (s->id_count >= s->id_capacity)
		return TOKENIZER_CAPACITY;
	s->ids[s->id_count++] = (int32_t)id;
	return TOKENIZER_OK;
}

/* Merges what is in the stretch, writes its ids, and empties it. */
static int32_t flush(struct stretch *s)
{
	uint32_t i;
	int32_t status = TOKENIZER_OK;
	if (s->count == 0)
		return TOKENIZER_OK;
	s->symbols[s->count - 1].next = END;
	if (s->count > 1)
		merge_all(s);
	for (i = 0; i != END && status == TOKENIZER_OK; i = s->symbols[i].next)
		status = emit(s, s->symbols[i].id);
	s->count = 0;
	return status;
}

static int32_t add(struct stretch *s, uint32_t id)
{
	struct symbol *symbol;
	if (s->t->kinds[id] & TOKENIZER_KIND_BEGINS) {
		int32_t status = flush(s);
		if (status != TOKENIZER_OK)
			return status;
	}
	if (s->count >= s->capacity)
		return TOKENIZER_SCRATCH;
	symbol = &s->symbols[s->count];
	symbol->id = (uint16_t)id;
	symbol->previous = s->count - 1; /* END for the first */
	symbol->next = s->count + 1;
	s->count++;
	return TOKENIZER_OK;
}

/* The piece of one code point of 1 to 4 bytes, or NONE. */
static uint32_t find_point(const struct tokenizer *t, const uint8_t *bytes, uint32_t n)
{
	uint32_t key = bytes[0], low = 0, high = t->point_count, i;
	if (n == 1 && key < 128)
		return t->ascii[key];
	for (i = 1; i < n; i++)
		key |= (uint32_t)bytes[i] << (8 * i);
	while (low < high) {
		uint32_t middle = (low + high) >> 1;
		if (t->points[middle] == key)
			return t->point_ids[middle];
		if (t->points[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return TOKENIZER_NONE;
}

static int32_t add_point(struct stretch *s, const uint8_t *bytes, uint32_t n)
{
	const struct tokenizer *t = s->t;
	uint32_t id = find_point(t, bytes, n), i;
	int32_t status = TOKENIZER_OK;
	if (id != TOKENIZER_NONE)
		return add(s, id);
	if (!(t->flags & TOKENIZER_BYTE_FALLBACK))
		return add(s, t->unknown);
	for (i = 0; i < n && status == TOKENIZER_OK; i++)
		status = add(s, t->byte_base + bytes[i]);
	return status;
}

int32_t tokenizer_encode(const struct tokenizer *t, const uint8_t *text, uint32_t n, uint32_t options,
	int32_t *ids, uint32_t capacity, void *scratch, uint32_t scratch_bytes)
{
	struct stretch s;
	int32_t status = TOKENIZER_OK;
	uint32_t at = 0;

	if (n > TOKENIZER_MAX_TEXT)
		return TOKENIZER_TEXT;
	if ((uintptr_t)scratch & 3u)
		return TOKENIZER_MISALIGNED;
	s.t = t;
	s.capacity = scratch_bytes / (uint32_t)BYTES_PER_SYMBOL;
	s.symbols = scratch;
	s.heap = (struct candidate *)(void *)(s.symbols + s.capacity);
	s.count = 0;
	s.ids = ids;
	s.id_count = 0;
	s.id_capacity = capacity;

	if ((options & TOKENIZER_ADD_BOS) && t->bos != TOKENIZER_NONE)
		status = emit(&s, t->bos);
	if (status == TOKENIZER_OK && n > 0 && (t->flags & TOKENIZER_DUMMY_PREFIX))
		status = add(&s, t->ascii[' ']);
	while (status == TOKENIZER_OK && at < n) {
		uint32_t length = 1;
		while (at + length < n && (text[at + length] & 0xC0u) == 0x80u && length < 4)
			length++;
		status = add_point(&s, text + at, length);
		at += length;
	}
	if (status == TOKENIZER_OK)
		status = flush(&s);
	if (status == TOKENIZER_OK && (options & TOKENIZER_ADD_EOS) && t->eos != TOKENIZER_NONE)
		status = emit(&s, t->eos);
	return status == TOKENIZER_OK ? (int32_t)s.id_count : status;
}
