/** Which chunks a fetch still needs: of some layers that is known once header and section table are there. */

import { crc32 } from "ruvllm-esp32/platform/kernels";
import { readRuvm } from "ruvllm-esp32/engine/ruvm/reader";
import { ChunkSet } from "ruvllm-esp32/espnow-federation/distribution/chunk-set";
import type { Holdings } from "ruvllm-esp32/espnow-federation/distribution/holdings";
import { chunksOfLayers, chunksOfTable, type LayerRange } from "ruvllm-esp32/espnow-federation/distribution/layers";

export class Wanted {
	readonly holdings: Holdings;
	readonly #layers: LayerRange | undefined;
	#chunks: ChunkSet;
	/** Whether `chunks` is all: of some layers only the header is, at first, then the table. */
	#known: boolean;

	/** @param layers undefined: the whole model */
	constructor(holdings: Holdings, layers: LayerRange | undefined) {
		this.holdings = holdings;
		this.#layers = layers;
		this.#known = !layers;
		this.#chunks = new ChunkSet(holdings.manifest.chunks);
		this.#chunks.addRange(0, layers ? 1 : holdings.manifest.chunks);
	}

	get chunks(): ChunkSet {
		return this.#chunks;
	}
	/** How many are not there. */
	get missing(): number {
		let missing = this.#chunks.size;
		for (let i = 0; i < this.#chunks.limit; i++)
			if (this.#chunks.has(i) && this.holdings.have.has(i))
				missing--;
		return missing;
	}
	/**
	 * Whether all is there, and is a model: the reader takes it, with its checksum when no chunk is missing.
	 * @throws RuvllmError MODEL_*, DISTRIBUTION_LAYERS
	 */
	complete(): boolean {
		const { have, model, manifest } = this.holdings;
		while (!this.#known && have.covers(this.#chunks)) {
			const table = chunksOfTable(model, manifest.modelBytes);
			this.#known = have.covers(table);
			this.#chunks = this.#known ? chunksOfLayers(model, this.#layers!) : table;
		}
		if (!this.#known || !have.covers(this.#chunks))
			return false;
		readRuvm(model, this.holdings.complete ? crc32 as never : undefined);
		return true;
	}
}
