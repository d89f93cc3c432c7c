/**
 * The sections of a model by their places, which are fixed by its shape. Read by the kernels where they can: that takes
 * a hundredth of the time; the reader in TypeScript takes the other files, and says what is wrong with bad ones.
 */

import { crc32, type Pinned, readModel } from "ruvllm-esp32/platform/kernels";
import { expectedSections, type ModelShape, type QuantizationType, type Section, type SectionType } from "ruvllm-esp32/engine/ruvm/format";
import { checkCrc, readRuvm } from "ruvllm-esp32/engine/ruvm/reader";

/** What operators need to know of a section. */
export type Tensor = Pick<Section, "type" | "shift" | "rows" | "columns" | "offset" | "bytes">;

/** Places of sections; `output` is the embedding's in tied models. */
export const Place = { Constants: 0, Rope: 1, Embedding: 2, Norm: 3 } as const;
/** Behind the first of a layer. */
export const LayerPlace = { Norm1: 0, Qkv: 1, Wo: 2, Norm2: 3, GateUp: 4, Down: 5 } as const;
const PER_LAYER = 6;
const SHAPE_INTS = 10, TENSOR_INTS = 6;

export class ModelTable {
	readonly shape: ModelShape;
	readonly tied: boolean;
	/** 0 for the plain layout, which has no sections. */
	readonly version: number;
	readonly bytes: Uint8Array;
	readonly #ints: Int32Array;

	/**
	 * @param verify whether to check the file's CRC
	 * @throws RuvllmError MODEL_* as readRuvm does
	 */
	constructor(pinned: Pinned, verify: boolean) {
		this.bytes = new Uint8Array(pinned as ArrayBuffer);
		const table = readModel(pinned);
		if (table) {
			const ints = this.#ints = new Int32Array(table);
			this.version = 1;
			this.tied = ints[7] === 1;
			this.shape = {
				vocabSize: ints[0]!, embedDim: ints[1]!, hiddenDim: ints[2]!, numLayers: ints[3]!, numHeads: ints[4]!, numKvHeads: ints[5]!,
				maxSeqLen: ints[6]!, quantType: ints[8] as QuantizationType, binaryActivations: ints[9] === 1,
			};
			if (verify)
				checkCrc(this.bytes, crc32);
			return;
		}
		const file = readRuvm(this.bytes, verify ? crc32 : undefined);
		this.version = file.version;
		this.shape = file.shape;
		this.tied = file.tied;
		this.#ints = file.version === 0 ? new Int32Array(0) : listed(file.shape, file.tied, file.sections);
	}

	tensor(place: number): Tensor {
		const at = SHAPE_INTS + TENSOR_INTS * place, ints = this.#ints;
		return { shift: ints[at]!, rows: ints[at + 1]!, columns: ints[at + 2]!, offset: ints[at + 3]!, bytes: ints[at + 4]!, type: ints[at + 5] as SectionType };
	}

	get output(): number {
		return this.tied ? Place.Embedding : Place.Norm + 1;
	}

	/** Place of a layer's first section. */
	layer(layer: number): number {
		return (this.tied ? 4 : 5) + PER_LAYER * layer;
	}

	get tokenizer(): number {
		return this.layer(this.shape.numLayers);
	}

	get metadata(): number {
		return this.tokenizer + 1;
	}

	/** Weights, gains included. */
	get parameters(): number {
		let sum = 0;
		for (let place: number = Place.Embedding; place < this.tokenizer; place++) {
			const { rows, columns } = this.tensor(place);
			sum += rows * columns;
		}
		return sum;
	}
}

/** The same integers from a file that was read in TypeScript; sections that are not there have no bytes. */
function listed(shape: ModelShape, tied: boolean, sections: ReadonlyMap<string, Section>): Int32Array {
	const names = [...expectedSections(shape, tied).map(([name]) => name), "tokenizer", "metadata"];
	const ints = new Int32Array(SHAPE_INTS + TENSOR_INTS * names.length);
	names.forEach((name, i) => {
		const section = sections.get(name);
		if (section)
			ints.set([section.shift, section.rows, section.columns, section.offset, section.bytes, section.type], SHAPE_INTS + TENSOR_INTS * i);
	});
	return ints;
}
