/* The kernels for XS: classes with native bodies (see src/platform/kernels.d.ts). */

class Memory @ "xs_memory_destructor" {
	constructor(bytes) @ "xs_memory_constructor"
	get byteLength() @ "xs_memory_get_byteLength"
}

function availableMemory(wanted, spare) @ "xs_memory_available"

class NativeOperator @ "xs_operator_destructor" {
	constructor(kind, arena, weights, params, offset, count) @ "xs_operator_constructor"
	run(argument) @ "xs_operator_run"
}

class Operator extends NativeOperator {
	constructor(kind, arena, weights, params, count) {
		if (!(params instanceof Int32Array))
			throw new TypeError("Operator: params is no Int32Array");
		/* XS 13 shows only buffers of bytes to C. */
		super(kind, arena, weights, params.buffer, params.byteOffset, count ?? params.length);
	}
}

class Tokenizer @ "xs_tokenizer_destructor" {
	constructor(weights, offset, count) @ "xs_tokenizer_constructor"
	encode(bytes, options) @ "xs_tokenizer_encode"
	copyPiece(previous, id, bytes, offset) @ "xs_tokenizer_copyPiece"
	get vocabSize() @ "xs_tokenizer_get_vocabSize"
	get bos() @ "xs_tokenizer_get_bos"
	get eos() @ "xs_tokenizer_get_eos"
}

function profile(on) @ "xs_kernels_profile"
function kernelTicks() @ "xs_kernels_kernelTicks"
function totalTicks() @ "xs_kernels_totalTicks"
function crc32(bytes, offset, count, seed) @ "xs_kernels_crc32"
function useCores(cores) @ "xs_kernels_useCores"
function cores() @ "xs_kernels_cores"
function readModel(file) @ "xs_kernels_readModel"
function variant() @ "xs_kernels_variant"
function tickUnit() @ "xs_kernels_tickUnit"
function kernelSelfTest() @ "xs_kernels_kernelSelfTest"

export { Memory, availableMemory, Operator, Tokenizer, profile, kernelTicks, totalTicks, crc32, readModel, variant, useCores, cores, tickUnit, kernelSelfTest };
