/*
 * What XS wants to know of the bare machine: a C library without an operating system, one thread, no
 * parser (code comes compiled), no debugger. Compiled with -DXSPLATFORM="xs-platform.h".
 */
#ifndef RV_XS_PLATFORM_H
#define RV_XS_PLATFORM_H

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#define mxMachinePlatform \
	int promiseJobs; \
	int collections;

/* Bytes of a module's name. */
#define RV_LONGEST_NAME 128

/* XS supplies these; names, modules, promises, abort and the stack's limit are this host's. */
#define mxUseDefaultChunkAllocation 1
#define mxUseDefaultSlotAllocation 1
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultCStackLimit 0

#endif
