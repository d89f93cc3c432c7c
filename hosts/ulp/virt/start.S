/*
 * Reset of both harts. Hart 1 waits for hart 0 to load its memory, then is shut into it: the protection is locked, so it binds machine
 * mode, and what it touches beside the entries below ends in the trap.
 */
#include "board.h"
	.option arch, +zicsr
	.section .init, "ax"
	.globl _start
_start:
	csrr t0, mhartid
	li t1, 8                /* software interrupts, which are the wake lines, end a wait; none is taken */
	csrw mie, t1
	bnez t0, low_power
	la sp, __stack_top
	call main
1:	wfi
	j 1b

low_power:
	wfi
	csrr t0, mip
	andi t0, t0, 8
	beqz t0, low_power
	li t0, BOARD_WAKE_LINES
	sw zero, 4(t0)
	la t0, trap_entry
	csrw mtvec, t0

	/* Natural powers of two: base / 4, and as many ones as make size / 8 - 1. */
	li t0, BOARD_WAKE_LINES >> 2
	csrw pmpaddr0, t0
	li t0, BOARD_INPUT
	lw t1, 8(t0)            /* bytes */
	srli t1, t1, 3
	addi t1, t1, -1
	li t0, BOARD_ULP >> 2
	or t0, t0, t1
	csrw pmpaddr1, t0
	li t0, (BOARD_INPUT >> 2) | ((32 << 20) / 8 - 1)
	csrw pmpaddr2, t0
	li t0, (BOARD_METERS >> 2) | (4096 / 8 - 1)
	csrw pmpaddr3, t0
	li t0, (BOARD_TRACE >> 2) | ((64 << 20) / 8 - 1)
	csrw pmpaddr4, t0
	la t0, trap_entry
	srli t0, t0, 2
	ori t0, t0, 4096 / 8 - 1
	csrw pmpaddr5, t0
	li t0, -1
	csrw pmpaddr6, t0
	/* Locked. From the lowest: wake lines RW, its memory RWX, samples R, meters RW; trace RW, this trap RX, the rest nothing. */
	li t1, 0x00989D9B
	li t0, 0x9B999F9B
	la t2, enter
	jr t2

	/* A page of its own, which alone hart 1 can still run when the protection is on. */
	.section .trap, "ax"
	.globl trap_entry
trap_entry:
	li t0, BOARD_METERS
	csrr t1, mcause
	sw t1, 4(t0)
	csrr t1, mepc
	sw t1, 8(t0)
	csrr t1, mtval
	sw t1, 12(t0)
	li t1, BOARD_TRAPPED
	sw t1, 0(t0)
	fence
	li t0, BOARD_WAKE_LINES
	li t1, 1
	sw t1, 0(t0)
1:	wfi
	j 1b
enter:
	csrw pmpcfg1, t1
	csrw pmpcfg0, t0
	sfence.vma
	li t0, BOARD_ULP
	jr t0
