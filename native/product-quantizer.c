/* Product quantisation: codes, tables and their training. */
#include <string.h>
#include "product-quantizer.h"

int rv_pq_valid(const rv_pq *pq)
{
	return (pq->bits == 4 || pq->bits == 8) && pq->subspaces >= 1 && pq->subspaces <= 64 && pq->dims >= pq->subspaces && pq->dims <= RV_MOST_DIMENSIONS
		&& pq->dims % pq->subspaces == 0 && pq->subspaces * pq->bits % 8 == 0;
}

int32_t rv_pq_code_bytes(const rv_pq *pq)
{
	return pq->subspaces * pq->bits / 8;
}

int32_t rv_pq_codebook_bytes(const rv_pq *pq)
{
	return pq->dims << pq->bits;
}

static int32_t part_of(const rv_pq *pq)
{
	return pq->dims / pq->subspaces;
}

static int32_t square(const int8_t *a, const int8_t *b, int32_t count)
{
	int32_t sum = 0;
	for (int32_t i = 0; i < count; i++) {
		int32_t difference = a[i] - b[i];
		sum += difference * difference;
	}
	return sum;
}

static int32_t product(const int8_t *a, const int8_t *b, int32_t count)
{
	int32_t sum = 0;
	for (int32_t i = 0; i < count; i++)
		sum += a[i] * b[i];
	return sum;
}

/* The centroid nearest to a part, and its squared distance. */
static int32_t nearest(const int8_t *centroids, int32_t number, int32_t part, const int8_t *x, int32_t *distance)
{
	int32_t best = 0;
	*distance = INT32_MAX;
	for (int32_t k = 0; k < number; k++) {
		int32_t one = square(centroids + k * part, x, part);
		if (one < *distance) {
			*distance = one;
			best = k;
		}
	}
	return best;
}

static int32_t code_at(const rv_pq *pq, const uint8_t *code, int32_t s)
{
	return pq->bits == 8 ? code[s] : code[s >> 1] >> (s & 1) * 4 & 15;
}

void rv_pq_encode(const rv_pq *pq, const int8_t *codebook, uint8_t *code, const int8_t *vector)
{
	int32_t part = part_of(pq), number = 1 << pq->bits, distance;
	memset(code, 0, (size_t)rv_pq_code_bytes(pq));
	for (int32_t s = 0; s < pq->subspaces; s++) {
		int32_t k = nearest(codebook + s * number * part, number, part, vector + s * part, &distance);
		if (pq->bits == 8)
			code[s] = (uint8_t)k;
		else
			code[s >> 1] |= (uint8_t)(k << (s & 1) * 4);
	}
}

void rv_pq_decode(const rv_pq *pq, const int8_t *codebook, int8_t *vector, const uint8_t *code)
{
	int32_t part = part_of(pq), number = 1 << pq->bits;
	for (int32_t s = 0; s < pq->subspaces; s++)
		memcpy(vector + s * part, codebook + (s * number + code_at(pq, code, s)) * part, (size_t)part);
}

void rv_pq_table(const rv_pq *pq, const int8_t *codebook, int32_t *table, const int8_t *query, int dot)
{
	int32_t part = part_of(pq), number = 1 << pq->bits;
	for (int32_t s = 0; s < pq->subspaces; s++, query += part)
		for (int32_t k = 0; k < number; k++, codebook += part)
			*table++ = dot ? product(codebook, query, part) : square(codebook, query, part);
}

int32_t rv_pq_look_up(const rv_pq *pq, const int32_t *table, const uint8_t *code)
{
	int32_t sum = 0;
	if (pq->bits == 8)
		for (int32_t s = 0; s < pq->subspaces; s++, table += 256)
			sum += table[code[s]];
	else
		for (int32_t s = 0; s < pq->subspaces; s += 2, table += 32, code++)
			sum += table[*code & 15] + table[16 + (*code >> 4)];
	return sum;
}

int32_t rv_pq_between(const rv_pq *pq, const int8_t *codebook, const uint8_t *a, const uint8_t *b, int dot)
{
	int32_t part = part_of(pq), number = 1 << pq->bits, sum = 0;
	for (int32_t s = 0; s < pq->subspaces; s++, codebook += number * part) {
		const int8_t *x = codebook + code_at(pq, a, s) * part, *y = codebook + code_at(pq, b, s) * part;
		sum += dot ? product(x, y, part) : square(x, y, part);
	}
	return sum;
}

int32_t rv_pq_train_scratch_size(const rv_pq *pq, int32_t count)
{
	/* Sums and members of each centroid, and the distance of each sample. */
	return 4 * ((part_of(pq) + 1) << pq->bits) + 4 * count;
}

void rv_pq_train(const rv_pq *pq, int8_t *codebook, const int8_t *samples, int32_t stride, int32_t count, int32_t iterations, void *scratch)
{
	int32_t part = part_of(pq), number = 1 << pq->bits;
	int32_t *sums = scratch, *members = sums + number * part, *distances = members + number;
	for (int32_t s = 0; s < pq->subspaces; s++, samples += part, codebook += number * part) {
		for (int32_t k = 0; k < number; k++)
			memcpy(codebook + k * part, samples + (int64_t)k * count / number * stride, (size_t)part);
		for (int32_t round = 0; round < iterations; round++) {
			memset(sums, 0, (size_t)(number * (part + 1)) * 4);
			for (int32_t i = 0; i < count; i++) {
				const int8_t *x = samples + (int64_t)i * stride;
				int32_t k = nearest(codebook, number, part, x, &distances[i]);
				members[k]++;
				for (int32_t c = 0; c < part; c++)
					sums[k * part + c] += x[c];
			}
			for (int32_t k = 0; k < number; k++) {
				int8_t *centroid = codebook + k * part;
				int32_t n = members[k];
				if (n) {
					for (int32_t c = 0; c < part; c++) {
						int32_t sum = sums[k * part + c];
						centroid[c] = (int8_t)((sum >= 0 ? sum + n / 2 : sum - n / 2) / n);
					}
					continue;
				}
				int32_t worst = 0;
				for (int32_t i = 1; i < count; i++)
					if (distances[i] > distances[worst])
						worst = i;
				memcpy(centroid, samples + (int64_t)worst * stride, (size_t)part);
				distances[worst] = 0;
			}
		}
	}
}
