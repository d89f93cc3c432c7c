/* Matrix product for the trainer: C[M][N] (+)= A[M][K] B[K][N], floats, N a multiple of 16.
 * A is read by strides, so that the same code serves A and its transpose. B is packed into panels of 64
 * columns where it does not lie that way already. Portable GCC vectors; fast with AVX-512. */
#ifndef TRAIN_GEMM_H
#define TRAIN_GEMM_H

#include <string.h>

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int v16i __attribute__((vector_size(64), aligned(4)));

#define GEMM_MAX_K 1024

/* R rows by V vectors of C in registers; R and V are constants where this is inlined. */
static inline __attribute__((always_inline)) void gemm_tile(const int R, const int V, int K, const float *A, long ra, long ca,
	const float *B, long ldb, float *C, long ldc, int add)
{
	v16 c[6][4];
	for (int r = 0; r < R; r++)
		for (int v = 0; v < V; v++)
			c[r][v] = add ? *(const v16 *)(C + r * ldc + 16 * v) : (v16){0};
	for (int k = 0; k < K; k++) {
		v16 b[4];
		for (int v = 0; v < V; v++)
			b[v] = *(const v16 *)(B + k * ldb + 16 * v);
		for (int r = 0; r < R; r++) {
			float a = A[r * ra + k * ca];
			for (int v = 0; v < V; v++)
				c[r][v] += a * b[v];
		}
	}
	for (int r = 0; r < R; r++)
		for (int v = 0; v < V; v++)
			*(v16 *)(C + r * ldc + 16 * v) = c[r][v];
}

/* All rows of one panel of V vectors. */
static inline __attribute__((always_inline)) void gemm_panel(const int V, int M, int K, const float *A, long ra, long ca,
	const float *B, long ldb, float *C, long ldc, int add)
{
	int m = 0;
	for (; m + 6 <= M; m += 6)
		gemm_tile(6, V, K, A + m * ra, ra, ca, B, ldb, C + m * ldc, ldc, add);
	for (; m + 2 <= M; m += 2)
		gemm_tile(2, V, K, A + m * ra, ra, ca, B, ldb, C + m * ldc, ldc, add);
	for (; m < M; m++)
		gemm_tile(1, V, K, A + m * ra, ra, ca, B, ldb, C + m * ldc, ldc, add);
}

static __attribute__((noinline)) void gemm(int M, int N, int K, const float *A, long ra, long ca, const float *B, long ldb, float *C, long ldc, int add)
{
	static __thread float pack[GEMM_MAX_K * 64];
	for (int n = 0; n < N; n += 64) {
		int w = N - n < 64 ? N - n : 64;
		const float *b = B + n;
		long lb = ldb;
		if (ldb != w) {
			for (int k = 0; k < K; k++)
				memcpy(pack + k * w, b + k * ldb, w * sizeof(float));
			b = pack;
			lb = w;
		}
		switch (w / 16) {
		case 4: gemm_panel(4, M, K, A, ra, ca, b, lb, C + n, ldc, add); break;
		case 3: gemm_panel(3, M, K, A, ra, ca, b, lb, C + n, ldc, add); break;
		case 2: gemm_panel(2, M, K, A, ra, ca, b, lb, C + n, ldc, add); break;
		case 1: gemm_panel(1, M, K, A, ra, ca, b, lb, C + n, ldc, add); break;
		}
	}
}

#endif
