/* Attention: every variant gives the same bits, and softmax attention in double gives nearly the same numbers. */

#include "kernels.h"

static const struct { const char *name; attend_kernel *run; } VARIANTS[] = { ATTENDS };

typedef struct {
	rv_attention a;
	int8_t *queries;
	rv_scale *query_scales;
	int32_t *mixed;
	void *scratch;
} layer;

static layer layer_for(int32_t heads, int32_t kv_heads, int32_t dim, int32_t capacity)
{
	layer l;
	size_t cache = (size_t)kv_heads * (size_t)capacity * (size_t)dim, scales = (size_t)(kv_heads * RV_SCALE_STRIDE(capacity)) * 2;
	double score = log2(exp(1)) / (127 * sqrt(dim));
	int32_t shift = 14 - ilogb(score);
	l.a = (rv_attention){ allocate(cache), allocate(cache), allocate(scales), allocate(scales), NULL, heads, kv_heads, dim, capacity,
		(uint32_t)fmin(32767, floor(ldexp(score, shift) + 0.5)), shift };
	l.queries = allocate((size_t)(heads * dim));
	l.query_scales = allocate((size_t)heads * sizeof(rv_scale));
	l.mixed = allocate((size_t)(heads * dim) * 4);
	if (posix_memalign(&l.scratch, 64, (size_t)rv_attention_scratch_size(capacity)))
		exit(2);
	fill_bytes(l.a.keys, (int64_t)cache, BYTES_ANY);
	fill_bytes(l.a.values, (int64_t)cache, BYTES_ANY);
	fill_bytes((int8_t *)l.a.key_scales, (int64_t)scales, BYTES_ANY);
	fill_bytes((int8_t *)l.a.value_scales, (int64_t)scales, BYTES_ANY);
	return l;
}

static void free_layer(layer *l)
{
	free(l->a.keys);
	free(l->a.values);
	free(l->a.key_scales);
	free(l->a.value_scales);
	free(l->queries);
	free(l->query_scales);
	free(l->mixed);
	free(l->scratch);
}

/* Leaves the portable result in l->mixed. */
static void compare_variants(layer *l, int32_t position, const char *what)
{
	int32_t n = l->a.heads * l->a.head_dim;
	int32_t *mixed = allocate((size_t)n * 4);
	rv_attend_portable(&l->a, position, l->queries, l->query_scales, l->mixed, l->scratch);
	for (int v = 1; v < LENGTH(VARIANTS); v++) {
		memset(mixed, 0x55, (size_t)n * 4);
		VARIANTS[v].run(&l->a, position, l->queries, l->query_scales, mixed, l->scratch);
		CHECK(memcmp(mixed, l->mixed, (size_t)n * 4) == 0, "%s, %s: %d of %d heads of %d, position %d of %d", VARIANTS[v].name, what,
			l->a.heads, l->a.kv_heads, l->a.head_dim, position, l->a.capacity);
	}
	free(mixed);
}

static uint16_t scale16(int32_t bits)
{
	return (uint16_t)((2048 + below(2048)) | (uint32_t)(bits - 12) << 12);
}

static double worst_ratio;

/* Whole layers as rv_rope_store makes them: any bytes to 127, scales of about `spread` bits around 1.0. */
static void against_double(layer *l, int32_t position, int32_t spread)
{
	const rv_attention *a = &l->a;
	int32_t count = position + 1, dim = a->head_dim;
	size_t stride = (size_t)RV_SCALE_STRIDE(a->capacity);
	for (size_t i = 0; i < (size_t)a->kv_heads * (size_t)a->capacity * (size_t)dim; i++) {
		a->keys[i] = (int8_t)((int)below(255) - 127);
		a->values[i] = (int8_t)((int)below(255) - 127);
	}
	for (size_t i = 0; i < (size_t)a->kv_heads * stride; i++) {
		a->key_scales[i] = scale16(17 - (int32_t)below((uint32_t)spread));
		a->value_scales[i] = scale16(17 - (int32_t)below((uint32_t)spread));
	}
	for (int32_t i = 0; i < a->heads * dim; i++)
		l->queries[i] = (int8_t)((int)below(255) - 127);
	for (int32_t h = 0; h < a->heads; h++)
		l->query_scales[h] = (rv_scale){ 16512 + below(16512), 20 + (int32_t)below(6) };
	compare_variants(l, position, "as stored");
	double *p = allocate((size_t)count * sizeof(double));
	for (int32_t h = 0; h < a->heads; h++) {
		int32_t group = h / (a->heads / a->kv_heads);
		const int8_t *keys = a->keys + (size_t)group * (size_t)a->capacity * (size_t)dim, *values = a->values + (keys - a->keys);
		double top = -1e300, range = 0, sum = 0, largest = 0, excess = 0;
		for (int32_t t = 0; t < count; t++) {
			int32_t dot = 0;
			for (int32_t i = 0; i < dim; i++)
				dot += l->queries[h * dim + i] * keys[(size_t)t * (size_t)dim + (size_t)i];
			uint16_t s = a->key_scales[(size_t)group * stride + (size_t)t];
			p[t] = dot * value_of(l->query_scales + h) * ldexp(s & 4095, (s >> 12) - 16) / 127 / sqrt(dim);
			top = fmax(top, p[t]);
			range = fmax(range, fabs(p[t]));
		}
		for (int32_t t = 0; t < count; t++) {
			uint16_t s = a->value_scales[(size_t)group * stride + (size_t)t];
			sum += p[t] = exp(p[t] - top);
			largest = fmax(largest, ldexp(s & 4095, s >> 12));
		}
		/*
		 * Relative to the largest value: 2^-10 for the exponentials (their table's step) and the division,
		 * 2^-13 of the scores (15 bits of a query's scale), and up to 4 units of 2^-15 for each position.
		 */
		double bound = ldexp(1, -10) + range * ldexp(1, -13) + count / sum * ldexp(1, -13);
		for (int32_t i = 0; i < dim; i++) {
			double real = 0;
			for (int32_t t = 0; t < count; t++) {
				uint16_t s = a->value_scales[(size_t)group * stride + (size_t)t];
				real += p[t] * values[(size_t)t * (size_t)dim + (size_t)i] * ldexp(s & 4095, s >> 12) / 127;
			}
			excess = fmax(excess, (fabs(l->mixed[h * dim + i] - real / sum) - 1) / largest / bound);
		}
		worst_ratio = fmax(worst_ratio, excess);
		CHECK(excess <= 1, "head %d of %d, position %d of %d: %g of the bound", h, dim, position, a->capacity, excess);
	}
	free(p);
}

/* Bytes and scales of every kind, such as no rv_rope_store writes. */
static void anything(layer *l, int32_t position)
{
	const rv_attention *a = &l->a;
	size_t cache = (size_t)a->kv_heads * (size_t)a->capacity * (size_t)a->head_dim, scales = (size_t)(a->kv_heads * RV_SCALE_STRIDE(a->capacity));
	fill_bytes(a->keys, (int64_t)cache, (int)below(BYTES_KINDS));
	fill_bytes(a->values, (int64_t)cache, (int)below(BYTES_KINDS));
	fill_bytes(l->queries, a->heads * a->head_dim, (int)below(BYTES_KINDS));
	int kind = (int)below(3);
	for (size_t i = 0; i < scales; i++) {
		a->key_scales[i] = kind == 0 ? (uint16_t)random64() : kind == 1 ? 0xFFFF : (uint16_t)(random64() & 1 ? 0xFFFF : 0);
		a->value_scales[i] = kind == 0 ? (uint16_t)random64() : kind == 1 ? 0xFFFF : (uint16_t)(random64() & 1 ? 0xFFFF : 4095);
	}
	for (int32_t h = 0; h < a->heads; h++)
		l->query_scales[h] = (rv_scale){ below(5) ? below(65536) : 0, (int32_t)below(120) - 40 };
	compare_variants(l, position, "anything");
}

/*
 * The longest context with equal probabilities, one value 2^15 times larger than the others: the mean
 * of all is that value's share, and what the others add is at most one of their own size.
 */
static void longest(int32_t dim)
{
	layer l = layer_for(1, 1, dim, RV_MAX_POSITIONS);
	memset(l.queries, 0, (size_t)dim);
	l.query_scales[0] = (rv_scale){ 16512, 22 };
	memset(l.a.values, 127, (size_t)dim * RV_MAX_POSITIONS);
	for (int32_t t = 0; t < RV_MAX_POSITIONS; t++)
		l.a.value_scales[t] = 4095;
	for (int32_t position = 255; position < RV_MAX_POSITIONS; position = position * 2 + 1) {
		l.a.value_scales[0] = 0xFFFF;
		compare_variants(&l, position, "longest");
		double mean = (4095 * 32768.0 + 4095.0 * position) / (position + 1);
		CHECK(fabs(l.mixed[0] - mean) <= 4096 + mean / 1024, "position %d: %d, not %g", position, l.mixed[0], mean);
	}
	free_layer(&l);
}

int main(int argc, char **argv)
{
	static const int32_t DIMS[] = { 2, 8, 12, 16, 32, 48, 64, 128, 256 };
	start(argc, argv, "attention");
	for (int i = 0; i < LENGTH(DIMS); i++)
		for (int j = 0; j < LENGTH(SIZES); j++) {
			int32_t kv_heads = 1 + (int32_t)below(2);
			/* Capacities that the vectors take, and others. */
			layer l = layer_for(kv_heads * (1 + (int32_t)below(3)), kv_heads, DIMS[i], below(4) ? PADDED(SIZES[j]) : SIZES[j]);
			against_double(&l, SIZES[j] - 1, 1 + (int32_t)below(5));
			for (int n = 0; n < 4; n++)
				anything(&l, (int32_t)below((uint32_t)SIZES[j]));
			free_layer(&l);
		}
	longest(2);
	longest(8);
	longest(16);
	printf("attention: at most %.2f of the bound\n", worst_ratio);
	return finish();
}
