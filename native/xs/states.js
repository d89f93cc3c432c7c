/* Hidden states as bytes for XS (see src/platform/states.d.ts). XS 13 shows only buffers of bytes to C. */

function pack(states, from, count, bytes, at, room) @ "xs_states_pack"
function unpack(states, from, count, bytes, at, room) @ "xs_states_unpack"

/* The checks stand in place: a call more costs a chip a thousand instructions. */
function packStates(states, count, into, offset = 0) {
	const length = into.length;
	if (!(states instanceof Int32Array) || !(into instanceof Uint8Array))
		throw new TypeError("states: an Int32Array and a Uint8Array are needed");
	if (!(count <= states.length && offset >= 0 && offset <= length))
		refuse(states, count, into, offset, length);
	return pack(states.buffer, states.byteOffset, count, into.buffer, into.byteOffset + offset, length - offset);
}

function unpackStates(states, count, bytes, offset = 0, end = bytes.length) {
	if (!(states instanceof Int32Array) || !(bytes instanceof Uint8Array))
		throw new TypeError("states: an Int32Array and a Uint8Array are needed");
	if (!(count <= states.length && offset >= 0 && end >= offset && end <= bytes.length))
		refuse(states, count, bytes, offset, end);
	return unpack(states.buffer, states.byteOffset, count, bytes.buffer, bytes.byteOffset + offset, end - offset);
}

function refuse(states, count, bytes, offset, end) {
	throw new RangeError(`states: ${count} values of ${states.length}, bytes ${offset} to ${end} of ${bytes.length} are impossible`);
}

const packedBytes = (count, width = 32) => 1 + Math.ceil(count * width / 8);

class Chunks @ "xs_chunks_destructor" {
	constructor(hidden, offset, values, out, session, epoch) @ "xs_chunks_constructor"
	begin(buffer, offset, count, last) @ "xs_chunks_begin"
	step(buffer, offset, count) @ "xs_chunks_step"
	states(buffer, offset, count) @ "xs_chunks_states"
	head(lane, branch, want, position, count, confirmed, token) @ "xs_chunks_head"
	token(token) @ "xs_chunks_token"
	put() @ "xs_chunks_put"
}

export { Chunks, packStates, unpackStates, packedBytes };
