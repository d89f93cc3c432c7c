/* See ruvm.h. */
#include <stddef.h>
#include "ruvm.h"

#define HEADER 32
#define ENTRY 44
#define NAME 20
#define ALIGN 16
#define VERSION 1
#define CONSTANTS 4

enum { BYTES, INT8_TILES, INT16, UINT32, INT4_TILES, TERNARY_TILES, BINARY_TILES };
/* Instead of a type: any matrix; in models of INT8, only that. */
#define MATRIX 255

enum { QUANT_INT8, QUANT_INT4, QUANT_BINARY, QUANT_TERNARY, QUANT_TYPES };

static uint32_t u16(const uint8_t *p)
{
	return (uint32_t)(p[0] | p[1] << 8);
}

static uint32_t u32(const uint8_t *p)
{
	return u16(p) | u16(p + 2) << 16;
}

static int read_shape(const uint8_t *file, ruvm_shape *s)
{
	s->vocab_size = (int32_t)u16(file + 4);
	s->embed_dim = (int32_t)u16(file + 6);
	s->hidden_dim = (int32_t)u16(file + 8);
	s->layers = file[10];
	s->heads = file[11];
	s->kv_heads = file[15];
	s->max_seq_len = (int32_t)u16(file + 16);
	s->tied = file[18] & 1;
	s->quant_type = file[13];
	s->binary_activations = file[18] >> 1 & 1;
	if (!s->vocab_size || !s->embed_dim || !s->hidden_dim || !s->layers || !s->heads || !s->kv_heads || !s->max_seq_len || s->max_seq_len > 32768)
		return 0;
	int32_t head = s->embed_dim / s->heads;
	return file[13] < QUANT_TYPES && head * s->heads == s->embed_dim && head % 2 == 0 && head <= 256 && s->heads % s->kv_heads == 0;
}

/* Whether the entry has this name; `layer` below 0: the name alone. */
static int is_named(const uint8_t *entry, int32_t layer, const char *name)
{
	char whole[NAME + 1];
	int32_t n = 0;
	if (layer >= 0) {
		for (const char *p = "layers."; *p; p++)
			whole[n++] = *p;
		if (layer >= 100)
			whole[n++] = (char)('0' + layer / 100);
		if (layer >= 10)
			whole[n++] = (char)('0' + layer / 10 % 10);
		whole[n++] = (char)('0' + layer % 10);
		whole[n++] = '.';
	}
	while (*name)
		whole[n++] = *name++;
	for (int32_t i = 0; i < n; i++)
		if (entry[i] != (uint8_t)whole[i])
			return 0;
	return n == NAME || entry[n] == 0;
}

/* Tiles of groups of 32 columns, `bytes` of a row in each; a scale for each row of a tile, and one for each row. */
static int64_t grouped_bytes(int64_t rows, int64_t columns, int64_t bytes)
{
	return (rows + 7) / 8 * 8 * ((columns + 31) / 32) * (bytes + 1) + 2 * rows;
}

/* Sizes in 64 bits: rows and columns are at most 2^17, or the bytes of the file. */
static int64_t bytes_of(uint32_t type, int64_t rows, int64_t columns)
{
	switch (type) {
	case INT8_TILES: return (rows + 7) / 8 * 8 * ((columns + 15) / 16 * 16) + 2 * rows;
	case INT4_TILES: return grouped_bytes(rows, columns, 16);
	case TERNARY_TILES: return grouped_bytes(rows, columns, 8);
	case BINARY_TILES: return grouped_bytes(rows, columns, 4);
	case INT16: return 2 * rows * columns;
	case UINT32: return 4 * rows * columns;
	default: return rows * columns;
	}
}

typedef struct {
	const uint8_t *entry;
	uint32_t table;
	ruvm_section *section;
	int32_t left; /* entries, and places for them */
	int32_t quant_type;
} reader;

/* The next section, which must be this; columns below 0: any number of bytes. */
static int take(reader *r, int32_t layer, const char *name, uint32_t type, int32_t rows, int32_t columns)
{
	const uint8_t *e = r->entry;
	if (r->left-- <= 0 || !is_named(e, layer, name))
		return 0;
	if (type == MATRIX) {
		type = e[20];
		if (type != INT8_TILES && (type < INT4_TILES || type > BINARY_TILES || r->quant_type == QUANT_INT8))
			return 0;
	}
	if (e[20] != type || u16(e + 22) != (type >= INT4_TILES ? 32 : 0))
		return 0;
	uint32_t bytes = u32(e + 36), offset = u32(e + 32);
	if (columns < 0)
		columns = bytes > 0x7FFFFFFF ? 0 : (int32_t)bytes;
	if (u32(e + 24) != (uint32_t)rows || u32(e + 28) != (uint32_t)columns || bytes_of(type, rows, columns) != (int64_t)bytes)
		return 0;
	if (offset % ALIGN || offset > r->table || bytes > r->table - offset)
		return 0;
	*r->section++ = (ruvm_section){ (int8_t)e[21], rows, columns, (int32_t)offset, (int32_t)bytes, (int32_t)type };
	r->entry += ENTRY;
	return 1;
}

int32_t ruvm_read(const uint8_t *file, uint32_t size, ruvm_shape *shape, ruvm_section *sections, int32_t capacity)
{
	if (size < HEADER || size > 0x7FFFFFFF || u32(file) != 0x4D565552 || file[14] != VERSION || !read_shape(file, shape))
		return 0;
	uint32_t count = u16(file + 20), table = u32(file + 24);
	if (table % 4 || table > size || count * ENTRY > size - table || (int32_t)count > capacity)
		return 0;
	reader r = { file + table, table, sections, (int32_t)count, shape->quant_type };
	int32_t d = shape->embed_dim, head = d / shape->heads, vocab = shape->vocab_size;
	int ok = take(&r, -1, "constants", UINT32, 1, CONSTANTS) && take(&r, -1, "rope", UINT32, 1, head / 2)
		&& take(&r, -1, "embedding", MATRIX, vocab, d) && take(&r, -1, "norm", INT16, 1, d)
		&& (shape->tied || take(&r, -1, "output", MATRIX, vocab, d));
	for (int32_t l = 0; ok && l < shape->layers; l++)
		ok = take(&r, l, "norm1", INT16, 1, d) && take(&r, l, "qkv", MATRIX, d + 2 * shape->kv_heads * head, d)
			&& take(&r, l, "wo", MATRIX, d, d) && take(&r, l, "norm2", INT16, 1, d)
			&& take(&r, l, "gateUp", MATRIX, 2 * shape->hidden_dim, d) && take(&r, l, "down", MATRIX, d, shape->hidden_dim);
	ok = ok && take(&r, -1, "tokenizer", BYTES, 1, -1) && take(&r, -1, "metadata", BYTES, 1, -1);
	return ok && r.left == 0 ? (int32_t)count : 0;
}
