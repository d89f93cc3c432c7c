/* The tables of the kernels against doubles: what their comments say. */

#define RV_TABLE_EXP2
#define RV_TABLE_SIGMOID
#define RV_TABLE_SINE
#include "kernel-tables.h"
#include "kernels.h"

int main(int argc, char **argv)
{
	start(argc, argv, "tables");
	CHECK(LENGTH(rv_exp2_table) > 512 && LENGTH(rv_sigmoid_table) > 12 * 32 && LENGTH(rv_sine_table) > 512, "lengths");
	for (int i = 0; i < 512; i++)
		CHECK(fabs(rv_exp2_table[i] - ldexp(exp2(-(i + 0.5) / 512), 15)) <= 0.5, "2^-x at %d is %d", i, rv_exp2_table[i]);
	for (int i = 0; i <= 12 * 32; i++)
		CHECK(fabs(rv_sigmoid_table[i] - fmin(65535, ldexp(1 / (1 + exp(-i / 32.0)), 16))) <= 0.5, "sigmoid at %d is %d", i, rv_sigmoid_table[i]);
	for (int i = 0; i <= 512; i++)
		CHECK(fabs(rv_sine_table[i] - fmin(32767, ldexp(sin(i / 512.0 * acos(0)), 15))) <= 0.5, "sine at %d is %d", i, rv_sine_table[i]);
	CHECK(rv_sine_table[513] == rv_sine_table[512], "interpolation at the quarter turn reads one further");
	return finish();
}
