/* Operators: one step of a model, with its buffers and sizes fixed and checked. */
#ifndef RV_XS_OPERATOR_H
#define RV_XS_OPERATOR_H

#include <stdint.h>
#include "xsmc.h"
#include "simd-kernels.h"
#include "ngram-draft.h"
#include "sampler.h"

typedef struct operator_record operator_record;
struct operator_record {
	int32_t (*run)(const operator_record *self, int32_t argument);
	int32_t limit; /* arguments: 0 to limit - 1 */
	union {
		rv_matrix matrix;
		rv_matrix_grouped grouped;
		rv_norm norm;
		rv_attention attention;
		rv_ngrams ngrams;
		struct sampler sampler; /* the only part that running changes */
		struct {
			int16_t *weights;
			int32_t *hidden;
			int32_t n, rank;
			union {
				rv_matrix matrix;
				rv_matrix_grouped grouped;
			};
		} lora;
	};
	int32_t *out, *in, *scratch;
	int8_t *bytes;
	rv_scale *scale;
	int32_t n, flag;
};

#if UINTPTR_MAX == UINT32_MAX
/* The memory budget counts 256 bytes for each (src/engine/memory-budget.ts), malloc's own among them. */
_Static_assert(sizeof(operator_record) <= 240, "memory-budget.ts counts less than an operator takes");
#endif

/* The parameters being read, and the buffers that they point into; each getter checks, or throws. */
typedef struct {
	xsMachine *the;
	const char *name; /* of the operation, for messages */
	uint8_t *arena;
	const uint8_t *weights;
	int32_t arena_bytes, weights_bytes;
	const int32_t *params;
	int32_t count, next;
} binder;

int32_t bind_integer(binder *b, const char *field, int32_t low, int32_t high);
/* `bytes` bytes of the arena (or of the weights) at the next parameter, a multiple of `alignment`. */
void *bind_arena(binder *b, const char *field, int64_t bytes, int32_t alignment);
const void *bind_weights(binder *b, const char *field, int64_t bytes, int32_t alignment);
/* Section types of matrices (src/engine/ruvm/format.ts). */
enum { MATRIX_INT8 = 1, MATRIX_INT4 = 4, MATRIX_TERNARY, MATRIX_BINARY };
/* Tiles, and the scales behind them; then rows, columns, shift and type, which it returns. Fills matrix or grouped. */
int32_t bind_matrix(binder *b, operator_record *op);

typedef struct {
	const char *name;
	int32_t params;
	void (*bind)(binder *b, operator_record *op);
} operator_kind;

extern const operator_kind operator_kinds[];
extern const int32_t operator_kind_count;

#endif
