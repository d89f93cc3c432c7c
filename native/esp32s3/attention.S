/*
 * The long loops of attention for the ESP32-S3.
 *
 *   void rv_scores8_esp32s3(int32_t *dots, const int8_t *query, const int8_t *keys, int32_t count);
 *
 * dots[t] = query . keys[t] for heads of 8 dimensions; keys: 16-byte aligned, query: 8-byte aligned. Reads
 * whole vectors of two keys. Heads of 16, 32, ... dimensions are rv_dot_block_esp32s3's.
 *
 *   void rv_mix_esp32s3(int32_t *sums, const uint16_t *weights, const int8_t *values, int32_t head_dim,
 *                       int32_t count);
 *
 * sums[i] = sum over t of weights[t] * values[t * head_dim + i], for eight i: called for each eight
 * dimensions of a head. weights: below 2^15, 16-byte aligned; values: 8-byte aligned; count: a multiple of 8.
 */

	.text
	.align 4
	.global rv_scores8_esp32s3
	.type rv_scores8_esp32s3, @function
rv_scores8_esp32s3:
	entry a1, 32
	blti a5, 1, .Lscored
	/* A vector holds two keys; the query stands at either place, zeros at the other. */
	ee.zero.q q1
	ee.zero.q q2
	ee.vld.l.64.ip q1, a3, 0
	ee.vld.h.64.ip q2, a3, 0
	srli a6, a5, 1
	loopnez a6, .Lpairs
	ee.vld.128.ip q0, a4, 16
	ee.zero.accx
	ee.vmulas.s8.accx q0, q1
	rur.accx_0 a8
	ee.zero.accx
	ee.vmulas.s8.accx q0, q2
	rur.accx_0 a9
	s32i a8, a2, 0
	s32i a9, a2, 4
	addi a2, a2, 8
.Lpairs:
	bbci a5, 0, .Lscored
	ee.zero.q q0
	ee.vld.l.64.ip q0, a4, 8
	ee.zero.accx
	ee.vmulas.s8.accx q0, q1
	rur.accx_0 a8
	s32i a8, a2, 0
.Lscored:
	retw.n
	.size rv_scores8_esp32s3, . - rv_scores8_esp32s3

/* Two positions: values become 16 bits by their signs, and are multiplied by weights s and s + 1 of q4. */
	.macro two s, next
	ee.vld.l.64.xp q0, a4, a5
	ee.vld.h.64.xp q0, a4, a5
	ee.vcmp.lt.s8 q1, q0, q5
	ee.vzip.8 q0, q1
	ee.vsmulas.s16.qacc q0, q4, \s
	ee.vsmulas.s16.qacc q1, q4, \next
	.endm

/* Lanes of 40 bits, from words w0 to w4: the low 32 of each of four. */
	.macro lanes
	l32i a8, a3, 0
	l32i a9, a3, 4
	l32i a10, a3, 8
	l32i a11, a3, 12
	l32i a12, a3, 16
	s32i a8, a2, 0
	ssai 8
	src a8, a10, a9
	s32i a8, a2, 4
	ssai 16
	src a8, a11, a10
	s32i a8, a2, 8
	ssai 24
	src a8, a12, a11
	s32i a8, a2, 12
	.endm

	.align 4
	.global rv_mix_esp32s3
	.type rv_mix_esp32s3, @function
rv_mix_esp32s3:
	entry a1, 64
	ee.zero.qacc
	ee.zero.q q5
	srli a6, a6, 3
	loopnez a6, .Leights
	ee.vld.128.ip q4, a3, 16
	two 0, 1
	two 2, 3
	two 4, 5
	two 6, 7
.Leights:
	mov a3, a1
	ee.st.qacc_l.l.128.ip a3, 16
	ee.st.qacc_l.h.32.ip a3, -16
	lanes
	ee.st.qacc_h.l.128.ip a3, 16
	ee.st.qacc_h.h.32.ip a3, -16
	addi a2, a2, 16
	lanes
	retw.n
	.size rv_mix_esp32s3, . - rv_mix_esp32s3
