/* The self-test of the kernels: passes those of this build, names each one that is wrong by a unit. */

#include "kernels.h"
#include "kernel-check.h"

static int calls, wrong_call;

/* Wrong in the last result of one call, and only there. */
static void spoil(int32_t *out, int32_t index)
{
	if (calls++ == wrong_call)
		out[index] ^= 1;
}

static void wrong_matvec(int32_t *out, const rv_matrix *m, const int8_t *x, const rv_scale *scale, int add)
{
	rv_matvec_portable(out, m, x, scale, add);
	spoil(out, m->rows - 1);
}

#define WRONG(name, reference) \
	static void wrong_##name(int32_t *out, const rv_matrix_grouped *m, const int8_t *x, const rv_scale *scale, int add, void *scratch) \
	{ \
		reference(out, m, x, scale, add, scratch); \
		spoil(out, m->rows - 1); \
	}
WRONG(matvec_int4, rv_matvec_int4_portable)
WRONG(matvec_ternary, rv_matvec_ternary_portable)
WRONG(matvec_binary, rv_matvec_binary_portable)
WRONG(matvec_binary_xnor, rv_matvec_binary_xnor_portable)

static void wrong_attend(const rv_attention *a, int32_t position, const int8_t *queries, const rv_scale *scales, int32_t *mixed, void *scratch)
{
	rv_attend_portable(a, position, queries, scales, mixed, scratch);
	spoil(mixed, a->heads * a->head_dim - 1);
}

static void names(const rv_kernel_set *kernels, void *scratch, const char *expected)
{
	/* Each call of the wrong kernel is looked at: spoil the first, the second, ... until none is left. */
	for (wrong_call = 0;; wrong_call++) {
		calls = 0;
		const char *name = rv_kernel_check(kernels, scratch);
		if (calls <= wrong_call)
			break;
		CHECK(name && strcmp(name, expected) == 0, "%s: call %d: %s", expected, wrong_call, name ? name : "none");
	}
	CHECK(wrong_call >= 2, "%s was called %d times", expected, wrong_call);
}

int main(int argc, char **argv)
{
	static const rv_kernel_set portable = {
		rv_matvec_portable, rv_matvec_int4_portable, rv_matvec_ternary_portable, rv_matvec_binary_portable, rv_matvec_binary_xnor_portable, rv_attend_portable,
	};
	rv_kernel_set kernels = portable;
	start(argc, argv, "kernel-check");
	/* To the byte, so that the sanitizer sees the first one too many. */
	int32_t size = rv_kernel_check_scratch_size();
	void *scratch = NULL;
	if (posix_memalign(&scratch, 64, (size_t)size))
		return 2;
	memset(scratch, 0x5a, (size_t)size);
	CHECK(!rv_kernel_check(&portable, scratch), "portable: %s", rv_kernel_check(&portable, scratch));
	CHECK(!rv_kernel_check(&rv_bound_kernels, scratch), RV_VARIANT ": %s", rv_kernel_check(&rv_bound_kernels, scratch));
#define SPOIL(name) { kernels = portable; kernels.name = wrong_##name; names(&kernels, scratch, #name); }
	SPOIL(matvec) SPOIL(matvec_int4) SPOIL(matvec_ternary) SPOIL(matvec_binary) SPOIL(matvec_binary_xnor) SPOIL(attend)
	free(scratch);
	return finish();
}
