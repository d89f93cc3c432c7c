/*
 * INT8 matrix times vector for the ESP32-S3, with 32-bit sums:
 *
 *   void rv_matvec_sums_esp32s3(int32_t *sums, const int8_t *tiles, int32_t rows, int32_t columns,
 *                               const int8_t *x, void *scratch);
 *
 * sums: room for the rows rounded up to 8. tiles, x, sums, scratch: 16-byte aligned. rows: at most 512.
 * scratch: 128 bytes for each tile row, and 64 more. Reads no byte outside the tiles and x.
 *
 * A multiplication of 16 columns also loads the next 16 weights, so a row costs an instruction for each
 * 16 columns, as long as x stays in registers: seven of the eight hold x, one the weights. What remains is
 * to get sums out. There is one accumulator (ACCX, 40 bits); it is never cleared: after each row it is
 * stored, which is one instruction, and the sums are the differences of neighbours, made four at a time
 * at the end, which is one more instruction a row. Wider matrices take a second pass over the rows for
 * the next seven times 16 columns, and more of both beyond 224.
 *
 * Differences are of low halves. They don't saturate: 512 rows * 224 columns * 2^14 is below 2^31.
 */

	.text

/* What follows element `index` (row * k + chunk) of a group of 8 rows lies `name` bytes behind it. */
	.macro element_stride index, k
	.if (\index) % (\k) != (\k) - 1
	.set stride_is, 0
	.elseif ((\index) / (\k)) % 8 != 7
	.set stride_is, 1
	.else
	.set stride_is, 2
	.endif
	.endm

/* Multiplies with chunk c of x and loads the element behind. */
	.macro multiply_load c
	.if stride_is == 0
	ee.vmulas.s8.accx.ld.xp q7, a3, a8, q7, q\c
	.elseif stride_is == 1
	ee.vmulas.s8.accx.ld.xp q7, a3, a9, q7, q\c
	.else
	ee.vmulas.s8.accx.ld.xp q7, a3, a10, q7, q\c
	.endif
	.endm

/* One row: element `at` is loaded already. `last`: nothing is loaded behind the last one. */
	.macro row at, k, last
	.set column, 0
	.irp c, 0, 1, 2, 3, 4, 5, 6
	.if \c < \k
	.if \last && (\at) + \c == 8 * \k - 1
	ee.vmulas.s8.accx q7, q\c
	.else
	element_stride (\at) + \c + 1, \k
	multiply_load \c
	.endif
	.endif
	.endr
	ee.st.accx.ip a11, 8
	.endm

	.macro group k, last
	.irp r, 0, 1, 2, 3, 4, 5, 6, 7
	row \r * \k, \k, \last
	.endr
	.endm

/*
 * A pass over all rows with k chunks of x, which a6 points to; a3: weights, a8: 128, a11: where prefixes go,
 * a12: bytes of a tile row less 128, a15: tile rows less 1. Changes a9 and a10, the strides.
 */
	.macro pass k
	.align 4
.Lpass\k:
	.irp c, 0, 1, 2, 3, 4, 5, 6
	.if \c < \k
	ee.vld.128.ip q\c, a6, 16
	.endif
	.endr
	movi a9, 144 - 128 * \k
	add a10, a9, a12
	.if \k == 1
	ee.vld.128.xp q7, a3, a9
	.else
	ee.vld.128.xp q7, a3, a8
	.endif
	ee.zero.accx
	loopnez a15, .Lgroups\k
	group \k, 0
.Lgroups\k:
	group \k, 1
	beqz a14, .Lfinish
	j .Lsecond
	.endm

/*
 * Four sums from prefixes. pa: two prefixes (each with its high half), pb: two more, before: the last ones
 * of the four before. Leaves pa as the next `before`, and the next pa in pb, the next pb in before.
 * Prefixes of the second pass, when there is one, are added first: they come by q3 and q5, from a10.
 */
	.macro four pa, pb, before, two, accumulate
	.if \two
	ee.vadds.s32.ld.incp q3, a10, \pa, \pa, q3
	ee.vadds.s32.ld.incp q5, a10, \pb, \pb, q5
	.endif
	ee.vunzip.32 \pa, \pb
	ee.src.q.ld.ip \pb, a11, 16, \before, \pa
	ee.vsubs.s32.ld.incp \before, a11, q4, \pa, \before
	.if \accumulate
	ee.vld.128.ip q6, a2, 0
	ee.vadds.s32 q4, q4, q6
	.endif
	ee.vst.128.ip q4, a2, 16
	.endm

/* All sums. Registers change their roles three times before they are back, so three fours make a round. */
	.macro finish name, two, accumulate
	mov a11, a7
	movi a9, 12
	wur.sar_byte a9
	ee.vld.128.ip q0, a11, 16
	ee.vld.128.ip q1, a11, 16
	ee.zero.q q2
	.if \two
	ee.vld.128.ip q3, a10, 16
	ee.vld.128.ip q5, a10, 16
	.endif
	/* There are two fours in a tile row. a9: a third of them, exact for up to 128; a13: what is left. */
	movi a9, 342
	addi a13, a15, 1
	mull a9, a9, a13
	srli a9, a9, 9
	addx2 a14, a9, a9
	subx2 a13, a13, a14
	loopnez a9, .Lrounds_\name
	four q0, q1, q2, \two, \accumulate
	four q1, q2, q0, \two, \accumulate
	four q2, q0, q1, \two, \accumulate
.Lrounds_\name:
	beqz a13, .Lend_\name
	four q0, q1, q2, \two, \accumulate
	beqi a13, 1, .Lend_\name
	four q1, q2, q0, \two, \accumulate
.Lend_\name:
	addi a5, a5, -14
	bgei a5, 1, .Lnext
	.if \accumulate
	l32i a0, a1, 0
	.endif
	retw.n
	.endm

	.align 4
	.global rv_matvec_sums_esp32s3
	.type rv_matvec_sums_esp32s3, @function
rv_matvec_sums_esp32s3:
	entry a1, 32
	addi a15, a4, -1
	srli a15, a15, 3          /* tile rows less 1 */
	addi a5, a5, 15
	srli a5, a5, 4            /* chunks of 16 columns that are left */
	slli a12, a5, 7
	addi a12, a12, -128
	movi a8, 128
	mov a4, a3                /* where this block of columns begins */
.Lblock:
	mov a11, a7
	addi a14, a5, -7
	bgei a14, 1, .Lpass7      /* the others in a second pass */
	movi a14, 0
	mov a9, a5
.Lchoose:
	beqi a9, 4, .Lpass4
	beqi a9, 7, .Lpass7
	beqi a9, 1, .Lpass1
	beqi a9, 2, .Lpass2
	beqi a9, 3, .Lpass3
	beqi a9, 5, .Lpass5
	j .Lpass6

	/* a13: where the second prefixes begin */
.Lsecond:
	movi a9, 7
	min a9, a14, a9
	addmi a3, a4, 1024
	addi a3, a3, -128
	movi a14, 0
	mov a13, a11
	j .Lchoose

	pass 1
	pass 2
	pass 3
	pass 4
	pass 5
	pass 6
	pass 7

	/* Blocks behind the first, for which a0 is 0, are added to the sums. */
.Lfinish:
	bgeui a5, 8, .Lboth
	beqz a0, .Lone_more
	finish one, 0, 0
.Lone_more:
	finish one_more, 0, 1
.Lboth:
	mov a10, a13
	beqz a0, .Ltwo_more
	finish two, 1, 0
.Ltwo_more:
	finish two_more, 1, 1

	/* The next 224 columns. */
.Lnext:
	beqz a0, .Lagain
	s32i a0, a1, 0
	movi a0, 0
.Lagain:
	addmi a4, a4, 7 * 256
	mov a3, a4
	addi a9, a15, 1
	slli a9, a9, 5
	sub a2, a2, a9
	j .Lblock
	.size rv_matvec_sums_esp32s3, . - rv_matvec_sums_esp32s3
