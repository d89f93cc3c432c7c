/* A matrix product on two cores: rows are independent, so each core has its own. */
#include "matvec-split.h"

typedef struct {
	rv_matrix matrix;
	int32_t *out;
	const int8_t *x;
	const rv_scale *scale;
	int add;
} half;

static void run_half(void *argument)
{
	const half *h = argument;
	rv_matvec(h->out, &h->matrix, h->x, h->scale, h->add);
}

void rv_matvec_split(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add, const rv_worker *worker)
{
	int32_t tile_rows = (m->rows + RV_TILE_ROWS - 1) / RV_TILE_ROWS, first = tile_rows / 2;
	if (!worker || first == 0 || (int64_t)m->rows * m->columns < RV_SPLIT_PRODUCTS) {
		rv_matvec(out, m, x, scale, add);
		return;
	}
	int32_t rows = first * RV_TILE_ROWS, chunks = (m->columns + RV_TILE_COLUMNS - 1) / RV_TILE_COLUMNS;
	rv_matrix upper = *m;
	half lower = { *m, out + rows, x, scale, add };
	upper.rows = rows;
	lower.matrix.rows = m->rows - rows;
	lower.matrix.tiles += (int64_t)first * chunks * RV_TILE_BYTES;
	lower.matrix.scales += rows;
	worker->run(run_half, &lower);
	rv_matvec(out, &upper, x, scale, add);
	worker->wait();
}
