/*
 * A query against a block of vectors, for the ESP32-S3. Vectors follow each other `stride` bytes apart, a
 * multiple of 16, padded with zeros; all 16-byte aligned. Reads no byte outside them.
 *
 *   void rv_dot_block_esp32s3(int32_t *dots, const int8_t *query, const int8_t *vectors, int32_t stride, int32_t count);
 *   void rv_hamming_block_esp32s3(int32_t *distances, const uint8_t *query, const uint8_t *vectors,
 *                                 int32_t stride, int32_t count);
 */

	.text

/* The query stays in registers up to seven chunks of 16: an instruction for each chunk, and three more. */
	.macro dots k
.Ldots\k:
	.irp c, 0, 1, 2, 3, 4, 5, 6
	.if \c < \k
	ee.vld.128.ip q\c, a3, 16
	.endif
	.endr
	ee.vld.128.ip q7, a4, 16
	addi a6, a6, -1
	loopnez a6, .Lvectors\k
	ee.zero.accx
	.irp c, 0, 1, 2, 3, 4, 5, 6
	.if \c < \k
	ee.vmulas.s8.accx.ld.ip q7, a4, 16, q7, q\c
	.endif
	.endr
	rur.accx_0 a8
	s32i a8, a2, 0
	addi a2, a2, 4
.Lvectors\k:
	ee.zero.accx
	.irp c, 0, 1, 2, 3, 4, 5, 6
	.if \c < \k - 1
	ee.vmulas.s8.accx.ld.ip q7, a4, 16, q7, q\c
	.elseif \c == \k - 1
	ee.vmulas.s8.accx q7, q\c
	.endif
	.endr
	rur.accx_0 a8
	s32i a8, a2, 0
	retw.n
	.endm

	.align 4
	.global rv_dot_block_esp32s3
	.type rv_dot_block_esp32s3, @function
rv_dot_block_esp32s3:
	entry a1, 32
	blti a6, 1, .Lnone
	srli a5, a5, 4
	beqi a5, 1, .Ldots1
	beqi a5, 2, .Ldots2
	beqi a5, 3, .Ldots3
	beqi a5, 4, .Ldots4
	beqi a5, 5, .Ldots5
	beqi a5, 6, .Ldots6
	beqi a5, 7, .Ldots7
	/* Longer ones: both are loaded. */
.Llong:
	mov a9, a3
	addi a10, a5, -1
	ee.zero.accx
	ee.vld.128.ip q0, a9, 16
	ee.vld.128.ip q1, a4, 16
	loopnez a10, .Lchunks
	ee.vmulas.s8.accx.ld.ip q2, a9, 16, q0, q1
	ee.vld.128.ip q1, a4, 16
	ee.orq q0, q2, q2
.Lchunks:
	ee.vmulas.s8.accx q0, q1
	rur.accx_0 a8
	s32i a8, a2, 0
	addi a2, a2, 4
	addi a6, a6, -1
	bnez a6, .Llong
.Lnone:
	retw.n
	dots 1
	dots 2
	dots 3
	dots 4
	dots 5
	dots 6
	dots 7
	.size rv_dot_block_esp32s3, . - rv_dot_block_esp32s3

/*
 * There is no instruction that counts bits. Each nibble's four bits are added within the nibble (at most 4);
 * a byte is then 16 high + low, and byte + 15 low is 16 times its bits: two multiplications by constants.
 */
	.macro count_bits
	ee.xorq q0, q0, q1
	ee.andq q2, q0, q5
	.rept 3
	ee.vsr.32 q0, q0
	ee.andq q3, q0, q5
	ee.vadds.s8 q2, q2, q3
	.endr
	ee.andq q3, q2, q6
	.endm

	.align 4
	.global rv_hamming_block_esp32s3
	.type rv_hamming_block_esp32s3, @function
rv_hamming_block_esp32s3:
	entry a1, 48
	blti a6, 1, .Lempty
	movi a8, 0x11
	s8i a8, a1, 0
	movi a8, 15
	s8i a8, a1, 1
	movi a8, 1
	s8i a8, a1, 2
	mov a8, a1
	ee.vldbc.8 q5, a8         /* the lowest bit of each nibble */
	addi a8, a1, 1
	ee.vldbc.8 q6, a8         /* low nibbles; and 15 */
	addi a8, a1, 2
	ee.vldbc.8 q7, a8
	srli a5, a5, 4
	addi a5, a5, -1           /* chunks behind the first */
	ssai 1
.Lvector:
	mov a9, a3
	ee.zero.accx
	ee.vld.128.ip q0, a4, 16
	ee.vld.128.ip q1, a9, 16
	loopnez a5, .Lbits
	count_bits
	ee.vmulas.s8.accx.ld.ip q0, a4, 16, q2, q7
	ee.vmulas.s8.accx.ld.ip q1, a9, 16, q3, q6
.Lbits:
	count_bits
	ee.vmulas.s8.accx q2, q7
	ee.vmulas.s8.accx q3, q6
	rur.accx_0 a8
	srli a8, a8, 4
	s32i a8, a2, 0
	addi a2, a2, 4
	addi a6, a6, -1
	bnez a6, .Lvector
.Lempty:
	retw.n
	.size rv_hamming_block_esp32s3, . - rv_hamming_block_esp32s3
