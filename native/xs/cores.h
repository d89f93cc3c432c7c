/* The second core, while scripts want it: see useCores in src/platform/kernels.d.ts. */
#ifndef RV_XS_CORES_H
#define RV_XS_CORES_H

#include "worker.h"

/* NULL: all on the core of the machine. */
extern const rv_worker *second_core;

#endif
