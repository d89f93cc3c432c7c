/** Which chunks of a RUVM file a board needs that computes some of a model's layers. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { ENTRY_BYTES, HEADER_BYTES, MAGIC } from "ruvllm-esp32/engine/ruvm/format";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { CHUNK_BYTES } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { ChunkSet } from "ruvllm-esp32/espnow-federation/distribution/chunk-set";

/**
 * Layers from `from` to `to` - 1; `first`: the embedding and the tokenizer too; `last`: the last norm and the output matrix too.
 * TinyModel checks all of these when it loads any layers: what it is to load is fetched with both.
 */
export interface LayerRange {
	from: number;
	to: number;
	first: boolean;
	last: boolean;
}

const chunksIn = (fileBytes: number): number => Math.ceil(fileBytes / CHUNK_BYTES);

/**
 * The chunks of header and section table: what has to be there before anything else can be said.
 * @param header the first 32 bytes of the file, or more; undefined: not there yet
 * @throws RuvllmError MODEL_MAGIC, MODEL_TRUNCATED
 */
export function chunksOfTable(header: Uint8Array | undefined, fileBytes: number): ChunkSet {
	const set = new ChunkSet(chunksIn(fileBytes));
	set.add(0);
	if (!header)
		return set;
	const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES), table = view.getUint32(24, true), end = table + ENTRY_BYTES * view.getUint16(20, true);
	if (view.getUint32(0, true) !== MAGIC)
		throw new RuvllmError("MODEL_MAGIC", "what is distributed is no RUVM file; sign a model file");
	if (end > fileBytes)
		throw new RuvllmError("MODEL_TRUNCATED", `the section table ends at ${end}, the file at ${fileBytes}`);
	addBytes(set, table, end);
	return set;
}

/**
 * @param model the file, of which header and table must be there; the rest may be anything
 * @throws RuvllmError MODEL_* for a bad table, DISTRIBUTION_LAYERS for layers that the model does not have
 */
export function chunksOfLayers(model: Uint8Array, { from, to, first, last }: LayerRange): ChunkSet {
	const { shape, tied, sections } = readRuvm(model), set = chunksOfTable(model, model.length);
	if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= shape.numLayers))
		throw new RuvllmError("DISTRIBUTION_LAYERS", `layers ${from} to ${to} of a model that has ${shape.numLayers}: give 0 <= from <= to <= ${shape.numLayers}`);
	for (const { name, offset, bytes } of sections.values())
		if (needed(name))
			addBytes(set, offset, offset + bytes);
	return set;

	function needed(name: string): boolean {
		const layer = /^layers\.(\d+)\./.exec(name)?.[1];
		if (layer !== undefined)
			return Number(layer) >= from && Number(layer) < to;
		switch (name) {
			case "embedding": return first || last && tied;
			case "tokenizer": return first;
			case "output":
			case "norm": return last;
			// Small, or unknown: constants, rope, metadata.
			default: return true;
		}
	}
}

function addBytes(set: ChunkSet, start: number, end: number): void {
	set.addRange(Math.floor(start / CHUNK_BYTES), chunksIn(end));
}
