/*
 * Binary matrix times vector for machines without vectors, above all RV32IMC: six weights with one look-up.
 *
 * For each six activations (and the last two of a group) a table holds the sum for every choice of signs, so that six
 * bits of a row cost a shift, a mask, two additions and a load. Six is where looking up and making the tables cost
 * least together, for matrices of 64 rows to 1024. The row's word is read from its lowest bit on; simd-kernels.h
 * says which column that is.
 */
#include "simd-kernels.h"
#include "matvec-groups.h"
#include "matvec-rows.h"

#define BITS 6
#define TABLES 5
#define LANES 0x00010001u

/* Keeps the sums of six from being negative, which halves of words could not be added as. */
#define OFFSET (BITS * 128)

typedef struct {
	uint16_t sixes[TABLES][1 << BITS]; /* each with OFFSET added */
	int16_t two[4];                    /* of the last two, with all offsets taken off */
} group;

_Static_assert(sizeof(group) == 648, "src/engine/arena.ts counts so many bytes");

/* Two entries at once: those without and with the first activation. */
typedef uint32_t __attribute__((may_alias)) pair;

RV_LOOP void make_table(uint16_t *table, int32_t x0, int32_t x1, int32_t x2, int32_t x3, int32_t x4, int32_t x5)
{
	pair *t = (pair *)(void *)table;
	uint32_t a0 = (uint32_t)(OFFSET - x0 - x1 - x2 - x3 - x4 - x5) * LANES + ((uint32_t)x0 << 17);
#define STEP(x) ((uint32_t)(x) * (2 * LANES))
	uint32_t d1 = STEP(x1), d2 = STEP(x2), d3 = STEP(x3), d4 = STEP(x4), d5 = STEP(x5 - x4);
	uint32_t a1 = a0 + d1, a2 = a0 + d2, a3 = a1 + d2, a4 = a0 + d3, a5 = a1 + d3, a6 = a2 + d3, a7 = a3 + d3;
#define ADD(d) a0 += d; a1 += d; a2 += d; a3 += d; a4 += d; a5 += d; a6 += d; a7 += d;
#define STORE(n) t[n] = a0; t[n + 1] = a1; t[n + 2] = a2; t[n + 3] = a3; t[n + 4] = a4; t[n + 5] = a5; t[n + 6] = a6; t[n + 7] = a7;
	STORE(0) ADD(d4) STORE(8) ADD(d5) STORE(16) ADD(d4) STORE(24)
#undef STORE
#undef ADD
#undef STEP
}

static void prepare(group *g, const int8_t *x)
{
	/* The activation of a word's bit. */
#define X(bit) x[(bit) % 8 * 4 + (bit) / 8]
#define TABLE(t) make_table(g->sixes[t], X(6 * t), X(6 * t + 1), X(6 * t + 2), X(6 * t + 3), X(6 * t + 4), X(6 * t + 5));
	TABLE(0) TABLE(1) TABLE(2) TABLE(3) TABLE(4)
	int32_t x0 = X(30), x1 = X(31), all = TABLES * OFFSET;
#undef TABLE
#undef X
	g->two[0] = (int16_t)(-x0 - x1 - all);
	g->two[1] = (int16_t)(x0 - x1 - all);
	g->two[2] = (int16_t)(x1 - x0 - all);
	g->two[3] = (int16_t)(x0 + x1 - all);
}

/* Entry `index`, times two as a shift leaves it, of a table `at` bytes into the group. */
#define LOOK(type, at, index) (*(const type *)(const void *)(base + (index) + (at)))
#define SIX(t, index) LOOK(uint16_t, 2 * (t) << BITS, (index) & 126)

/* The sums of eight rows. */
RV_LOOP void multiply(int32_t *sums, const uint32_t *w, const uint8_t *scales, const group *g, const group *end)
{
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	do {
		const uint8_t *base = (const uint8_t *)g++;
#define ROW(r) { uint32_t v = w[r]; \
	s##r += scales[r] * (SIX(0, v << 1) + SIX(1, v >> 5) + SIX(2, v >> 11) + SIX(3, v >> 17) + SIX(4, v >> 23) + LOOK(int16_t, 640, v >> 29 & 6)); }
		ROW(0) ROW(1) ROW(2) ROW(3) ROW(4) ROW(5) ROW(6) ROW(7)
#undef ROW
		w += RV_TILE_BYTES_BINARY / 4;
		scales += RV_TILE_ROWS;
	} while (g < end);
	sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
	sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}

int32_t rv_matvec_binary_scratch_size(int32_t columns)
{
	return rv_groups(columns) * (int32_t)sizeof(group);
}

void rv_matvec_binary_table(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch)
{
	int32_t groups = rv_groups(m->columns), sums[RV_TILE_ROWS];
	if (!rv_has_words(m)) {
		rv_matvec_binary_portable(out, m, x, scale, add, scratch);
		return;
	}
	rv_requantiser z = rv_grouped_requantiser(m, scale, RV_BINARY_BITS);
	const uint8_t *tiles = m->tiles, *group_scales = m->group_scales;
	group *g = scratch;
	for (int32_t i = 0; i < groups; i++)
		prepare(g + i, x + i * RV_GROUP);
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS) {
		multiply(sums, (const uint32_t *)(const void *)tiles, group_scales, g, g + groups);
		store_rows(out + row, sums, m->scales + row, m->rows - row, scale->mantissa, &z, add);
		tiles += groups * RV_TILE_BYTES_BINARY;
		group_scales += groups * RV_TILE_ROWS;
	}
}
