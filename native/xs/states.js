/* Hidden states as bytes for XS (see src/platform/states.d.ts). XS 13 shows only buffers of bytes to C. */

function pack(states, from, count, bytes, at, room) @ "xs_states_pack"
function unpack(states, from, count, bytes, at, room) @ "xs_states_unpack"

function check(states, count, bytes, offset) {
	if (!(states instanceof Int32Array) || !(bytes instanceof Uint8Array))
		throw new TypeError("states: an Int32Array and a Uint8Array are needed");
	if (!(count <= states.length))
		throw new RangeError(`states: there are ${states.length} values, not ${count}`);
	if (!(offset >= 0 && offset <= bytes.length))
		throw new RangeError(`states: the offset is ${offset}, outside of ${bytes.length} bytes`);
}

function packStates(states, count, into, offset = 0) {
	check(states, count, into, offset);
	return pack(states.buffer, states.byteOffset, count, into.buffer, into.byteOffset + offset, into.length - offset);
}

function unpackStates(states, count, bytes, offset = 0, end = bytes.length) {
	check(states, count, bytes, offset);
	if (!(end >= offset && end <= bytes.length))
		throw new RangeError(`states: the end is ${end}, not from ${offset} to ${bytes.length}`);
	return unpack(states.buffer, states.byteOffset, count, bytes.buffer, bytes.byteOffset + offset, end - offset);
}

const packedBytes = (count, width = 32) => 1 + Math.ceil(count * width / 8);

export { packStates, unpackStates, packedBytes };
