/* The devices of QEMU's "virt" board that this host uses, and how the program ends. */
#ifndef RV_DEVICE_H
#define RV_DEVICE_H

#include <stdint.h>

/* One byte that has come in, or -1. */
int device_read(void);
void device_write(const void *bytes, uint32_t count);

/* Ticks of 100 ns since reset. */
uint64_t device_time(void);
/* Sleeps until a byte has come in, or `time` has come (UINT64_MAX: never). */
void device_wait(uint64_t time);

/* RAM that was ever in use: data, heap, stack. */
uint32_t device_ram_peak(void);

#endif
