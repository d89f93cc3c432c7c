/* The cell against its equations in doubles; the chip router with all bytes that a script could write; what permutes, learns and stays in bounds. */

#include <math.h>
#include "check.h"
#include "chip-router.h"
#include "content-features.h"

static void fill(void *memory, size_t bytes)
{
	uint8_t *at = memory;
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)below(256);
}

static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

static void cell(void)
{
	rv_grnn *g = allocate(sizeof(*g));
	int16_t *h = allocate(4 * sizeof(*h)), before[4];
	int8_t *x = allocate(8);
	fill(g, sizeof(*g));
	if (below(2))
		for (int i = 0; i < 32; i++)
			g->w[i / 8][i % 8] = (int8_t)(g->w[i / 8][i % 8] / 8);
	fill(x, 8);
	for (int i = 0; i < 4; i++)
		before[i] = h[i] = (int16_t)below(65536);
	rv_grnn_step(g, h, x);
	for (int i = 0; i < 4; i++) {
		double a = 0;
		for (int j = 0; j < 8; j++)
			a += g->w[i][j] / 32.0 * x[j] / 128;
		for (int j = 0; j < 4; j++)
			a += g->u[i][j] / 32.0 * before[j] / 4096;
		double z = sigmoid(a + g->gate[i] / 32.0), c = tanh(a + g->candidate[i] / 32.0), next = (g->zeta / 256.0 * (1 - z) + g->nu / 256.0) * c + z * before[i] / 4096;
		next = next > 32767.0 / 4096 ? 32767.0 / 4096 : next < -8 ? -8 : next;
		CHECK(fabs(next - h[i] / 4096.0) < 0.003, "unit %d is %f instead of %f", i, h[i] / 4096.0, next);
	}
	free(g);
	free(h);
	free(x);
}

static void logarithms(void)
{
	for (int i = 0; i < PART_OF(4000); i++) {
		uint32_t x = 1 + (uint32_t)(random64() >> (33 + below(31)));
		CHECK(fabs(rv_router_log2(x) / 1024.0 - log2(x)) < 0.011, "log2 of %u is %d", (unsigned)x, (int)rv_router_log2(x));
	}
}

/* Anything is a state: no arithmetic overflows, no index leaves, which is for the sanitizers to say. */
static void any_bytes(void)
{
	rv_router *r = allocate(sizeof(*r));
	rv_router_request *q = allocate(sizeof(*q));
	fill(r, sizeof(*r));
	fill(q, sizeof(*q));
	r->kind = (uint8_t)below(2);
	r->chips = (uint8_t)(r->kind ? 2 + below(3) : 1 + below(16));
	for (int i = 0; i < 8; i++) {
		rv_router_step(r, q);
		int32_t chip = rv_router_route(r, q);
		CHECK(chip < r->chips && (chip >= 0 ? r->alive >> chip & 1 : !(r->alive & ((1u << r->chips) - 1))), "chip %d", (int)chip);
		rv_router_learn(r, (int32_t)below(256) - 128);
		rv_router_observe(r, (int32_t)below(r->chips), (uint32_t)random64(), (uint32_t)random64(), (uint32_t)random64() >> below(32));
		for (int j = 0; j < 4; j++)
			CHECK(chip < 0 || (r->nudge[j] >= -RV_ROUTER_NUDGE && r->nudge[j] <= RV_ROUTER_NUDGE), "nudge %d", r->nudge[j]);
		if (below(2))
			fill(q, sizeof(*q));
	}
	free(r);
	free(q);
}

static void permutations(void)
{
	rv_router *a = allocate(sizeof(*a)), *b = allocate(sizeof(*b));
	rv_router_request *p = allocate(sizeof(*p)), *q = allocate(sizeof(*q));
	int chips = 2 + (int)below(15), turn = (int)below((uint32_t)chips);
	rv_router_init(a, RV_ROUTER_LOAD, chips);
	fill(&a->cell, sizeof(a->cell));
	fill(a->readout, sizeof(a->readout));
	fill(a->slow, sizeof(a->slow));
	*b = *a;
	fill(p, sizeof(*p));
	*q = *p;
	for (int c = 0; c < chips; c++) {
		int d = (c + turn) % chips;
		b->slow[d] = a->slow[c];
		q->load[d] = p->load[c];
		q->hop[d] = p->hop[c];
	}
	for (int i = 0; i < 3; i++) {
		rv_router_step(a, p);
		rv_router_step(b, q);
		int32_t one = rv_router_route(a, p), two = rv_router_route(b, q);
		for (int c = 0; c < chips; c++)
			CHECK(q->score[(c + turn) % chips] == p->score[c], "chip %d of %d", c, chips);
		CHECK(p->score[one] == q->score[two], "the best");
	}
	free(a);
	free(b);
	free(p);
	free(q);
}

static void words(void)
{
	uint32_t n = below(40), at = 0, last = 0;
	uint8_t *text = allocate(n);
	int8_t *out = allocate(8), *again = allocate(8);
	for (uint32_t i = 0; i < n; i++)
		text[i] = (uint8_t)(below(3) ? (uint8_t)"aZ9' .\xc3\xa9"[below(8)] : below(256));
	while ((at = rv_content_word(text, n, at, out)) != 0) {
		CHECK(at > last && at <= n, "a word ends at %u of %u", (unsigned)at, (unsigned)n);
		CHECK(rv_content_word(text, n, last, again) == at && !memcmp(out, again, 8), "the same again");
		last = at;
	}
	free(text);
	free(out);
	free(again);
}

int main(int argc, char **argv)
{
	start(argc, argv, "fast-grnn");
	CHECK(sizeof(rv_router) <= 140 && sizeof(rv_grnn) == 58, "%d bytes", (int)sizeof(rv_router));
	logarithms();
	for (int i = 0; i < PART_OF(3000); i++) {
		cell();
		any_bytes();
		permutations();
		words();
	}
	return finish();
}
