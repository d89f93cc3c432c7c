/* Counts the time spent inside kernels, when asked to; see kernelTicks in src/platform/kernels.d.ts. */
#ifndef RV_XS_PROFILE_H
#define RV_XS_PROFILE_H

#include <stdint.h>
#ifdef ESP_PLATFORM
#include "esp_timer.h"
#endif

extern uint8_t profile_on;
extern uint64_t profile_entered, profile_inside;
/* Ticks that passed while the machine waited for input; only hosts whose counter goes on then set it. */
extern uint64_t profile_idle;

/* What is counted; see tickUnit in src/platform/kernels.d.ts. */
#if defined(ESP_PLATFORM)
#define PROFILE_UNIT "microseconds"
#elif defined(__riscv) && __riscv_xlen == 32
#define PROFILE_UNIT "instructions"
#else
#define PROFILE_UNIT "cycles"
#endif

static inline uint64_t profile_ticks(void)
{
#if defined(ESP_PLATFORM)
	/* Microseconds: the cycle counters of boards have 32 bits, and are not the standard ones on RISC-V. */
	return (uint64_t)esp_timer_get_time();
#elif defined(__x86_64__) || defined(__i386__)
	return __builtin_ia32_rdtsc();
#elif defined(__riscv) && __riscv_xlen == 32
	uint32_t high, low, again;
	do {
		__asm__ volatile("csrr %0, 0xb82" : "=r"(high));
		__asm__ volatile("csrr %0, 0xb02" : "=r"(low));
		__asm__ volatile("csrr %0, 0xb82" : "=r"(again));
	} while (high != again);
	return ((uint64_t)high << 32 | low) - profile_idle;
#elif defined(__XTENSA__)
	uint32_t cycles;
	__asm__ volatile("rsr %0, ccount" : "=r"(cycles));
	return cycles;
#elif defined(__aarch64__)
	uint64_t ticks;
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
#else
	return 0;
#endif
}

static inline void profile_enter(void)
{
	if (profile_on)
		profile_entered = profile_ticks();
}

static inline void profile_leave(void)
{
	if (profile_on)
		profile_inside += profile_ticks() - profile_entered;
}

#endif
