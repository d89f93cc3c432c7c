/*
 * What XS wants to know of the desktop: plain C library and POSIX threads, no GUI toolkit, no debugger.
 * Compiled with -DXSPLATFORM="xs-platform.h".
 */
#ifndef RV_XS_PLATFORM_H
#define RV_XS_PLATFORM_H

#undef mxLinux
#define mxLinux 1

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>

#ifndef XS_FUNCTION_NORETURN
#define XS_FUNCTION_NORETURN __attribute__((noreturn))
#endif

/* XS tells a console of each exception, also of those that are caught; see report.c. */
int report_printf(const char *format, ...);
int report_vprintf(const char *format, va_list arguments);
#define c_printf report_printf
#define c_vprintf report_vprintf

#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1

#define mxMachinePlatform \
	void *waiterCondition; \
	void *waiterData; \
	void *waiterLink; \
	int promiseJobs; \
	int collections;

/* Bytes of a module's name, which may be a path. */
#define RV_LONGEST_NAME 4096

/* XS supplies these; modules, promises and abort are this host's. */
#define mxUseDefaultBuildKeys 1
#define mxUseDefaultChunkAllocation 1
#define mxUseDefaultSlotAllocation 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultDebug 1
#define mxUseDefaultCStackLimit 1

#endif
