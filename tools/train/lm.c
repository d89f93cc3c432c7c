/* Loss and gradients of a llama2.c transformer over one sequence: the part of training that takes the time.
 * model.py compiles it (dimensions are macros: VOCAB DIM HIDDEN LAYERS HEADS KV MAX_SEQ) and calls it from
 * threads, one sequence each. Parameters lie in one array in the order of llama2.c's version 0 checkpoint. */
#include <stdint.h>
#include <stdlib.h>
#include "attention.h"

#define EPS 1e-5f

/* Offsets of the parameters. */
enum {
	EMB = 0, RATT = EMB + VOCAB * DIM, WQ = RATT + LAYERS * DIM, WK = WQ + LAYERS * DIM * DIM, WV = WK + LAYERS * DIM * KD,
	WO = WV + LAYERS * DIM * KD, RFFN = WO + LAYERS * DIM * DIM, W1 = RFFN + LAYERS * DIM, W2 = W1 + LAYERS * DIM * HIDDEN,
	W3 = W2 + LAYERS * DIM * HIDDEN, RFIN = W3 + LAYERS * DIM * HIDDEN, PARAMS = RFIN + DIM
};

typedef struct {
	float in[MAX_SEQ * DIM], n1[MAX_SEQ * DIM], r1[MAX_SEQ], q[MAX_SEQ * DIM], k[MAX_SEQ * KD], v[MAX_SEQ * KD], o[MAX_SEQ * DIM];
	float lse[HEADS * (MAX_SEQ + 16)], mid[MAX_SEQ * DIM], n2[MAX_SEQ * DIM], r2[MAX_SEQ], a[MAX_SEQ * HIDDEN], c[MAX_SEQ * HIDDEN];
} Saved;

typedef struct {
	Saved layer[LAYERS];
	float x[MAX_SEQ * DIM], nf[MAX_SEQ * DIM], rf[MAX_SEQ], y[MAX_SEQ * DIM], logits[MAX_SEQ * VOCAB];
	float h[MAX_SEQ * HIDDEN], da[MAX_SEQ * HIDDEN], dc[MAX_SEQ * HIDDEN];
	float dx[MAX_SEQ * DIM], dn[MAX_SEQ * DIM], dq[MAX_SEQ * DIM], dk[MAX_SEQ * KD], dv[MAX_SEQ * KD];
	float cos[MAX_SEQ * HS / 2], sin[MAX_SEQ * HS / 2];
} Work;

int lm_params(void) { return PARAMS; }
long lm_work_bytes(void) { return sizeof(Work); }

static void transpose(const float *w, float *t, int out, int in)
{
	for (int i = 0; i < in; i++)
		for (int o = 0; o < out; o++)
			t[i * out + o] = w[o * in + i];
}

/* Every matrix transposed in place of itself; t has PARAMS elements. Once per step. */
void lm_transpose(const float *p, float *t)
{
	transpose(p + EMB, t + EMB, VOCAB, DIM);
	for (int l = 0; l < LAYERS; l++) {
		transpose(p + WQ + l * DIM * DIM, t + WQ + l * DIM * DIM, DIM, DIM);
		transpose(p + WK + l * DIM * KD, t + WK + l * DIM * KD, KD, DIM);
		transpose(p + WV + l * DIM * KD, t + WV + l * DIM * KD, KD, DIM);
		transpose(p + WO + l * DIM * DIM, t + WO + l * DIM * DIM, DIM, DIM);
		transpose(p + W1 + l * DIM * HIDDEN, t + W1 + l * DIM * HIDDEN, HIDDEN, DIM);
		transpose(p + W2 + l * DIM * HIDDEN, t + W2 + l * DIM * HIDDEN, DIM, HIDDEN);
		transpose(p + W3 + l * DIM * HIDDEN, t + W3 + l * DIM * HIDDEN, HIDDEN, DIM);
	}
}

static void rms(int T, const float *x, const float *g, float *n, float *r)
{
	for (int t = 0; t < T; t++, x += DIM, n += DIM) {
		float s = 0;
#pragma omp simd reduction(+ : s)
		for (int i = 0; i < DIM; i++)
			s += x[i] * x[i];
		r[t] = 1.f / sqrtf(s / DIM + EPS);
		for (int i = 0; i < DIM; i++)
			n[i] = x[i] * r[t] * g[i];
	}
}

/* dx += gradient through rms; dg += that of its weight. */
static void rms_backward(int T, const float *x, const float *g, const float *r, const float *dn, float *dx, float *dg)
{
	for (int t = 0; t < T; t++, x += DIM, dn += DIM, dx += DIM) {
		float s = 0;
#pragma omp simd reduction(+ : s)
		for (int i = 0; i < DIM; i++) {
			dg[i] += dn[i] * x[i] * r[t];
			s += dn[i] * g[i] * x[i];
		}
		s *= r[t] * r[t] / DIM;
		for (int i = 0; i < DIM; i++)
			dx[i] += r[t] * (dn[i] * g[i] - x[i] * s);
	}
}

/* Interleaved pairs; sign -1 turns back, which is the gradient. */
static void rope(int T, float *x, int width, const Work *w, float sign)
{
	for (int t = 0; t < T; t++, x += width)
		for (int i = 0; i < width; i += 2) {
			float c = w->cos[t * (HS / 2) + i % HS / 2], s = sign * w->sin[t * (HS / 2) + i % HS / 2], a = x[i], b = x[i + 1];
			x[i] = a * c - b * s;
			x[i + 1] = a * s + b * c;
		}
}

/* y times a mask of 0 and 1/(1-p) that depends on seed and place only, so backward repeats it. */
static void dropout(int n, float *y, float p, uint32_t seed)
{
	if (p <= 0)
		return;
	const uint32_t limit = (uint32_t)(p * 4294967295.0);
	const float keep = 1.f / (1.f - p);
	for (int i = 0; i < n; i++) {
		uint32_t z = (uint32_t)i * 0x9E3779B9u + seed;
		z = (z ^ z >> 16) * 0x85EBCA6Bu;
		z = (z ^ z >> 13) * 0xC2B2AE35u;
		y[i] = (z ^ z >> 16) < limit ? 0.f : y[i] * keep;
	}
}

static void silu_product(int n, const float *a, const float *c, float *h)
{
	for (int i = 0; i < n; i += 16) {
		v16 x = *(const v16 *)(a + i);
		*(v16 *)(h + i) = x / (1.f + exp16(-x)) * *(const v16 *)(c + i);
	}
}

static void silu_product_backward(int n, const float *a, const float *c, const float *dh, float *da, float *dc)
{
	for (int i = 0; i < n; i += 16) {
		v16 x = *(const v16 *)(a + i), g = *(const v16 *)(dh + i), s = 1.f / (1.f + exp16(-x));
		*(v16 *)(dc + i) = g * x * s;
		*(v16 *)(da + i) = g * *(const v16 *)(c + i) * s * (1.f + x * (1.f - s));
	}
}

typedef uint16_t v16u __attribute__((vector_size(32), aligned(2)));

/* w->logits becomes the gradient of the loss times scale, if that is not 0. Target -1: not counted.
 * The gradient aims at the target by 1 - trust, and by trust at the teacher's distribution [T][VOCAB] in 1/65535, if there is one. */
static double cross_entropy(int T, float *logits, const int *target, float *loss, float scale, const uint16_t *teacher, float trust)
{
	double total = 0;
	for (int t = 0; t < T; t++, logits += VOCAB) {
		v16 m = all(-1e30f), s = {0};
		float max = -1e30f, sum = 0;
		for (int i = 0; i < VOCAB; i += 16)
			m = pick(*(v16 *)(logits + i) > m, *(v16 *)(logits + i), m);
		for (int i = 0; i < 16; i++)
			max = m[i] > max ? m[i] : max;
		const int y = target[t];
		const float at = y < 0 ? 0 : logits[y];
		for (int i = 0; i < VOCAB; i += 16) {
			v16 e = exp16(*(v16 *)(logits + i) - max);
			s += e;
			if (scale != 0)
				*(v16 *)(logits + i) = e;
		}
		for (int i = 0; i < 16; i++)
			sum += s[i];
		const float nats = y < 0 ? 0 : logf(sum) + max - at;
		total += nats;
		if (loss)
			loss[t] = nats;
		if (scale == 0)
			continue;
		const float f = y < 0 ? 0 : scale / sum;
		for (int i = 0; i < VOCAB; i++)
			logits[i] *= f;
		if (y >= 0)
			logits[y] -= teacher ? scale * (1.f - trust) : scale;
		if (y >= 0 && teacher)
			for (int i = 0; i < VOCAB; i += 16)
				*(v16 *)(logits + i) -= __builtin_convertvector(*(const v16u *)(teacher + t * VOCAB + i), v16) * (scale * trust / 65535.f);
	}
	return total;
}

static void start(Work *w)
{
	if (w->cos[0] == 1)
		return;
	for (int t = 0; t < MAX_SEQ; t++)
		for (int i = 0; i < HS / 2; i++) {
			float f = t * powf(10000.f, -2.f * i / HS);
			w->cos[t * (HS / 2) + i] = cosf(f);
			w->sin[t * (HS / 2) + i] = sinf(f);
		}
}

/* y [T][out] = x [T][in] W^T; the gradients: dx (+)= dy W, dW += dy^T x. */
#define FORWARD(x, wt, y, in, out) gemm(T, out, in, x, in, 1, wt, out, y, out, 0)
#define INPUT(dy, w, dx, in, out, add) gemm(T, in, out, dy, out, 1, w, in, dx, in, add)
#define WEIGHT(dy, x, dw, in, out) gemm(out, in, T, dy, 1, out, x, in, dw, in, 1)

/**
 * @param p, pt parameters and their transposes
 * @param g gradients, added to; NULL: only the loss
 * @param loss per token, or NULL; out logits [T][VOCAB], or NULL
 * @param scale of the gradient; p_drop dropout of what each branch adds, with its seed
 * @param teacher probabilities to imitate, or NULL; trust in them, 0 to 1
 * @returns the sum of the losses in nats
 */
double lm_sequence(Work *w, const float *p, const float *pt, float *g, const int *tok, const int *target, int T, float *loss, float *out,
	float scale, float p_drop, uint32_t seed, const uint16_t *teacher, float trust)
{
	start(w);
	for (int t = 0; t < T; t++)
		memcpy(w->x + t * DIM, p + EMB + tok[t] * DIM, DIM * sizeof(float));
	dropout(T * DIM, w->x, p_drop, seed);
	for (int l = 0; l < LAYERS; l++) {
		Saved *s = &w->layer[l];
		memcpy(s->in, w->x, T * DIM * sizeof(float));
		rms(T, s->in, p + RATT + l * DIM, s->n1, s->r1);
		FORWARD(s->n1, pt + WQ + l * DIM * DIM, s->q, DIM, DIM);
		FORWARD(s->n1, pt + WK + l * DIM * KD, s->k, DIM, KD);
		FORWARD(s->n1, pt + WV + l * DIM * KD, s->v, DIM, KD);
		rope(T, s->q, DIM, w, 1);
		rope(T, s->k, KD, w, 1);
		attention_forward(T, s->q, s->k, s->v, s->o, s->lse);
		FORWARD(s->o, pt + WO + l * DIM * DIM, w->y, DIM, DIM);
		dropout(T * DIM, w->y, p_drop, seed + 1000003u * (2 * l + 1));
		for (int i = 0; i < T * DIM; i++)
			w->x[i] += w->y[i];
		memcpy(s->mid, w->x, T * DIM * sizeof(float));
		rms(T, s->mid, p + RFFN + l * DIM, s->n2, s->r2);
		FORWARD(s->n2, pt + W1 + l * DIM * HIDDEN, s->a, DIM, HIDDEN);
		FORWARD(s->n2, pt + W3 + l * DIM * HIDDEN, s->c, DIM, HIDDEN);
		silu_product(T * HIDDEN, s->a, s->c, w->h);
		FORWARD(w->h, pt + W2 + l * DIM * HIDDEN, w->y, HIDDEN, DIM);
		dropout(T * DIM, w->y, p_drop, seed + 1000003u * (2 * l + 2));
		for (int i = 0; i < T * DIM; i++)
			w->x[i] += w->y[i];
	}
	rms(T, w->x, p + RFIN, w->nf, w->rf);
	FORWARD(w->nf, pt + EMB, w->logits, DIM, VOCAB);
	if (out)
		memcpy(out, w->logits, T * VOCAB * sizeof(float));
	const double total = cross_entropy(T, w->logits, target, loss, g ? scale : 0, teacher, trust);
	if (!g)
		return total;

	INPUT(w->logits, p + EMB, w->dn, DIM, VOCAB, 0);
	WEIGHT(w->logits, w->nf, g + EMB, DIM, VOCAB);
	memset(w->dx, 0, T * DIM * sizeof(float));
	rms_backward(T, w->x, p + RFIN, w->rf, w->dn, w->dx, g + RFIN);
	for (int l = LAYERS - 1; l >= 0; l--) {
		Saved *s = &w->layer[l];
		memcpy(w->y, w->dx, T * DIM * sizeof(float));
		dropout(T * DIM, w->y, p_drop, seed + 1000003u * (2 * l + 2));
		silu_product(T * HIDDEN, s->a, s->c, w->h);
		WEIGHT(w->y, w->h, g + W2 + l * DIM * HIDDEN, HIDDEN, DIM);
		INPUT(w->y, p + W2 + l * DIM * HIDDEN, w->h, HIDDEN, DIM, 0);
		silu_product_backward(T * HIDDEN, s->a, s->c, w->h, w->da, w->dc);
		WEIGHT(w->da, s->n2, g + W1 + l * DIM * HIDDEN, DIM, HIDDEN);
		WEIGHT(w->dc, s->n2, g + W3 + l * DIM * HIDDEN, DIM, HIDDEN);
		INPUT(w->da, p + W1 + l * DIM * HIDDEN, w->dn, DIM, HIDDEN, 0);
		INPUT(w->dc, p + W3 + l * DIM * HIDDEN, w->dn, DIM, HIDDEN, 1);
		rms_backward(T, s->mid, p + RFFN + l * DIM, s->r2, w->dn, w->dx, g + RFFN + l * DIM);

		memcpy(w->y, w->dx, T * DIM * sizeof(float));
		dropout(T * DIM, w->y, p_drop, seed + 1000003u * (2 * l + 1));
		WEIGHT(w->y, s->o, g + WO + l * DIM * DIM, DIM, DIM);
		INPUT(w->y, p + WO + l * DIM * DIM, w->dn, DIM, DIM, 0);
		memset(w->dk, 0, T * KD * sizeof(float));
		memset(w->dv, 0, T * KD * sizeof(float));
		attention_backward(T, s->q, s->k, s->v, s->o, s->lse, w->dn, w->dq, w->dk, w->dv);
		rope(T, w->dq, DIM, w, -1);
		rope(T, w->dk, KD, w, -1);
		WEIGHT(w->dq, s->n1, g + WQ + l * DIM * DIM, DIM, DIM);
		WEIGHT(w->dk, s->n1, g + WK + l * DIM * KD, DIM, KD);
		WEIGHT(w->dv, s->n1, g + WV + l * DIM * KD, DIM, KD);
		INPUT(w->dq, p + WQ + l * DIM * DIM, w->dn, DIM, DIM, 0);
		INPUT(w->dk, p + WK + l * DIM * KD, w->dn, DIM, KD, 1);
		INPUT(w->dv, p + WV + l * DIM * KD, w->dn, DIM, KD, 1);
		rms_backward(T, s->in, p + RATT + l * DIM, s->r1, w->dn, w->dx, g + RATT + l * DIM);
	}
	dropout(T * DIM, w->dx, p_drop, seed);
	for (int t = 0; t < T; t++)
		for (int i = 0; i < DIM; i++)
			g[EMB + tok[t] * DIM + i] += w->dx[t * DIM + i];
	return total;
}
