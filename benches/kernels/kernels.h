/* The kernels that the benches time or count, at the sizes of a small model. */
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

typedef struct {
	const char *name;
	int64_t macs;  /* of a run; 0 where they are not its work */
	int per_token; /* calls for one token of the model */
	int calls;     /* calls that one run makes */
	void (*run)(void);
	void (*restore)(void); /* what run overwrites of its input; may be null */
} kernel;

extern const kernel kernels[];
extern const int kernel_count;

/* Fills the buffers that the kernels read. */
void prepare(void);

#endif
