/* See micro-lora.h. */
#include "micro-lora.h"
#include "fixed-point.h"

static int32_t clamp16(int64_t v)
{
	return v > RV_LORA_BOUND ? RV_LORA_BOUND : v < -RV_LORA_BOUND ? -RV_LORA_BOUND : (int32_t)v;
}

/* A h, Q12. */
static int32_t project(const int16_t *a, const int32_t *h, int32_t n)
{
	int64_t sum = 0;
	for (int32_t i = 0; i < n; i++)
		sum += (int64_t)a[i] * h[i];
	return rv_saturate(sum >> RV_LORA_FRACTION);
}

void rv_lora_apply(const rv_lora *l, int8_t *q, rv_scale *scale, int32_t *scratch)
{
	int32_t shift = rv_shift_of(scale) - RV_LORA_FRACTION;
	for (int32_t i = 0; i < l->n; i++)
		scratch[i] = l->hidden[i] = rv_scale_down((int64_t)q[i] * scale->mantissa, shift);
	for (int32_t r = 0; r < l->rank; r++) {
		int64_t u = project(l->a + r * l->n, l->hidden, l->n);
		for (int32_t i = 0; i < l->n; i++)
			scratch[i] = rv_saturate(scratch[i] + ((u * l->b[r * l->n + i]) >> RV_LORA_FRACTION));
	}
	rv_quantise(q, scale, scratch, l->n, RV_LORA_FRACTION);
}

/* A step's random bits: xorshift (Marsaglia 2003). */
static uint32_t draw(uint32_t *state)
{
	uint32_t s = *state;
	s ^= s << 13;
	s ^= s >> 17;
	s ^= s << 5;
	return *state = s;
}

/* Floor of the square root, digit by digit. */
static uint32_t root64(uint64_t x)
{
	uint64_t root = 0, bit = (uint64_t)1 << 62;
	while (bit > x)
		bit >>= 2;
	for (; bit; bit >>= 2) {
		if (x >= root + bit) {
			x -= root + bit;
			root = (root >> 1) + bit;
		}
		else
			root >>= 1;
	}
	return (uint32_t)root;
}

/* Sum of squares of values with `fraction` bits, Q16. */
static uint64_t squares(const int32_t *v, int32_t n, int32_t fraction)
{
	uint64_t sum = 0;
	for (int32_t i = 0; i < n; i++) {
		int64_t x = v[i];
		sum += (uint64_t)(x * x) >> (2 * fraction - 16);
	}
	return sum > 0xFFFFFFFFu ? 0xFFFFFFFFu : sum;
}

/* v - step * x * y, where step is Q24, at most 1, and x * y Q28; rounded at random. */
static int32_t moved(int32_t v, int64_t step, int64_t xy, uint32_t *random)
{
	const int64_t most = (int64_t)1 << 38;
	xy >>= 12;
	int64_t change = step * (xy > most ? most : xy < -most ? -most : xy); /* Q40, to Q12 */
	return clamp16(v - ((change + (int64_t)(draw(random) >> 4)) >> 28));
}

void rv_lora_step(const rv_lora *l, const int32_t *gradient, int32_t rate)
{
	int32_t n = l->n, u[RV_LORA_MAX_RANK], back[RV_LORA_MAX_RANK];
	for (int32_t r = 0; r < l->rank; r++) {
		u[r] = project(l->a + r * n, l->hidden, n);
		back[r] = project(l->b + r * n, gradient, n); /* Q16 */
	}
	/* |dB|^2 + |dA|^2, each a product of two; Q16 */
	uint64_t norm = ((squares(gradient, n, 16) * squares(u, l->rank, RV_LORA_FRACTION)) >> 16)
		+ ((squares(back, l->rank, 16) * squares(l->hidden, n, RV_LORA_FRACTION)) >> 16);
	uint32_t length = root64(norm); /* Q8 */
	int64_t step = length > 256 ? ((int64_t)rate << 16) / length : (int64_t)rate << 8; /* Q24 */
	for (int32_t r = 0; r < l->rank; r++) {
		int16_t *a = l->a + r * n, *b = l->b + r * n;
		for (int32_t i = 0; i < n; i++) {
			/* Q16 * Q12 */
			b[i] = (int16_t)moved(b[i], step, (int64_t)gradient[i] * u[r], l->random);
			a[i] = (int16_t)moved(a[i], step, (int64_t)back[r] * l->hidden[i], l->random);
		}
	}
}
