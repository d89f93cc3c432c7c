/* The kinds of Operator, in the order of src/engine/operators.ts. */
#include <string.h>
#include "cores.h"
#include "matvec-split.h"
#include "micro-lora.h"
#include "ngram-draft.h"
#include "operator.h"

/* Vectors have room for whole groups, whatever matrix they meet. */
#define PADDED(n) (((int64_t)(n) + RV_GROUP - 1) & ~(int64_t)(RV_GROUP - 1))

static int32_t embed_int8(const operator_record *op, int32_t token)
{
	rv_embed(op->out, &op->matrix, token);
	return 0;
}

#define EMBED(name) static int32_t embed_##name(const operator_record *op, int32_t token) \
{ \
	rv_embed_##name(op->out, &op->grouped, token); \
	return 0; \
}
EMBED(int4)
EMBED(ternary)
EMBED(binary)

static void bind_embed(binder *b, operator_record *op)
{
	int32_t at = b->next++, type = bind_matrix(b, op);
	b->next = at;
	op->out = bind_arena(b, "out", (int64_t)(type == MATRIX_INT8 ? op->matrix.columns : op->grouped.columns) * 4, 4);
	op->run = type == MATRIX_INT8 ? embed_int8 : type == MATRIX_INT4 ? embed_int4 : type == MATRIX_TERNARY ? embed_ternary : embed_binary;
	op->limit = type == MATRIX_INT8 ? op->matrix.rows : op->grouped.rows;
}

static int32_t norm(const operator_record *op, int32_t unused)
{
	(void)unused;
	rv_norm_quantise(op->bytes, op->scale, op->in, &op->norm, op->scratch);
	return 0;
}

static void bind_norm(binder *b, operator_record *op)
{
	int32_t n = b->params[5];
	b->next = 5;
	bind_integer(b, "n", 1, RV_MAX_COLUMNS);
	op->norm.n = n;
	op->norm.gain_shift = bind_integer(b, "gainShift", -16, 40);
	op->norm.epsilon_n = (uint32_t)bind_integer(b, "epsilon", 0, INT32_MAX);
	op->norm.sqrt_n = (uint32_t)bind_integer(b, "sqrtN", 1, 256 << 16);
	b->next = 0;
	op->bytes = bind_arena(b, "q", PADDED(n), 16);
	op->scale = bind_arena(b, "scale", sizeof(rv_scale), 4);
	op->in = bind_arena(b, "x", (int64_t)n * 4, 4);
	op->scratch = bind_arena(b, "scratch", (int64_t)n * 4, 4);
	op->norm.gain = bind_weights(b, "gain", (int64_t)n * 2, 2);
	op->run = norm;
}

static int32_t matvec_int8(const operator_record *op, int32_t unused)
{
	(void)unused;
	rv_matvec_split(op->out, &op->matrix, op->bytes, op->scale, op->flag, second_core);
	return 0;
}

#define MATVEC(name) static int32_t matvec_##name(const operator_record *op, int32_t unused) \
{ \
	(void)unused; \
	rv_matvec_##name(op->out, &op->grouped, op->bytes, op->scale, op->flag, op->scratch); \
	return 0; \
}
MATVEC(int4)
MATVEC(ternary)
MATVEC(binary)
MATVEC(binary_xnor)

/* Leaves of a matrix the rows from `first` on, the first of a tile: they are a matrix too. */
static void keep_rows(operator_record *op, int32_t type, int32_t first, int32_t count)
{
	int32_t tile_rows = first / RV_TILE_ROWS;
	if (type == MATRIX_INT8) {
		rv_matrix *m = &op->matrix;
		m->tiles += (int64_t)tile_rows * ((m->columns + RV_TILE_COLUMNS - 1) / RV_TILE_COLUMNS) * RV_TILE_BYTES;
		m->scales += first;
		m->rows = count;
	}
	else {
		rv_matrix_grouped *m = &op->grouped;
		int64_t tiles = (int64_t)tile_rows * ((m->columns + RV_GROUP - 1) / RV_GROUP);
		m->tiles += tiles * (type == MATRIX_INT4 ? RV_TILE_BYTES : type == MATRIX_TERNARY ? RV_TILE_BYTES_TERNARY : RV_TILE_BYTES_BINARY);
		m->group_scales += tiles * RV_TILE_ROWS;
		m->scales += first;
		m->rows = count;
	}
}

/* Parameters 0 to 10; then, for some of the rows, the first (of a tile) and how many. */
static void bind_product(binder *b, operator_record *op, int some)
{
	b->next = 3;
	int32_t type = bind_matrix(b, op), grouped = type != MATRIX_INT8;
	op->flag = bind_integer(b, "add", 0, 1);
	int32_t rows = grouped ? op->grouped.rows : op->matrix.rows, columns = grouped ? op->grouped.columns : op->matrix.columns;
	int32_t scratch = b->next++, binary = bind_integer(b, "binary", 0, 1);
	if (some) {
		int32_t first = bind_integer(b, "first", 0, rows - 1);
		if (first % RV_TILE_ROWS) {
			xsMachine *the = b->the;
			xsRangeError("%s: first is %d, no multiple of %d", (char *)b->name, (int)first, RV_TILE_ROWS);
		}
		rows = bind_integer(b, "count", 1, rows - first);
		keep_rows(op, type, first, rows);
	}
	b->next = scratch;
	if (grouped)
		op->scratch = bind_arena(b, "scratch", type == MATRIX_INT4 ? rv_matvec_int4_scratch_size(columns) : type == MATRIX_TERNARY ? rv_matvec_ternary_scratch_size(columns)
			: binary ? rv_matvec_binary_xnor_scratch_size(columns) : rv_matvec_binary_scratch_size(columns), 16);
	b->next = 0;
	op->out = bind_arena(b, "out", (int64_t)rows * 4, 4);
	op->bytes = bind_arena(b, "x", PADDED(columns), 16);
	op->scale = bind_arena(b, "scale", sizeof(rv_scale), 4);
	op->run = type == MATRIX_INT8 ? matvec_int8 : type == MATRIX_INT4 ? matvec_int4 : type == MATRIX_TERNARY ? matvec_ternary
		: binary ? matvec_binary_xnor : matvec_binary;
}

static void bind_matvec(binder *b, operator_record *op)
{
	bind_product(b, op, 0);
}

static void bind_matvec_rows(binder *b, operator_record *op)
{
	bind_product(b, op, 1);
}

static int32_t swiglu(const operator_record *op, int32_t unused)
{
	(void)unused;
	rv_swiglu_quantise(op->bytes, op->scale, op->out, op->n);
	return 0;
}

static void bind_swiglu(binder *b, operator_record *op)
{
	b->next = 3;
	op->n = bind_integer(b, "n", 1, RV_MAX_COLUMNS);
	b->next = 0;
	op->bytes = bind_arena(b, "q", PADDED(op->n), 16);
	op->scale = bind_arena(b, "scale", sizeof(rv_scale), 4);
	op->out = bind_arena(b, "gateUp", (int64_t)op->n * 8, 4);
	op->run = swiglu;
}

static int32_t products(const operator_record *op, int32_t unused)
{
	(void)unused;
	rv_swiglu_products(op->out, op->in, op->n);
	return 0;
}

static void bind_products(binder *b, operator_record *op)
{
	b->next = 2;
	op->n = bind_integer(b, "n", 1, RV_MAX_COLUMNS);
	b->next = 0;
	op->out = bind_arena(b, "gate", (int64_t)op->n * 4, 4);
	op->in = bind_arena(b, "up", (int64_t)op->n * 4, 4);
	op->run = products;
}

static int32_t quantise(const operator_record *op, int32_t unused)
{
	(void)unused;
	rv_quantise(op->bytes, op->scale, op->in, op->n, op->flag);
	return 0;
}

static void bind_quantise(binder *b, operator_record *op)
{
	b->next = 3;
	op->n = bind_integer(b, "n", 1, RV_MAX_COLUMNS);
	op->flag = bind_integer(b, "fraction", -31, 62);
	b->next = 0;
	op->bytes = bind_arena(b, "q", PADDED(op->n), 16);
	op->scale = bind_arena(b, "scale", sizeof(rv_scale), 4);
	op->in = bind_arena(b, "v", (int64_t)op->n * 4, 4);
	op->run = quantise;
}

/* Parameters 0 to 12, common to both halves of attention: sizes first, then the cache. */
static void bind_cache(binder *b, operator_record *op)
{
	rv_attention *a = &op->attention;
	a->heads = bind_integer(b, "heads", 1, 1024);
	a->kv_heads = bind_integer(b, "kvHeads", 1, a->heads);
	if (a->heads % a->kv_heads) {
		xsMachine *the = b->the;
		xsRangeError("%s: kvHeads does not divide heads", (char *)b->name);
	}
	a->head_dim = bind_integer(b, "headDim", 2, 256) & ~1;
	a->capacity = bind_integer(b, "capacity", 1, RV_MAX_POSITIONS);
	a->score_mantissa = (uint32_t)bind_integer(b, "scoreMantissa", 1, 32767);
	a->score_shift = bind_integer(b, "scoreShift", 0, 60);
	int64_t cache = (int64_t)a->kv_heads * a->capacity * a->head_dim;
	int64_t scales = (int64_t)a->kv_heads * RV_SCALE_STRIDE(a->capacity) * 2;
	a->keys = bind_arena(b, "keys", cache, 16);
	a->values = bind_arena(b, "values", cache, 16);
	a->key_scales = bind_arena(b, "keyScales", scales, 16);
	a->value_scales = bind_arena(b, "valueScales", scales, 16);
	op->bytes = bind_arena(b, "queries", (int64_t)a->heads * a->head_dim, 16);
	op->scale = bind_arena(b, "queryScales", (int64_t)a->heads * (int64_t)sizeof(rv_scale), 4);
	op->limit = a->capacity;
}

static int32_t rope(const operator_record *op, int32_t position)
{
	rv_rope_store(&op->attention, op->in, position, op->bytes, op->scale);
	return 0;
}

static void bind_rope(binder *b, operator_record *op)
{
	bind_cache(b, op);
	const rv_attention *a = &op->attention;
	op->in = bind_arena(b, "qkv", (int64_t)(a->heads + 2 * a->kv_heads) * a->head_dim * 4, 4);
	op->attention.frequencies = bind_weights(b, "frequencies", (int64_t)a->head_dim * 2, 4);
	op->run = rope;
}

static int32_t attend(const operator_record *op, int32_t position)
{
	rv_attend(&op->attention, position, op->bytes, op->scale, op->out, op->scratch);
	return 0;
}

static void bind_attend(binder *b, operator_record *op)
{
	bind_cache(b, op);
	op->out = bind_arena(b, "mixed", (int64_t)op->attention.heads * op->attention.head_dim * 4, 4);
	op->scratch = bind_arena(b, "scratch", rv_attention_scratch_size(op->attention.capacity), 64);
	op->run = attend;
}

/* What a script wrote there is looked at each time: a bad list of runs is an error, not a read beyond the cache. */
static int32_t attend_runs(const operator_record *op, int32_t position)
{
	if (!rv_runs_valid((const uint16_t *)op->in, position))
		return -1;
	rv_attend_runs(&op->attention, (const uint16_t *)op->in, op->bytes, op->scale, op->out, op->scratch);
	return 0;
}

static void bind_attend_runs(binder *b, operator_record *op)
{
	bind_attend(b, op);
	op->in = bind_arena(b, "runs", 4 * (int64_t)op->attention.capacity + 4, 4);
	op->run = attend_runs;
}

static int32_t negative_log_likelihood(const operator_record *op, int32_t token)
{
	int64_t q24 = sampler_negative_log_prob(op->in, (uint32_t)op->n, (uint32_t)token);
	return q24 > INT32_MAX ? INT32_MAX : (int32_t)q24;
}

static void bind_negative_log_likelihood(binder *b, operator_record *op)
{
	b->next = 1;
	op->n = bind_integer(b, "vocab", 1, SAMPLER_MAX_VOCAB);
	b->next = 0;
	op->in = bind_arena(b, "logits", (int64_t)op->n * 4, 4);
	op->run = negative_log_likelihood;
	op->limit = op->n;
}

/*
 * The sampler's settings, as TypeScript writes them: scale, topK, topP, minP, penalty, seed (low, high
 * word), then how many entries of `recent` count. Its state stays in the operator, out of scripts' reach.
 */
#define SETTINGS 8

static int32_t sample(const operator_record *op, int32_t step)
{
	const uint32_t *settings = (const uint32_t *)op->bytes;
	struct sampler *s = (struct sampler *)&op->sampler;
	if (step == 0) {
		struct sampler_config config = { settings[0], settings[1], settings[2], settings[3], settings[4],
			(uint64_t)settings[6] << 32 | settings[5] };
		return sampler_init(s, &config, (uint32_t)op->n);
	}
	if (s->vocab == 0)
		return SAMPLER_VOCAB;
	if (step == 2) {
		sampler_skip(s);
		return 0;
	}
	uint32_t scratch = sampler_scratch_size((uint32_t)op->n);
	uint32_t count = settings[7] < (uint32_t)op->flag ? settings[7] : (uint32_t)op->flag;
	if (s->penalty != SAMPLER_ONE)
		sampler_penalize(s, op->out, op->in, count, op->scratch, scratch);
	return sampler_next(s, op->out, op->scratch, scratch);
}

static void bind_sample(binder *b, operator_record *op)
{
	b->next = 2;
	op->n = bind_integer(b, "vocab", 1, SAMPLER_MAX_VOCAB);
	op->flag = bind_integer(b, "window", 0, 65536);
	b->next = 0;
	op->out = bind_arena(b, "logits", (int64_t)op->n * 4, 4);
	op->bytes = bind_arena(b, "settings", SETTINGS * 4, 4);
	b->next = 4;
	op->in = bind_arena(b, "recent", (int64_t)op->flag * 4, 4);
	op->scratch = bind_arena(b, "scratch", sampler_scratch_size((uint32_t)op->n), 4);
	op->run = sample;
	op->limit = 3;
}

/* Where an adapter's numbers lie: A and B, the state of its rounding, h. */
static rv_lora lora_of(const operator_record *op)
{
	int32_t count = op->lora.rank * op->lora.n;
	int16_t *a = op->lora.weights;
	return (rv_lora){ a, a + count, (uint32_t *)(a + 2 * count), op->lora.hidden, op->lora.n, op->lora.rank };
}

static void bind_lora(binder *b, operator_record *op)
{
	op->lora.n = bind_integer(b, "n", 1, RV_MAX_COLUMNS);
	op->lora.rank = bind_integer(b, "rank", 1, RV_LORA_MAX_RANK);
	op->lora.weights = bind_arena(b, "adapter", 4 * (int64_t)op->lora.rank * op->lora.n + 4, 4);
	op->lora.hidden = bind_arena(b, "hidden", 4 * (int64_t)op->lora.n, 4);
}

static int32_t adapt(const operator_record *op, int32_t unused)
{
	(void)unused;
	rv_lora l = lora_of(op);
	rv_lora_apply(&l, op->bytes, op->scale, op->scratch);
	return 0;
}

static void bind_adapt(binder *b, operator_record *op)
{
	bind_lora(b, op);
	op->bytes = bind_arena(b, "q", PADDED(op->lora.n), 16);
	op->scale = bind_arena(b, "scale", sizeof(rv_scale), 4);
	op->scratch = bind_arena(b, "scratch", (int64_t)op->lora.n * 4, 4);
	op->run = adapt;
}

/* One step towards the target, of the length that stands in the first word of `out`: the gradient's place. */
static int32_t learn(const operator_record *op, int32_t target)
{
	rv_lora l = lora_of(op);
	int32_t rate = op->out[0];
	if (!*l.random)
		*l.random = 1;
	if (op->flag == MATRIX_INT8)
		rv_lora_gradient(op->out + 1, (int64_t *)(void *)op->scratch, op->in, target, &op->lora.matrix);
	else
		rv_lora_gradient_grouped(op->out + 1, (int64_t *)(void *)op->scratch, op->in, target, &op->lora.grouped, op->flag);
	rv_lora_step(&l, op->out + 1, rate < 0 ? 0 : rate > 65536 ? 65536 : rate);
	return 0;
}

static void bind_learn(binder *b, operator_record *op)
{
	operator_record output = *op;
	b->next = 4;
	op->flag = bind_matrix(b, &output);
	int32_t after = b->next, rows = op->flag == MATRIX_INT8 ? output.matrix.rows : output.grouped.rows;
	int32_t columns = op->flag == MATRIX_INT8 ? output.matrix.columns : output.grouped.columns;
	b->next = 0;
	bind_lora(b, op);
	if (op->flag == MATRIX_INT8)
		op->lora.matrix = output.matrix;
	else
		op->lora.grouped = output.grouped;
	if (columns != op->lora.n) {
		xsMachine *the = b->the;
		xsRangeError("learn: the output matrix has %d columns, not %d", (int)columns, (int)op->lora.n);
	}
	b->next = after;
	op->in = bind_arena(b, "logits", (int64_t)rows * 4, 4);
	op->out = bind_arena(b, "gradient", (int64_t)columns * 4 + 4, 4);
	op->scratch = bind_arena(b, "sums", (int64_t)columns * 8, 8);
	op->run = learn;
	op->limit = rows;
}

/*
 * A draft's memory, as src/engine/draft/text-draft.ts lays it out: length of the text, least confidence, the record; what was
 * drafted and how sure; the text, with room for what is drafted.
 */
enum { DRAFT_LENGTH, DRAFT_LEAST, DRAFT_RECORD, DRAFT_OUT = 8, DRAFT_MOST = 32, DRAFT_CONFIDENCES = DRAFT_OUT + DRAFT_MOST, DRAFT_TEXT = DRAFT_CONFIDENCES + DRAFT_MOST, DRAFT_PUSH = 64 };

/* 0 forgets the text; 1 to 32 drafts so many; from 64 on a token goes behind the text, whose older half leaves a full one. */
static int32_t draft(const operator_record *op, int32_t step)
{
	int32_t *memory = op->out, *text = memory + DRAFT_TEXT, length = memory[DRAFT_LENGTH];
	rv_draft_record *record = (rv_draft_record *)(memory + DRAFT_RECORD);
	if (step == 0) {
		rv_draft_forget(record);
		return memory[DRAFT_LENGTH] = 0;
	}
	if (length < 0 || length > op->n)
		return -1;
	if (step <= DRAFT_MOST)
		return rv_draft(&op->ngrams, op->flag, record, text, length, memory + DRAFT_OUT, memory + DRAFT_CONFIDENCES, step, memory[DRAFT_LEAST]);
	if (step < DRAFT_PUSH)
		return -1;
	if (op->flag)
		rv_draft_learn(&op->ngrams, record, text, length, step - DRAFT_PUSH);
	if (length == op->n) {
		memmove(text, text + length / 2, (size_t)(length - length / 2) * 4);
		length -= length / 2;
	}
	text[length] = step - DRAFT_PUSH;
	return memory[DRAFT_LENGTH] = length + 1;
}

static void bind_draft(binder *b, operator_record *op)
{
	xsMachine *the = b->the;
	b->next = 1;
	op->n = bind_integer(b, "capacity", RV_NGRAM_ORDER, 65536);
	op->flag = bind_integer(b, "lookup", 0, 1);
	int32_t vocab = bind_integer(b, "vocab", 1, SAMPLER_MAX_VOCAB), bytes = bind_integer(b, "bytes", 0, INT32_MAX);
	const uint8_t *file = bind_weights(b, "table", bytes, 1);
	if (bytes) {
		enum rv_ngrams_status status = rv_ngrams_init(&op->ngrams, file, (uint32_t)bytes);
		if (status != RV_NGRAMS_OK)
			xsRangeError("draft: %s", (char *)(status == RV_NGRAMS_BUCKETS ? "a bucket ends before it begins" : status == RV_NGRAMS_TOKEN ? "an entry's token is not in the vocabulary"
				: status == RV_NGRAMS_SIZE ? "the size is not what the header says" : "the header's numbers can't be"));
		if (op->ngrams.vocab != vocab)
			xsRangeError("draft: the table has %d tokens, not %d", (int)op->ngrams.vocab, (int)vocab);
	}
	b->next = 0;
	op->out = bind_arena(b, "memory", ((int64_t)DRAFT_TEXT + op->n + DRAFT_MOST) * 4, 4);
	op->run = draft;
	op->limit = DRAFT_PUSH + vocab;
}

const operator_kind operator_kinds[] = {
	{ "embed", 6, bind_embed },
	{ "norm", 9, bind_norm },
	{ "matvec", 11, bind_matvec },
	{ "rope", 14, bind_rope },
	{ "attend", 14, bind_attend },
	{ "swiglu", 4, bind_swiglu },
	{ "quantise", 5, bind_quantise },
	{ "negativeLogLikelihood", 2, bind_negative_log_likelihood },
	{ "sample", 6, bind_sample },
	{ "adapt", 7, bind_adapt },
	{ "learn", 12, bind_learn },
	{ "attendRuns", 15, bind_attend_runs },
	{ "draft", 6, bind_draft },
	{ "matvecRows", 13, bind_matvec_rows },
	{ "products", 3, bind_products },
};
const int32_t operator_kind_count = sizeof(operator_kinds) / sizeof(operator_kinds[0]);
