/* See chip-router.h. */
#include <string.h>
#include "chip-router.h"
#include "fixed-point.h"

/* Most that a feature can be: 8 octaves in Q6; OCTAVE in Q10. */
enum { FURTHEST = 8 << 6, OCTAVE = 1 << 10, STEP = 4 };

void rv_router_init(rv_router *r, int32_t kind, int32_t chips)
{
	memset(r, 0, sizeof(*r));
	r->kind = (uint8_t)kind;
	r->chips = (uint8_t)chips;
	r->alive = (uint16_t)((1u << chips) - 1);
	r->chosen = RV_ROUTER_NONE;
	for (int c = 0; c < RV_ROUTER_CHIPS; c++)
		r->slow[c] = RV_ROUTER_UNKNOWN;
	if (kind == RV_ROUTER_LOAD)
		r->readout[RV_ROUTER_WORK][RV_GRNN_HIDDEN] = r->readout[RV_ROUTER_SLOW][RV_GRNN_HIDDEN] = r->readout[RV_ROUTER_HOP][RV_GRNN_HIDDEN] = -32;
}

void rv_router_reset(rv_router *r)
{
	memset(r->hidden, 0, sizeof(r->hidden));
	r->chosen = RV_ROUTER_NONE;
}

/* The highest set bit's place, by halves: some chips have no instruction that counts zeros. */
static inline int32_t highest_bit(uint32_t x)
{
#if defined(__riscv) && !defined(__riscv_zbb)
	int32_t at = 0;
	if (x >> 16) {
		x >>= 16;
		at = 16;
	}
	if (x >> 8) {
		x >>= 8;
		at += 8;
	}
	if (x >> 4) {
		x >>= 4;
		at += 4;
	}
	/* 0, 1, 2 or 3 for what is below 16. */
	return at + (int32_t)(0xffffaa50u >> (2 * x) & 3);
#else
	return 31 - rv_clz(x | 1);
#endif
}

/* The mantissa m of 1 + m, and a parabola for what log2(1 + m) lies above it. */
int32_t rv_router_log2(uint32_t x)
{
	int32_t whole = highest_bit(x), m = (int32_t)(whole >= 10 ? x >> (whole - 10) : x << (10 - whole)) & 1023;
	return whole * 1024 + m + ((352 * m * (1024 - m)) >> 20);
}

static inline int32_t within(int32_t x, int32_t low, int32_t high)
{
	return x < low ? low : x > high ? high : x;
}

/* log2(1 + 2^d), Q10: a parabola between -4 and 4. */
static inline int32_t added(int32_t d)
{
	return d <= -4096 ? 0 : d >= 4096 ? d : (d + 4096) * (d + 4096) >> 14;
}

static void look_at_cluster(const rv_router *r, rv_router_request *q)
{
	int32_t least = 8192, most = 0, sum = 0, idle = 0, alive = 0, fastest = UINT16_MAX, slowest = 0;
	for (int c = 0; c < r->chips; c++) {
		int32_t waiting = q->load[c] ? rv_router_log2(q->load[c] + 1u) : 0, slow = r->slow[c];
		q->waiting[c] = (uint16_t)waiting;
		if (!(r->alive >> c & 1))
			continue;
		alive++;
		sum += waiting;
		idle += !waiting;
		least = waiting < least ? waiting : least;
		most = waiting > most ? waiting : most;
		fastest = slow < fastest ? slow : fastest;
		slowest = slow > slowest ? slow : slowest;
	}
	alive += !alive;
	q->input[0] = q->mean;
	q->input[1] = q->variance;
	/* Octaves of 0 to 8 become -1/2 to 1/2. */
	q->input[2] = (int8_t)((rv_router_log2(q->position + 1u) >> 6) - 64);
	q->input[3] = (int8_t)((least >> 6) - 64);
	q->input[4] = (int8_t)((sum / alive >> 6) - 64);
	q->input[5] = (int8_t)((most >> 6) - 64);
	q->input[6] = (int8_t)(within((slowest - fastest) >> 6, 0, 128) - 64);
	q->input[7] = (int8_t)(idle * 128 / alive - 64);
}

void rv_router_step(rv_router *r, rv_router_request *q)
{
	if (r->kind == RV_ROUTER_LOAD)
		look_at_cluster(r, q);
	rv_grnn_step(&r->cell, r->hidden, q->input);
}

static void make_queries(const rv_router *r, int32_t *query)
{
	for (int j = 0; j < RV_ROUTER_ROWS; j++) {
		const int8_t *row = r->readout[j];
		int32_t sum = 0;
		for (int i = 0; i < RV_GRNN_HIDDEN; i++)
			sum += row[i] * r->hidden[i];
		query[j] = (sum >> 5) + row[RV_GRNN_HIDDEN] * 128 + r->nudge[j] * 32;
	}
}

static int32_t fastest_of(const rv_router *r)
{
	int32_t fastest = UINT16_MAX;
	for (int c = 0; c < r->chips; c++)
		if ((r->alive >> c & 1) && r->slow[c] < fastest)
			fastest = r->slow[c];
	return fastest;
}

static void features_of(const rv_router *r, const rv_router_request *q, int c, int32_t fastest, int16_t *f)
{
	int32_t slow = r->slow[c], work = rv_router_log2(q->load[c] + q->position + 1u);
	f[RV_ROUTER_WORK] = (int16_t)(work >> 4);
	f[RV_ROUTER_SLOW] = (int16_t)within((slow - fastest) >> 4, 0, FURTHEST);
	f[RV_ROUTER_WAITING] = (int16_t)within(q->waiting[c] >> 4, 0, FURTHEST);
	f[RV_ROUTER_HOP] = (int16_t)(q->hop[c] ? within(added(rv_router_log2(q->hop[c]) - work - slow) >> 4, 0, FURTHEST) : 0);
}

static int32_t route_chip(rv_router *r, rv_router_request *q, const int32_t *query)
{
	int32_t fastest = fastest_of(r), best = -1, second = -1;
	int16_t features[RV_ROUTER_CHIPS][RV_ROUTER_ROWS];
	for (int c = 0; c < r->chips; c++) {
		int32_t *score = q->score + c;
		*score = INT32_MIN;
		if (!(r->alive >> c & 1))
			continue;
		int16_t *f = features[c];
		features_of(r, q, c, fastest, f);
		/* |query| < 2^19.1 and |features| together < 2^11.1. */
		*score = (query[0] * f[0] + query[1] * f[1] + query[2] * f[2] + query[3] * f[3]) >> 6;
		if (best < 0 || *score > q->score[best]) {
			second = best;
			best = c;
		}
		else if (second < 0 || *score > q->score[second])
			second = c;
	}
	if (best < 0)
		return best;
	r->work = (uint16_t)(q->load[best] + q->position + 1);
	for (int j = 0; j < RV_ROUTER_ROWS; j++)
		r->credit[j] = (int8_t)(second < 0 ? 0 : within((features[best][j] - features[second][j]) >> 2, -127, 127));
	return best;
}

static int32_t route_expert(rv_router *r, rv_router_request *q, const int32_t *query)
{
	int32_t best = -1, second = -1;
	for (int c = 0; c < r->chips && c < RV_ROUTER_ROWS; c++) {
		int32_t score = r->alive >> c & 1 ? query[c] : INT32_MIN;
		q->score[c] = score;
		if (score == INT32_MIN)
			continue;
		if (best < 0 || score > q->score[best]) {
			second = best;
			best = c;
		}
		else if (second < 0 || score > q->score[second])
			second = c;
	}
	memset(r->credit, 0, sizeof(r->credit));
	if (second >= 0) {
		r->credit[best] = 16;
		r->credit[second] = -16;
	}
	return best;
}

int32_t rv_router_route(rv_router *r, rv_router_request *q)
{
	int32_t query[RV_ROUTER_ROWS];
	make_queries(r, query);
	int32_t best = r->kind == RV_ROUTER_LOAD ? route_chip(r, q, query) : route_expert(r, q, query);
	r->chosen = best < 0 ? RV_ROUTER_NONE : (uint8_t)best;
	return best;
}

void rv_router_observe(rv_router *r, int32_t chip, uint32_t microseconds, uint32_t work, uint32_t hop)
{
	uint32_t done = microseconds > hop ? microseconds - hop : 1;
	int32_t fastest = fastest_of(r), slow = r->slow[chip];
	int32_t error = rv_router_log2(done) - rv_router_log2(work ? work : 1) - slow;
	/* One in four, by a hash, since times may be round. */
	if (!(microseconds * 2654435761u >> 30))
		for (int c = 0; c < r->chips; c++)
			if (c != chip && r->slow[c] > fastest)
				r->slow[c]--;
	int32_t move = error > -OCTAVE && error < OCTAVE ? error >> 3 : within(error >> 2, -OCTAVE, OCTAVE);
	r->slow[chip] = (uint16_t)within(slow + move, 0, RV_ROUTER_SLOWEST);
}

void rv_router_learn(rv_router *r, int32_t reward)
{
	int32_t better = reward * 128 - r->reward;
	if (r->chosen == RV_ROUTER_NONE)
		return;
	r->reward = (int16_t)(r->reward + (better >> 4));
	for (int j = 0; j < RV_ROUTER_ROWS; j++) {
		int32_t step = within((better >> 4) * r->credit[j] / 1024, -STEP, STEP), nudge = r->nudge[j];
		r->nudge[j] = (int8_t)within(nudge + step - nudge / 16, -RV_ROUTER_NUDGE, RV_ROUTER_NUDGE);
	}
}
