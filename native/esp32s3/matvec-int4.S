/*
 * INT4 matrix times vector for the ESP32-S3, with 32-bit sums (format: rv_matrix_grouped):
 *
 *   void rv_matvec_sums_int4_esp32s3(int32_t *sums, const uint8_t *tiles, const uint8_t *group_scales,
 *                                    int32_t rows, int32_t columns, const int8_t *x);
 *
 * sums[r] = sum over groups of group scale * sum of (nibble - 8) * x. sums: room for the rows rounded up to 8.
 * tiles, x: 16-byte aligned; x: columns rounded up to 32. Reads no byte outside them.
 *
 * Eight rows at a time, their sums in a8 to a15. A row of a group is 16 bytes: its low nibbles meet the
 * first 16 columns, its high ones the others. Nibbles are not negative; what their 8 is too much, 8 times
 * the sum of x, is the same for all rows of a group: a5.
 */

	.text

/* Row \r of a group: w in q0, x in q4 and q5, nibbles' mask in q6. a0, a2: what comes between. */
	.macro row r
	ee.andq q1, q0, q6
	ee.vsr.32 q2, q0
	ee.andq q2, q2, q6
	ee.zero.accx
	.if \r < 7
	ee.vmulas.s8.accx.ld.ip q0, a3, 16, q1, q4
	.else
	ee.vmulas.s8.accx q1, q4
	.endif
	ee.vmulas.s8.accx q2, q5
	rur.accx_0 a0
	l8ui a2, a4, \r
	sub a0, a0, a5
	mull a0, a0, a2
	.endm

	.align 4
	.global rv_matvec_sums_int4_esp32s3
	.type rv_matvec_sums_int4_esp32s3, @function
rv_matvec_sums_int4_esp32s3:
	entry a1, 64
	s32i a0, a1, 0
	s32i a2, a1, 4
	addi a5, a5, 7
	srli a5, a5, 3
	s32i a5, a1, 8            /* tile rows left */
	addi a6, a6, 31
	srli a6, a6, 5
	s32i a6, a1, 12           /* groups */
	movi a0, 15
	s8i a0, a1, 16
	movi a0, 8
	s8i a0, a1, 17
	addi a2, a1, 16
	ee.vldbc.8 q6, a2
	addi a2, a1, 17
	ee.vldbc.8 q7, a2
	ssai 4

.Ltile_row:
	.irp a, a8, a9, a10, a11, a12, a13, a14, a15
	movi \a, 0
	.endr
	l32i a6, a1, 12
.Lgroup:
	ee.vld.128.ip q4, a7, 16
	ee.vld.128.ip q5, a7, 16
	ee.zero.accx
	ee.vmulas.s8.accx q4, q7
	ee.vmulas.s8.accx q5, q7
	rur.accx_0 a5
	ee.vld.128.ip q0, a3, 16
	row 0
	add a8, a8, a0
	row 1
	add a9, a9, a0
	row 2
	add a10, a10, a0
	row 3
	add a11, a11, a0
	row 4
	add a12, a12, a0
	row 5
	add a13, a13, a0
	row 6
	add a14, a14, a0
	row 7
	add a15, a15, a0
	addi a4, a4, 8
	addi a6, a6, -1
	bnez a6, .Lgroup

	l32i a2, a1, 4
	s32i a8, a2, 0
	s32i a9, a2, 4
	s32i a10, a2, 8
	s32i a11, a2, 12
	s32i a12, a2, 16
	s32i a13, a2, 20
	s32i a14, a2, 24
	s32i a15, a2, 28
	addi a2, a2, 32
	s32i a2, a1, 4
	l32i a6, a1, 12
	slli a6, a6, 5
	sub a7, a7, a6
	l32i a5, a1, 8
	addi a5, a5, -1
	s32i a5, a1, 8
	bnez a5, .Ltile_row
	l32i a0, a1, 0
	retw.n
	.size rv_matvec_sums_int4_esp32s3, . - rv_matvec_sums_int4_esp32s3
