/*
 * Reset: memory protection, the stack, initialised data, then main. The protection is locked, so it binds
 * this machine mode too: flash can be read and run, RAM is the linker script's and no more, and whatever
 * else is touched ends in the trap.
 */
	.option arch, +zicsr
	.section .init, "ax"
	.globl _start
_start:
	/* QEMU's counter does not begin at 0: what it shows now is no work of this program. */
	csrr s0, minstret
	csrr s1, minstreth
	.option push
	.option norelax
	la gp, __global_pointer$
	.option pop
	la sp, __stack_top
	la t0, trap_entry
	csrw mtvec, t0

	li t0, (0x80000000 >> 2) | ((4 << 20) / 8 - 1)  /* flash: 4 MB */
	csrw pmpaddr0, t0
	la t0, __ram_start
	srli t0, t0, 2
	csrw pmpaddr1, t0
	la t0, __ram_end
	srli t0, t0, 2
	csrw pmpaddr2, t0
	li t0, (1 << 30) / 8 - 1                        /* devices: the first GB */
	csrw pmpaddr3, t0
	li t0, -1                                       /* everything */
	csrw pmpaddr4, t0
	/* Locked: flash R X (power of two); RAM R W (from the address before); devices R W; the rest nothing. */
	li t0, 0x9B8B009D
	csrw pmpcfg0, t0
	li t0, 0x98
	csrw pmpcfg1, t0

	/* The stack's depth is measured by what is left of this pattern. */
	la t0, __stack_end
	li t1, 0xA5A5A5A5
1:	sw t1, 0(t0)
	addi t0, t0, 4
	bltu t0, sp, 1b

	la a0, __tdata_start
	la a1, __tdata_source
	la a2, __tdata_size
	call memcpy
	la a0, __tdata_start
	la t0, __tdata_size
	add a0, a0, t0
	la a2, __tbss_end
	sub a2, a2, a0
	li a1, 0
	call memset
	la a0, __data_start
	la a1, __data_source
	la a2, __data_size
	call memcpy
	la a0, __bss_start
	la a2, __bss_end
	sub a2, a2, a0
	li a1, 0
	call memset
	la t0, profile_idle
	sw s0, 0(t0)
	sw s1, 4(t0)
	la tp, __tls_base
	call __libc_init_array
	call main
	call _exit

	.align 2
trap_entry:
	/* What went wrong may be the stack: take a fresh one. */
	la sp, __stack_top
	csrr a0, mcause
	csrr a1, mepc
	csrr a2, mtval
	call machine_trap
1:	j 1b
