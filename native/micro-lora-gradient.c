/* What the loss says of the last hidden state; see micro-lora.h. */
#include "exp2.h"
#include "fixed-point.h"
#include "micro-lora.h"

/* log2(e) in Q31, less one: x * log2(e) = x + x * this. */
#define LOG2E_LESS_ONE_Q31 950680361u

typedef struct {
	const int32_t *logits;
	uint32_t greatest;
	uint64_t sum; /* of exponentials, Q30 */
	int32_t target;
} errors;

/* e^(logit - greatest), Q30. */
static uint32_t exponential(const errors *e, int32_t row)
{
	uint64_t below = e->greatest - (uint32_t)e->logits[row];
	uint64_t octaves = below + ((below * LOG2E_LESS_ONE_Q31) >> 31);
	return octaves >> 21 ? 0 : exp2_q((uint32_t)octaves);
}

static errors errors_of(const int32_t *logits, int32_t rows, int32_t target)
{
	errors e = { logits, 0, 0, target };
	int32_t greatest = logits[0];
	for (int32_t r = 1; r < rows; r++)
		greatest = logits[r] > greatest ? logits[r] : greatest;
	e.greatest = (uint32_t)greatest;
	for (int32_t r = 0; r < rows; r++)
		e.sum += exponential(&e, r);
	return e;
}

/* Probability, less 1 for the target; Q16. */
static int32_t error(const errors *e, int32_t row)
{
	uint64_t p = (((uint64_t)exponential(e, row) << 16) + e->sum / 2) / e->sum;
	return (int32_t)p - (row == e->target ? 65536 : 0);
}

void rv_lora_gradient(int32_t *gradient, int64_t *sums, const int32_t *logits, int32_t target, const rv_matrix *w)
{
	errors e = errors_of(logits, w->rows, target);
	int32_t chunks = (w->columns + RV_TILE_COLUMNS - 1) / RV_TILE_COLUMNS;
	for (int32_t c = 0; c < w->columns; c++)
		sums[c] = 0;
	for (int32_t r = 0; r < w->rows; r++) {
		int64_t factor = (int64_t)error(&e, r) * w->scales[r];
		if (!factor)
			continue;
		const int8_t *tile = w->tiles + (int64_t)(r / RV_TILE_ROWS) * chunks * RV_TILE_BYTES + r % RV_TILE_ROWS * RV_TILE_COLUMNS;
		for (int32_t c = 0; c < w->columns; c++)
			sums[c] += factor * tile[c / RV_TILE_COLUMNS * RV_TILE_BYTES + c % RV_TILE_COLUMNS];
	}
	for (int32_t c = 0; c < w->columns; c++)
		gradient[c] = rv_scale_down(sums[c], w->shift);
}

static int32_t code_of(const uint8_t *row, int32_t column, int kind)
{
	if (kind == 4)
		return (column < 16 ? row[column] & 15 : row[column - 16] >> 4) - 8;
	if (kind == 5)
		return (row[column / 16 * 4 + column % 4] >> column % 16 / 4 * 2 & 3) - 1;
	return 2 * (row[column % 4] >> column / 4 & 1) - 1;
}

void rv_lora_gradient_grouped(int32_t *gradient, int64_t *sums, const int32_t *logits, int32_t target, const rv_matrix_grouped *w, int kind)
{
	errors e = errors_of(logits, w->rows, target);
	int32_t groups = (w->columns + RV_GROUP - 1) / RV_GROUP, row_bytes = kind == 4 ? 16 : kind == 5 ? 8 : 4;
	for (int32_t c = 0; c < w->columns; c++)
		sums[c] = 0;
	for (int32_t r = 0; r < w->rows; r++) {
		int64_t factor = (int64_t)error(&e, r) * w->scales[r];
		if (!factor)
			continue;
		for (int32_t c = 0; c < w->columns; c++) {
			int64_t at = ((int64_t)(r / RV_TILE_ROWS) * groups + c / RV_GROUP) * RV_TILE_ROWS + r % RV_TILE_ROWS;
			sums[c] += factor * (code_of(w->tiles + at * row_bytes, c % RV_GROUP, kind) * w->group_scales[at]);
		}
	}
	for (int32_t c = 0; c < w->columns; c++)
		gradient[c] = rv_scale_down(sums[c], w->shift);
}
