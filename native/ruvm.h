/*
 * The table of a model file (docs/ruvm.md), checked and read in one go, for machines that count instructions from reset.
 * It takes files as this project writes them, with the sections in their usual order; whatever else there is, a damaged
 * file among it, is left to the reader in TypeScript (src/engine/ruvm/reader.ts), which says what is wrong.
 */
#ifndef RV_RUVM_H
#define RV_RUVM_H

#include <stdint.h>

typedef struct {
	int32_t vocab_size, embed_dim, hidden_dim, layers, heads, kv_heads, max_seq_len, tied, quant_type, binary_activations;
} ruvm_shape;

/* value = integer * 2^-shift */
typedef struct {
	int32_t shift, rows, columns, offset, bytes, type;
} ruvm_section;

/*
 * Reads the header and the sections: constants, rope, embedding, norm, output unless tied, norm1, qkv, wo, norm2,
 * gateUp and down of each layer, tokenizer, metadata. Every offset, size and product is inside the file then.
 * Returns the number of sections, or 0 for a file that is not as above. Cost: about 100 instructions a section.
 */
int32_t ruvm_read(const uint8_t *file, uint32_t size, ruvm_shape *shape, ruvm_section *sections, int32_t capacity);

#endif
