/* native/exp2 against double, on every input. */

#include <math.h>

#include "check.h"
#include "exp2.h"

int main(int argc, char **argv)
{
	double worst = 0, worst_mantissa = 0;
	uint32_t last = UINT32_MAX;
	start(argc, argv, "exp2");
	CHECK(exp2_q(0) == EXP2_ONE, "2^0");
	CHECK(exp2_q(1u << 16) == EXP2_ONE / 2, "2^-1");
	CHECK(exp2_q(31u << 16) == 0 && exp2_q(UINT32_MAX) == 0, "far out");
	for (uint32_t x = 0; x < 32u << 16; x += PART) {
		uint32_t y = exp2_q(x);
		double exact = exp2(30 - x / 65536.0), error = fabs(y - exact);
		CHECK(y <= last, "2^-x grows at %u", x);
		if (error > worst)
			worst = error;
		if (x < 65536 && fabs(exp2_mantissa(x) - exact) > worst_mantissa)
			worst_mantissa = fabs(exp2_mantissa(x) - exact);
		last = y;
	}
	CHECK(worst < exp2(0.6) && worst_mantissa < exp2(0.6), "errors of %g and %g units of 2^-30", worst, worst_mantissa);
	printf("exp2: greatest error 2^%.2f\n", log2(worst) - 30);
	return finish();
}
