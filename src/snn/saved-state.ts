/** A gate's state as a file: magic, length, the table's checksum, the state's, then the state. All little-endian. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32 } from "ruvllm-esp32/platform/kernels";
import type { GateState } from "ruvllm-esp32/snn/gate-state";
import type { SnnTable } from "ruvllm-esp32/snn/table";

const MAGIC = 0x534e5652; // "RVNS"
const HEADER_BYTES = 16;

export function saveState(state: GateState, table: SnnTable): Uint8Array {
	const bytes = new Uint8Array(HEADER_BYTES + state.bytes.length), view = new DataView(bytes.buffer);
	bytes.set(state.bytes, HEADER_BYTES);
	view.setUint32(0, MAGIC, true);
	view.setUint32(4, state.bytes.length, true);
	view.setUint32(8, table.crc, true);
	view.setUint32(12, crc32(bytes as never, HEADER_BYTES, state.bytes.length, 0), true);
	return bytes;
}

/** @throws RuvllmError SNN_STATE; then nothing changes */
export function loadState(state: GateState, table: SnnTable, bytes: Uint8Array): void {
	const fail = (sentence: string): never => {
		throw new RuvllmError("SNN_STATE", sentence);
	};
	const length = state.bytes.length;
	if (!(bytes instanceof Uint8Array) || bytes.length !== HEADER_BYTES + length)
		fail(`a state has ${HEADER_BYTES + length} bytes; save it again with this version`);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (view.getUint32(0, true) !== MAGIC || view.getUint32(4, true) !== length)
		fail("these bytes are no state of a spiking gate");
	if (view.getUint32(8, true) !== table.crc)
		fail("the state is of another table: start anew");
	if (view.getUint32(12, true) !== crc32(bytes.slice() as never, HEADER_BYTES, length, 0))
		fail("the state's checksum is wrong: it is damaged, start anew");
	const before = state.bytes.slice();
	state.bytes.set(bytes.subarray(HEADER_BYTES));
	if (!state.gate.valid()) {
		state.bytes.set(before);
		fail("the state has numbers that no gate makes: start anew");
	}
}
