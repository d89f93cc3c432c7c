/**
 * A model, loaded and bound to memory: gives logits for a token at a position. All memory is taken
 * here; running the model allocates nothing.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { availableMemory, crc32, Memory, Operator, Pinned, Tokenizer } from "ruvllm-esp32/platform/kernels";
import { type ArenaPlan, planArena, SAMPLER_SETTINGS, type TensorShare } from "ruvllm-esp32/engine/arena";
import { Block } from "ruvllm-esp32/engine/block";
import { adapterBytes, DEFAULT_PENALTY_WINDOW, fittingContext, MemoryBudget, memoryBudget, memoryOf } from "ruvllm-esp32/engine/memory-budget";
import { Operators } from "ruvllm-esp32/engine/operators";
import type { SparseAttention } from "ruvllm-esp32/engine/sparse-attention";
import { Constant, CONSTANTS, ModelMetadata, ModelShape } from "ruvllm-esp32/engine/ruvm/format";
import { checkShare } from "ruvllm-esp32/engine/tensor-share";
import { ModelTable, Place } from "ruvllm-esp32/engine/ruvm/model-table";
import { checkCrc, readMetadata } from "ruvllm-esp32/engine/ruvm/reader";

/** Bytes of a vocabulary's longest piece: engines hold one in a buffer. */
export const LONGEST_PIECE = 256;

export interface TinyModelOptions {
	/** Positions to make room for; at most, and by default, what the model was trained for. */
	contextLength?: number;
	/**
	 * Bytes of RAM that must stay free for others (radio, index). When given and `contextLength` is not,
	 * the context is the largest that fits beside them.
	 */
	spareMemory?: number;
	/** Tokens that the repetition penalty can look back; 64 by default. */
	penaltyWindow?: number;
	/** Rank of the adapter that the model can have (micro-lora.ts), 1 to 8; 0 by default: none, and no cost. */
	adapterRank?: number;
	/** Which earlier positions each position attends to; all of them by default. Takes 4 bytes for each position of the context. */
	attention?: SparseAttention;
	/** Which layers to hold, `to` not among them: the part that one board has of a pipeline. All by default; none is a part too. */
	layers?: { from: number; to: number };
	/** Independent sequences, each with its own cache and sampler; 1 by default, up to 16. Activations and logits are shared. */
	lanes?: number;
	/** Of each layer, only these heads and columns: the part that one board has of a tensor-parallel session. TensorPart runs them. */
	share?: TensorShare;
	/** Whether to check the file's CRC; true by default. Structure is checked always; `verify()` checks the CRC later. */
	verify?: boolean;
}

/** What chooses the tokens of one sequence. Views are of the model's own memory. */
export interface LaneSampler {
	/** As writeSamplerSettings (inference-config.ts) fills it; the last word counts the entries of `recent`. */
	readonly settings: Uint32Array;
	/** Tokens for the repetition penalty, `[penaltyWindow]`. */
	readonly recent: Int32Array;
	/** run(0): takes the settings; run(1): a token from `logits`; run(2): passes over a token that is known, as if drawn. */
	readonly sample: Operator;
}

/** See TinyModel.tensorParts. */
export interface TensorParts {
	share: TensorShare;
	plan: ArenaPlan;
	operators: Operators;
	constants: Uint32Array;
	table: ModelTable;
	arena: Memory;
}

/** See TinyModel.adapterParts. Views are of the model's own memory. */
export interface AdapterParts {
	adapt: Operator;
	learn: Operator;
	output: Operator;
	/** A, then B: `[rank][embedDim]` each, Q12. */
	weights: Int16Array;
	/** State of the rounding. */
	random: Uint32Array;
	/** Length of a step, Q16. */
	rate: Int32Array;
	/** The last hidden state, `[embedDim]`, and its scale: mantissa and shift. */
	hidden: Int8Array;
	scale: Int32Array;
}

export class TinyModel {
	readonly shape: ModelShape;
	readonly tokenizer: Tokenizer;
	readonly contextLength: number;
	readonly penaltyWindow: number;
	/** `[vocabSize]`, Q16 (65536 is one nat); of the last `forward` with logits. */
	readonly logits: Int32Array;
	/**
	 * `[embedDim]`, Q16; the residual stream behind the last block, of the last `forward`: what the model makes of the text so far.
	 * A board that holds some of the layers writes here what another's layers left, and runs its own.
	 */
	readonly hidden: Int32Array;
	/** Layers that are held: `from` to `to` - 1. */
	readonly layers: { readonly from: number; readonly to: number };
	readonly lanes: number;
	readonly share: TensorShare | undefined;
	/** What is read and written by the sampler of lane 0. */
	readonly samplerSettings: Uint32Array;
	readonly recent: Int32Array;
	/** Steps beyond the blocks, for samplers and evaluators. */
	readonly sample: Operator;
	readonly negativeLogLikelihood: Operator;

	readonly #table: ModelTable;
	#metadata: ModelMetadata | undefined;
	readonly #embed: Operator;
	/** Of each lane, the layers that are held; none of a share. */
	readonly #blocks: Block[][];
	readonly #whole: boolean;
	readonly #finalNorm: Operator;
	readonly #output: Operator;
	/** Rank that there is room for; 0: none. */
	readonly adapterRank: number;
	readonly #plan: ArenaPlan;
	readonly #operators: Operators;
	readonly #arena: Memory;
	#adapter: { forwardFused(): void } | undefined;
	readonly #attention: SparseAttention | undefined;
	readonly #runs: Uint16Array;
	readonly #samplers: LaneSampler[] = [];

	/**
	 * @param source a mapped asset or a Memory; bytes in the XS heap are copied out of it, since they move
	 * @throws RuvllmError MODEL_* for a bad file or too little memory, CONTEXT_LENGTH, PENALTY_WINDOW, LAYER_RANGE, LANES, TENSOR_SHAPE and others for bad options
	 */
	constructor(source: Pinned | Uint8Array, options: TinyModelOptions = {}) {
		const pinned = pin(source);
		const verify = options.verify !== false;
		const table = this.#table = new ModelTable(pinned, verify);
		if (table.version === 0)
			throw new RuvllmError("MODEL_VERSION", "this file has the plain layout (version 0), which lacks scales and a tokenizer; convert it first: ruvllm-esp32 convert");
		const shape = this.shape = table.shape;
		if (verify)
			this.#metadata = this.metadata;
		this.penaltyWindow = integerOption("PENALTY_WINDOW", "penaltyWindow", options.penaltyWindow ?? DEFAULT_PENALTY_WINDOW, 1, 4096);
		const context = integerOption("CONTEXT_LENGTH", "contextLength", options.contextLength ?? shape.maxSeqLen, 1, shape.maxSeqLen);
		const spare = integerOption("SPARE_MEMORY", "spareMemory", options.spareMemory ?? 0, 0, LARGEST_MEMORY);
		const layers = this.layers = layerRange(options.layers, shape.numLayers), lanes = this.lanes = integerOption("LANES", "lanes", options.lanes ?? 1, 1, MOST_LANES);
		const share = this.share = options.share && checkShare(shape, options.share);
		if (share && options.attention)
			throw new RuvllmError("TENSOR_SHAPE", "attention of a share is not sparse; leave out attention or share");
		const part = { layers: layers.to - layers.from, lanes, share }, constants = readConstants(table);
		this.tokenizer = readTokenizer(table, pinned);

		const attention = this.#attention = options.attention, sparse = attention !== undefined;
		const rank = this.adapterRank = integerOption("ADAPTER_RANK", "adapterRank", options.adapterRank ?? 0, 0, 8), extra = adapterBytes(shape, rank) + (sparse ? 4 * context + 128 : 0);
		let plan = planArena(shape, context, this.penaltyWindow, rank, sparse, part);
		const wanted = memoryOf(shape, context, this.penaltyWindow, part) + extra, available = availableMemory(Math.min(wanted, LARGEST_MEMORY), spare);
		this.contextLength = available >= wanted ? context
			: fittingContext(shape, context, available - extra, this.penaltyWindow, options.contextLength === undefined && options.spareMemory !== undefined, part);
		if (this.contextLength < context)
			plan = planArena(shape, this.contextLength, this.penaltyWindow, rank, sparse, part);
		const arena = this.#arena = reserve(plan.bytes, "activations and cache; give a smaller contextLength");
		const operators = this.#operators = new Operators(arena, pinned);
		this.#plan = plan;
		const view = arena as unknown as ArrayBuffer;
		this.logits = new Int32Array(view, plan.logits, shape.vocabSize);
		this.#runs = new Uint16Array(view, plan.runs, sparse ? 2 * plan.capacity + 2 : 0);
		this.hidden = new Int32Array(view, plan.x, shape.embedDim);
		try {
			this.#embed = operators.embed(plan.x, table.tensor(Place.Embedding));
			this.#blocks = [];
			this.#whole = part.layers === shape.numLayers && !share;
			for (let lane = 0, at = 0; lane < lanes && !share; lane++) {
				const blocks: Block[] = this.#blocks[lane] = [];
				for (let i = 0; i < part.layers; i++)
					blocks[i] = new Block(layers.from + i, plan.caches[at++]!, lane ? this.#blocks[0]![i] : undefined, plan, operators, constants, table, sparse);
			}
			this.#finalNorm = operators.norm(plan.q, plan.scale, plan.x, plan.scratch, table.tensor(Place.Norm), constants[Constant.NormEpsilon]!, constants[Constant.NormRoot]!);
			this.#output = operators.matvec(plan.logits, plan.q, plan.scale, table.tensor(table.output), false, plan.matrixScratch, false);
			for (let lane = 0; lane < lanes; lane++) {
				const settings = plan.samplerSettings + 4 * SAMPLER_SETTINGS * lane, recent = plan.recent + 4 * this.penaltyWindow * lane;
				this.#samplers.push({
					settings: new Uint32Array(view, settings, SAMPLER_SETTINGS), recent: new Int32Array(view, recent, this.penaltyWindow),
					sample: operators.sample(plan.logits, settings, shape.vocabSize, this.penaltyWindow, recent, plan.samplerScratch),
				});
			}
			const first = this.#samplers[0]!;
			this.samplerSettings = first.settings;
			this.recent = first.recent;
			this.sample = first.sample;
			this.negativeLogLikelihood = operators.negativeLogLikelihood(plan.logits, shape.vocabSize);
		}
		catch (error) {
			// The kernels check again, and more (scales, shifts): what they refuse is a bad file too.
			throw error instanceof RangeError ? new RuvllmError("MODEL_TENSOR", `the model can't be run: ${error.message}`) : error;
		}
	}

	/**
	 * Compares the file with its checksum: for models that were loaded with `verify: false`.
	 * Cost: 7 instructions a byte. @throws RuvllmError MODEL_CRC
	 */
	verify(): void {
		checkCrc(this.#table.bytes, crc32);
	}

	/**
	 * Puts `token` at `position` of the sequence; positions go up from 0 without gaps, and going back
	 * to an earlier one forgets what came after it.
	 * @param wantLogits false spares the output matrix while a prompt is read
	 * @param lane the sequence
	 * @throws RuvllmError LAYER_RANGE when only some of the layers are held, LANES for a lane that is none
	 */
	forward(token: number, position: number, wantLogits: boolean, lane = 0): void {
		if (!this.#whole)
			throw new RuvllmError("LAYER_RANGE", this.share ? "this part holds some heads and columns; use TensorPart"
				: `this part holds layers ${this.layers.from} to ${this.layers.to - 1} of ${this.shape.numLayers}; use embed, runLayers and project, or load all layers`);
		this.#embed.run(token);
		this.runLayers(position, lane);
		if (wantLogits)
			this.project();
	}

	/**
	 * Runs the layers that are held on `hidden`, for a position of a lane's sequence; what they keep of it goes to the lane's
	 * cache. Positions as in `forward`. @throws RuvllmError LANES, TENSOR_SHAPE for a share's (TensorPart runs them)
	 */
	runLayers(position: number, lane = 0): void {
		const blocks = this.#blocks[lane];
		if (!blocks)
			throw this.share ? new RuvllmError("TENSOR_SHAPE", "the layers of a share are run by TensorPart") : this.#laneError(lane);
		if (this.#attention)
			this.#attention.writeRuns(position, this.#runs);
		for (let i = 0; i < blocks.length; i++)
			blocks[i]!.forward(position);
	}

	/** Makes `logits` of `hidden`: last norm, adapter where one is attached, output matrix. `hidden` stays as it is. */
	project(): void {
		this.#finalNorm.run(0);
		if (this.#adapter)
			this.#adapter.forwardFused();
		this.#output.run(0);
	}

	/** What chooses the tokens of a lane. @throws RuvllmError LANES */
	sampler(lane: number): LaneSampler {
		const sampler = this.#samplers[lane];
		if (!sampler)
			throw this.#laneError(lane);
		return sampler;
	}

	#laneError(lane: number): RuvllmError {
		return new RuvllmError("LANES", `there is no lane ${lane}; the model was loaded with lanes 0 to ${this.lanes - 1}`);
	}

	/** Leaves a token's own vector in `hidden`, before any block: a row of the embedding. Positions are as they were. */
	embed(token: number): Int32Array {
		this.#embed.run(token);
		return this.hidden;
	}

	/** Lets an adapter change the last hidden state from now on; undefined: none. See MicroLoRA. */
	attach(adapter: { forwardFused(): void } | undefined): void {
		this.#adapter = adapter;
	}

	/** What an adapter works on: its operators, and where its numbers and the last hidden state lie. @throws RuvllmError ADAPTER_RANK */
	adapterParts(): AdapterParts {
		const plan = this.#plan, d = this.shape.embedDim, operators = this.#operators, rank = this.adapterRank;
		if (!rank)
			throw new RuvllmError("ADAPTER_RANK", "the model was loaded without room for an adapter; give adapterRank, 1 to 8");
		const view = this.#arena as unknown as ArrayBuffer, output = this.#table.tensor(this.#table.output);
		return {
			adapt: operators.adapt(d, rank, plan.adapter, plan.hidden, plan.q, plan.scale, plan.scratch),
			learn: operators.learn(d, rank, plan.adapter, plan.hidden, output, plan.logits, plan.gradient, plan.sums), output: this.#output,
			weights: new Int16Array(view, plan.adapter, 2 * rank * d), random: new Uint32Array(view, plan.adapter + 4 * rank * d, 1),
			rate: new Int32Array(view, plan.gradient, 1), hidden: new Int8Array(view, plan.q, d), scale: new Int32Array(view, plan.scale, 2),
		};
	}

	/** What TensorPart makes its operators of. @throws RuvllmError TENSOR_SHAPE when the model was loaded without a share */
	tensorParts(): TensorParts {
		if (!this.share)
			throw new RuvllmError("TENSOR_SHAPE", "the model was loaded whole; give its share of heads and columns");
		return { share: this.share, plan: this.#plan, operators: this.#operators, constants: readConstants(this.#table), table: this.#table, arena: this.#arena };
	}

	/** Weights and constants. */
	get parameters(): number {
		return this.#table.parameters;
	}

	/**
	 * Read when it is first asked for, unless the model was verified: a board speaks before it knows its model's licence.
	 * @throws RuvllmError MODEL_SECTION when it is no JSON
	 */
	get metadata(): ModelMetadata {
		const { offset, bytes } = this.#table.tensor(this.#table.metadata);
		return this.#metadata ??= readMetadata(this.#table.bytes.subarray(offset, offset + bytes), decodeUtf8);
	}

	memoryBudget(): MemoryBudget {
		return memoryBudget(this.shape, {
			contextLength: this.contextLength, penaltyWindow: this.penaltyWindow, modelBytes: this.#table.bytes.length, adapterRank: this.adapterRank,
			layers: this.layers.to - this.layers.from, lanes: this.lanes, share: this.share,
		});
	}
}

const MOST_LANES = 16;

/** Kernels keep pointers, so bytes of the XS heap are copied to where they stay. */
function pin(source: Pinned | Uint8Array): Pinned {
	if (!(source instanceof Uint8Array) && !(source instanceof ArrayBuffer))
		return source;
	const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
	if (bytes.length === 0)
		throw new RuvllmError("MODEL_TRUNCATED", "the model is empty");
	const memory = reserve(bytes.length, "the model; put it where it can be mapped");
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	return memory;
}

/** What one Memory can have. */
const LARGEST_MEMORY = 0x7fffff00;

function reserve(bytes: number, what: string): Memory {
	try {
		return new Memory(bytes);
	}
	catch (error) {
		throw error instanceof RangeError ? new RuvllmError("MODEL_MEMORY", `there are no ${bytes} bytes of memory for ${what}`) : error;
	}
}

function integerOption(code: string, name: string, value: number, low: number, high: number): number {
	if (!Number.isInteger(value) || value < low || value > high)
		throw new RuvllmError(code, `${name} is ${value}; it takes an integer from ${low} to ${high}`);
	return value;
}

function layerRange(range: { from: number; to: number } | undefined, layers: number): { from: number; to: number } {
	const { from, to } = range ?? { from: 0, to: layers };
	if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from > to || to > layers)
		throw new RuvllmError("LAYER_RANGE", `layers from ${from} to ${to}; they take integers with 0 <= from <= to <= ${layers}`);
	return { from, to };
}

function readConstants(table: ModelTable): Uint32Array {
	const { offset } = table.tensor(Place.Constants);
	const view = new DataView(table.bytes.buffer, table.bytes.byteOffset + offset, 4 * CONSTANTS), constants = new Uint32Array(CONSTANTS);
	for (let i = 0; i < CONSTANTS; i++)
		constants[i] = view.getUint32(4 * i, true);
	return constants;
}

function readTokenizer(table: ModelTable, pinned: Pinned): Tokenizer {
	const section = table.tensor(table.tokenizer);
	if (!section.bytes)
		throw new RuvllmError("MODEL_SECTION", "the model lacks its section \"tokenizer\"; convert it again");
	let tokenizer: Tokenizer;
	try {
		tokenizer = new Tokenizer(pinned, section.offset, section.bytes);
	}
	catch (error) {
		throw new RuvllmError("MODEL_TOKENIZER", `the model's vocabulary is damaged: ${(error as Error).message}`);
	}
	const longest = table.bytes[section.offset + 18]! | table.bytes[section.offset + 19]! << 8;
	if (longest > LONGEST_PIECE)
		throw new RuvllmError("MODEL_TOKENIZER", `the vocabulary has a piece of ${longest} bytes, more than ${LONGEST_PIECE}; leave it out and convert the model again`);
	if (tokenizer.vocabSize !== table.shape.vocabSize)
		throw new RuvllmError("MODEL_TOKENIZER", `the vocabulary has ${tokenizer.vocabSize} tokens, the model ${table.shape.vocabSize}; convert the model with its own tokenizer`);
	return tokenizer;
}
