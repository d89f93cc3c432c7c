/* Port: src/platform/runtime.d.ts. The arguments are "arguments" in the "config" of the app's manifest. */
import config from "mc/config";

class Heap @ "xs_heap_destructor" {
	constructor() @ "xs_heap_constructor"
	get collections() @ "xs_heap_get_collections"
	get slotsUsed() @ "xs_heap_get_slotsUsed"
	get slotsSize() @ "xs_heap_get_slotsSize"
	get chunksUsed() @ "xs_heap_get_chunksUsed"
	get chunksSize() @ "xs_heap_get_chunksSize"
}

function getHost() @ "xs_runtime_host"
function exit(code) @ "xs_runtime_exit"

const heap = new Heap;
const args = Object.freeze((config.arguments ?? []).map(String));
const host = getHost();

function memoryUse() {
	const { collections, slotsUsed, slotsSize, chunksUsed, chunksSize } = heap;
	return { collections, slotsUsed, slotsSize, chunksUsed, chunksSize };
}

export { args, exit, host, memoryUse };
