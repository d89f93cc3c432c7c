/* See device.h. UART: NS16550A at 0x10000000, interrupt 10; clock: CLINT; end: the test device. */
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>
#include "device.h"
#include "profile.h"

#define UART ((volatile uint8_t *)0x10000000)
#define UART_DATA 0
#define UART_INTERRUPTS 1
#define UART_STATUS 5
#define UART_INTERRUPT 10
#define PLIC 0x0C000000
#define CLINT 0x02000000
#define TEST_DEVICE 0x00100000
#define WORD(address) (*(volatile uint32_t *)(address))

int device_read(void)
{
	return UART[UART_STATUS] & 1 ? UART[UART_DATA] : -1;
}

void device_write(const void *bytes, uint32_t count)
{
	const uint8_t *p = bytes;
	for (uint32_t i = 0; i < count; i++) {
		while (!(UART[UART_STATUS] & 0x20))
			;
		UART[UART_DATA] = p[i];
	}
}

uint64_t device_time(void)
{
	uint32_t high, low;
	do {
		high = WORD(CLINT + 0xBFFC);
		low = WORD(CLINT + 0xBFF8);
	} while (high != WORD(CLINT + 0xBFFC));
	return (uint64_t)high << 32 | low;
}

/* Interrupts wake the processor but are not taken: mstatus.MIE stays 0. */
void device_wait(uint64_t time)
{
	UART[UART_INTERRUPTS] = 1;
	WORD(PLIC + 4 * UART_INTERRUPT) = 1;
	WORD(PLIC + 0x2000) = 1 << UART_INTERRUPT;
	WORD(PLIC + 0x200000) = 0;
	WORD(CLINT + 0x4004) = 0xFFFFFFFF;
	WORD(CLINT + 0x4000) = (uint32_t)time;
	WORD(CLINT + 0x4004) = (uint32_t)(time >> 32);
	/* QEMU's counter of instructions goes on while it waits, by the time that passes. */
	uint64_t before = profile_ticks();
	__asm__ volatile(".option push\n.option arch, +zicsr\ncsrs mie, %0\nwfi\n.option pop" : : "r"(1 << 11 | 1 << 7));
	profile_idle += profile_ticks() - before;
	WORD(PLIC + 0x200004) = WORD(PLIC + 0x200004); /* claimed and done with */
}

/* Without a calendar: time since reset. */
int gettimeofday(struct timeval *tv, void *zone)
{
	uint64_t microseconds = device_time() / 10;
	(void)zone;
	tv->tv_sec = (time_t)(microseconds / 1000000);
	tv->tv_usec = (suseconds_t)(microseconds % 1000000);
	return 0;
}

void _exit(int code)
{
	WORD(TEST_DEVICE) = code ? (uint32_t)code << 16 | 0x3333 : 0x5555;
	for (;;)
		;
}

extern uint8_t __ram_start[], __stack_end[], __stack_top[], __heap_start[], __heap_end[];
static uint8_t *heap_top = __heap_start, *heap_peak = __heap_start;

/* What C's malloc grows by. */
void *sbrk(ptrdiff_t bytes)
{
	uint8_t *old = heap_top;
	if (bytes > __heap_end - heap_top || bytes < __heap_start - heap_top)
		return (void *)-1;
	heap_top += bytes;
	if (heap_top > heap_peak)
		heap_peak = heap_top;
	return old;
}

uint32_t device_ram_peak(void)
{
	const uint32_t *deepest = (const uint32_t *)__stack_end;
	while ((const uint8_t *)deepest < __stack_top && *deepest == 0xA5A5A5A5)
		deepest++;
	return (uint32_t)(heap_peak - __ram_start) - (uint32_t)((const uint8_t *)deepest - __stack_end);
}

static int put(char c, FILE *file)
{
	(void)file;
	device_write(&c, 1);
	return c;
}

static FILE console = FDEV_SETUP_STREAM(put, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdin = NULL;
FILE *const stdout = &console;
FILE *const stderr = &console;

void machine_trap(uint32_t cause, uint32_t pc, uint32_t address)
{
	if (address >= 0x80400000 - 4096 && address < (uint32_t)__ram_start)
		printf("\nmachine stopped: the C stack is full (at %08lx)\n", (unsigned long)pc);
	else
		printf("\nmachine stopped: cause %lu at %08lx, address %08lx\n", (unsigned long)cause, (unsigned long)pc, (unsigned long)address);
	_exit(1);
}
