/* The core starts at the image's first byte. The loader has copied the image and cleared what is behind it. */
	.section .reset, "ax"
	.option norvc
	.globl ulp_reset
ulp_reset:
	j ulp_start

	.section .text.start, "ax"
	.option rvc
ulp_start:
	la sp, __stack_top
	call main
1:	j 1b
