/* Vector indices for XS: a class with native body (see src/platform/vectors.d.ts). */

class NativeIndex @ "xs_index_destructor" {
	constructor(block, blockBytes, found, ef, params, paramsOffset) @ "xs_index_constructor"
	insert(id, bytes, offset, count) @ "xs_index_insert"
	remove(id) @ "xs_index_remove"
	has(id) @ "xs_index_has"
	read(id, bytes, offset, count) @ "xs_index_read"
	search(bytes, offset, count, k, ef, filter) @ "xs_index_search"
	train(bytes, offset, count, rounds) @ "xs_index_train"
	get count() @ "xs_index_get_count"
	get distances() @ "xs_index_get_distances"
	get scratchBytes() @ "xs_index_get_scratchBytes"
}

function nativeIndexSize(bytes, offset) @ "xs_index_size"

function numbers(config) {
	return Int32Array.of(config.metric, config.element, config.dimensions, config.capacity, config.m, config.m0, config.efConstruction, config.seed, config.subspaces, config.codeBits);
}

function indexSize(config) {
	return nativeIndexSize(numbers(config).buffer, 0);
}

class VectorIndex extends NativeIndex {
	constructor(block, found, ef, config) {
		/* XS 13 shows only buffers of bytes to C. */
		super(block, block.byteLength, found, ef, config && numbers(config).buffer, 0);
	}
	insert(id, vector) {
		super.insert(id, vector.buffer, vector.byteOffset, vector.byteLength);
	}
	read(id, vector) {
		super.read(id, vector.buffer, vector.byteOffset, vector.byteLength);
	}
	search(vector, k, ef, filter) {
		return super.search(vector.buffer, vector.byteOffset, vector.byteLength, k, ef, filter);
	}
	train(samples, rounds) {
		super.train(samples.buffer, samples.byteOffset, samples.byteLength, rounds);
	}
}

export { VectorIndex, indexSize };
