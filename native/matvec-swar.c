/*
 * INT8 matrix times vector for 32-bit machines without vectors, above all RV32IMC: two products in one `mul`.
 *
 * A word of a row is four weights; as s + 128 they are bytes, w = b0 + b1 * 2^8 + b2 * 2^16 + b3 * 2^24. With
 * odd = (w >> 8) & 0x00FF00FF = b1 + b3 * 2^16 and even = w - odd * 2^8 = b0 + b2 * 2^16,
 *
 *   even * (x2 + x0 * 2^16) + odd * (x3 + x1 * 2^16)
 *
 * has b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3 in its upper half and other products in its lower one. Modulo 2^32
 * this is exact, whatever overflows on the way. It may run on over many words, as long as the true result,
 * with s in place of b, fits 16 bits: while the magnitudes of x sum to 255 at most. So the words of x are parted
 * into such groups, once for all rows; words of zeros are left out. A group starts with what takes the 128s off,
 * and half of 2^16, which keeps the lower half from borrowing.
 */
#include "simd-kernels.h"
#include "matvec-rows.h"

#define LANES 0x00010001u
#define REACH 255 /* 128 * 255 fits 16 bits */
#define PLAN_WORDS 512
#define START 0x8000u /* half of 2^16 */

/*
 * Writes the groups one after the other: the length of the whole, its start, and for each step a word's offset
 * and its two factors. Returns their end, or 0 where this method does not apply: too many groups, or -128 twice
 * in a word.
 */
RV_LOOP uint32_t *make_plan(uint32_t *plan, const int8_t *x, int32_t columns)
{
	uint32_t *group = plan, *at = plan + 2, *last = plan + PLAN_WORDS - 10;
	uint32_t offset = 0, left = REACH, sum = 0;
	for (const int8_t *end = x + columns; x < end; x += 4, offset += (offset & 12) == 12 ? RV_TILE_BYTES - 12 : 4) {
		int32_t x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
		uint32_t size = rv_abs(x0) + rv_abs(x2), more = rv_abs(x1) + rv_abs(x3), later = 0;
		uint32_t even = (uint32_t)x2 + ((uint32_t)x0 << 16), odd = (uint32_t)x3 + ((uint32_t)x1 << 16);
		if (size + more == 0)
			continue;
		if (at > last)
			return 0;
		if (size + more > REACH) { /* in two steps */
			later = odd;
			odd = 0;
		}
		else {
			size += more;
			more = 0;
		}
		for (;;) {
			if (size > left) {
				if (size > REACH)
					return 0;
				group[0] = (uint32_t)(at - group);
				group[1] = START - 128 * LANES * sum;
				group = at;
				at += 2;
				left = REACH;
				sum = 0;
			}
			left -= size;
			sum += even + odd;
			at[0] = offset;
			at[1] = even;
			at[2] = odd - (even << 8);
			at += 3;
			if (!more)
				break;
			size = more;
			even = more = 0;
			odd = later;
		}
	}
	if (at == plan + 2) { /* nothing but zeros: one step of them */
		at[0] = at[1] = at[2] = 0;
		at += 3;
	}
	group[0] = (uint32_t)(at - group);
	group[1] = START - 128 * LANES * sum;
	return at;
}

typedef uint32_t __attribute__((may_alias)) weights;

/* The sums of eight rows. */
RV_LOOP void multiply(int32_t *sums, const int8_t *tiles, const uint32_t *step, const uint32_t *end)
{
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
	do {
		const uint32_t *group_end = step + step[0];
		uint32_t start = step[1], even = step[3], odd = step[4], a0, a1, a2, a3, a4, a5, a6, a7;
		const weights *w = (const weights *)(const void *)(tiles + step[2]);
		step += 5;
#define ROW(r, sum) { uint32_t v = w[4 * r] ^ 128 * 0x01010101u; a##r = v * even + (v >> 8 & 255 * LANES) * odd + sum; }
		ROW(0, start) ROW(1, start) ROW(2, start) ROW(3, start) ROW(4, start) ROW(5, start) ROW(6, start) ROW(7, start)
		while (step < group_end) {
			w = (const weights *)(const void *)(tiles + step[0]);
			even = step[1];
			odd = step[2];
			step += 3;
			ROW(0, a0) ROW(1, a1) ROW(2, a2) ROW(3, a3) ROW(4, a4) ROW(5, a5) ROW(6, a6) ROW(7, a7)
		}
#undef ROW
		s0 += (int32_t)a0 >> 16; s1 += (int32_t)a1 >> 16; s2 += (int32_t)a2 >> 16; s3 += (int32_t)a3 >> 16;
		s4 += (int32_t)a4 >> 16; s5 += (int32_t)a5 >> 16; s6 += (int32_t)a6 >> 16; s7 += (int32_t)a7 >> 16;
	} while (step < end);
	sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
	sums[4] = s4; sums[5] = s5; sums[6] = s6; sums[7] = s7;
}

void rv_matvec_swar(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add)
{
	int32_t columns = (m->columns + RV_TILE_COLUMNS - 1) & ~(RV_TILE_COLUMNS - 1), sums[RV_TILE_ROWS];
	const int8_t *tiles = m->tiles;
	uint32_t plan[PLAN_WORDS], *end = make_plan(plan, x, columns);
	if (!end) {
		rv_matvec_portable(out, m, x, scale, add);
		return;
	}
	rv_requantiser z = rv_int8_requantiser(m, scale);
	for (int32_t row = 0; row < m->rows; row += RV_TILE_ROWS, tiles += columns * RV_TILE_ROWS) {
		multiply(sums, tiles, plan, end);
		store_rows(out + row, sums, m->scales + row, m->rows - row, scale->mantissa, &z, add);
	}
}
