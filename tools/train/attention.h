/* Causal attention of one sequence, forward and backward, for small heads: queries (or keys) lie along the
 * lanes of a vector, so softmax needs no sum across lanes. The backward pass computes the probabilities
 * again from the logarithm of their sum instead of storing them. */
#ifndef TRAIN_ATTENTION_H
#define TRAIN_ATTENTION_H

#include <math.h>
#include "gemm.h"

#define HS (DIM / HEADS)
#define KD (HS * KV)
#define SHARE (HEADS / KV)

/* The dimensions of one head. */
typedef float vhs __attribute__((vector_size(HS * 4), aligned(4)));

static inline v16 all(float x) { return x - (v16){0}; }
static inline v16 pick(v16i mask, v16 a, v16 b) { return (v16)(((v16i)a & mask) | ((v16i)b & ~mask)); }

/* e^x by 2^n 2^f, relative error below 3e-6; 0 for very small x. */
static inline v16 exp16(v16 x)
{
	v16 t = x * 1.44269504f;
	t = pick(t < all(-126.f), all(-126.f), t);
	t = pick(t > all(126.f), all(126.f), t);
	v16 n = t + 12582912.f;
	v16i shift = ((v16i)n - 0x4B400000) << 23;
	v16 f = (t - (n - 12582912.f)) * 0.693147181f;
	v16 p = 1.f + f * (1.f + f * (0.5f + f * (0.16666667f + f * (0.041666667f + f * (0.0083333333f + f * 0.0013888889f)))));
	return (v16)((v16i)p + shift);
}

static const v16i LANE = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* Columns [head] of rows i0..i0+15 of x, one vector per dimension; rows past T read as 0. */
static inline void gather(v16 *to, const float *x, int width, int head, int i0, int T)
{
	for (int d = 0; d < HS; d++) {
		float row[16] = {0};
		for (int l = 0; l < 16 && i0 + l < T; l++)
			row[l] = x[(i0 + l) * width + head * HS + d];
		to[d] = *(v16 *)row;
	}
}

static inline void scatter(const v16 *from, float *x, int width, int head, int i0, int T)
{
	for (int d = 0; d < HS; d++)
		for (int l = 0; l < 16 && i0 + l < T; l++)
			x[(i0 + l) * width + head * HS + d] = from[d][l];
}

/* q, o [T][DIM]; k, v [T][KD]; lse [HEADS][T rounded up to 16]: logarithm of the sum of exponentials. */
static void attention_forward(int T, const float *q, const float *k, const float *v, float *o, float *lse)
{
	static __thread v16 s[MAX_SEQ + 16];
	const float scale = 1.f / sqrtf(HS);
	const int Tp = (T + 15) & ~15;
	for (int h = 0; h < HEADS; h++)
		for (int i0 = 0; i0 < T; i0 += 16) {
			const float *kh = k + h / SHARE * HS, *vh = v + h / SHARE * HS;
			v16 qv[HS], ov[HS], max = all(-1e30f), sum = {0};
			const int end = i0 + 16 < T ? i0 + 16 : T;
			gather(qv, q, DIM, h, i0, T);
			for (int d = 0; d < HS; d++) {
				qv[d] *= scale;
				ov[d] = (v16){0};
			}
			for (int j = 0; j < end; j++) {
				v16 t = {0};
				for (int d = 0; d < HS; d++)
					t += qv[d] * kh[j * KD + d];
				if (j > i0)
					t = pick(LANE + i0 >= j, t, all(-1e30f));
				s[j] = t;
				max = pick(t > max, t, max);
			}
			for (int j = 0; j < end; j++) {
				v16 p = exp16(s[j] - max);
				if (j > i0)
					p = pick(LANE + i0 >= j, p, (v16){0});
				sum += p;
				for (int d = 0; d < HS; d++)
					ov[d] += p * vh[j * KD + d];
			}
			for (int d = 0; d < HS; d++)
				ov[d] /= sum;
			scatter(ov, o, DIM, h, i0, T);
			for (int l = 0; l < 16; l++)
				lse[h * Tp + i0 + l] = max[l] + logf(sum[l]);
		}
}

/* dk and dv are added to (heads share them): clear them first. */
static void attention_backward(int T, const float *q, const float *k, const float *v, const float *o, const float *lse,
	const float *dO, float *dq, float *dk, float *dv)
{
	static __thread float delta[MAX_SEQ + 16];
	static __thread v16 p[MAX_SEQ + 16], ds[MAX_SEQ + 16];
	const float scale = 1.f / sqrtf(HS);
	const int Tp = (T + 15) & ~15;
	for (int h = 0; h < HEADS; h++) {
		const float *kh = k + h / SHARE * HS, *vh = v + h / SHARE * HS, *L = lse + h * Tp;
		for (int i = 0; i < T; i++) {
			delta[i] = 0;
			for (int d = 0; d < HS; d++)
				delta[i] += o[i * DIM + h * HS + d] * dO[i * DIM + h * HS + d];
		}
		for (int i0 = 0; i0 < T; i0 += 16) {
			const int end = i0 + 16 < T ? i0 + 16 : T;
			v16 qv[HS], g[HS], dqv[HS];
			gather(qv, q, DIM, h, i0, T);
			gather(g, dO, DIM, h, i0, T);
			vhs rows[16] = {0}, grows[16] = {0};
			for (int l = 0; i0 + l < end; l++) {
				rows[l] = *(const vhs *)(q + (i0 + l) * DIM + h * HS);
				grows[l] = *(const vhs *)(dO + (i0 + l) * DIM + h * HS);
			}
			for (int d = 0; d < HS; d++) {
				qv[d] *= scale;
				dqv[d] = (v16){0};
			}
			const v16 l16 = *(const v16 *)(L + i0), d16 = *(const v16 *)(delta + i0);
			for (int j = 0; j < end; j++) {
				v16 s = -l16, dp = -d16;
				for (int d = 0; d < HS; d++) {
					s += qv[d] * kh[j * KD + d];
					dp += g[d] * vh[j * KD + d];
				}
				v16 e = exp16(s);
				if (j > i0)
					e = pick(LANE + i0 >= j, e, (v16){0});
				v16 f = e * dp * scale;
				p[j] = e;
				ds[j] = f;
				for (int d = 0; d < HS; d++)
					dqv[d] += f * kh[j * KD + d];
			}
			scatter(dqv, dq, DIM, h, i0, T);
			/* Four keys at a time; lanes are dimensions. Up to three past the end are computed and dropped. */
			for (int j0 = 0; j0 < end; j0 += 4) {
				vhs a[4] = {0}, b[4] = {0};
				for (int l = 0; l < 16; l++)
					for (int r = 0; r < 4; r++) {
						a[r] += ((const float *)&ds[j0 + r])[l] * rows[l];
						b[r] += ((const float *)&p[j0 + r])[l] * grows[l];
					}
				for (int r = 0; r < 4 && j0 + r < end; r++) {
					*(vhs *)(dk + (j0 + r) * KD + h / SHARE * HS) += a[r];
					*(vhs *)(dv + (j0 + r) * KD + h / SHARE * HS) += b[r];
				}
			}
		}
	}
}

#endif
