/**
 * A stage of a pipeline for programs that bring their own layers and their own wire: tokens enter the first stage, states the
 * others, `processStep` runs this stage's layers on the oldest, and what is done is taken by whoever carries it on. Sessions
 * (worker.ts, pipeline.ts) are the same on the project's models and radio.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export class PipelineConfig {
	/** Layers `layerStart` to `layerStart` + `layerCount` - 1. */
	readonly layerStart: number;
	readonly layerCount: number;
	readonly chipId: number;
	readonly numChips: number;
	/** Values of a state. */
	readonly embedDim: number;

	constructor(chipId: number, numChips: number, layerStart: number, layerCount: number, embedDim: number) {
		this.chipId = chipId;
		this.numChips = numChips;
		this.layerStart = layerStart;
		this.layerCount = layerCount;
		this.embedDim = embedDim;
	}

	/** An even share: the first chips have one layer more where they don't divide. @throws RuvllmError PIPELINE_CONFIG */
	static forChip(chipId: number, numChips: number, numLayers: number, embedDim: number): PipelineConfig {
		for (const [name, value, low, high] of [["numChips", numChips, 1, 255], ["chipId", chipId, 0, numChips - 1], ["numLayers", numLayers, 1, 255], ["embedDim", embedDim, 1, 4096]] as const)
			if (!Number.isInteger(value) || value < low || value > high)
				throw new RuvllmError("PIPELINE_CONFIG", `${name} is ${value}; it takes an integer from ${low} to ${high}`);
		const each = Math.floor(numLayers / numChips), more = numLayers % numChips;
		return new PipelineConfig(chipId, numChips, chipId * each + Math.min(chipId, more), each + (chipId < more ? 1 : 0), embedDim);
	}

	get isFirst(): boolean {
		return this.chipId === 0;
	}
	get isLast(): boolean {
		return this.chipId === this.numChips - 1;
	}
}

/** A token, or the state that it became. */
export interface InFlight {
	token: number;
	/** `[embedDim]`, Q16. */
	state: Int32Array;
}

export class PipelineNode {
	readonly config: PipelineConfig;
	/** Tokens that can be here at a time. */
	readonly capacity: number;
	readonly #waiting: InFlight[] = [];
	readonly #done: InFlight[] = [];
	readonly #free: InFlight[] = [];

	/** @param capacity 1 to 64; 4 by default. All memory is taken here. @throws RuvllmError PIPELINE_CONFIG */
	constructor(config: PipelineConfig, capacity = 4) {
		if (!Number.isInteger(capacity) || capacity < 1 || capacity > 64)
			throw new RuvllmError("PIPELINE_CONFIG", `capacity is ${capacity}; it takes an integer from 1 to 64`);
		this.config = config;
		this.capacity = capacity;
		for (let i = 0; i < capacity; i++)
			this.#free.push({ token: 0, state: new Int32Array(config.embedDim) });
	}

	/** A token enters, at the first stage; `processStep` is to make its state of zeros. @throws RuvllmError PIPELINE_FULL, PIPELINE_STAGE */
	startToken(token: number): void {
		if (!this.config.isFirst)
			throw new RuvllmError("PIPELINE_STAGE", `tokens enter at chip 0, this is ${this.config.chipId}; give it the state that its predecessor made`);
		this.#enter(token).state.fill(0);
	}

	/** A state that the stage before made; it is copied. @throws RuvllmError PIPELINE_FULL, PIPELINE_STATE */
	receive(token: number, state: Int32Array): void {
		if (state.length !== this.config.embedDim)
			throw new RuvllmError("PIPELINE_STATE", `the state has ${state.length} values; it takes ${this.config.embedDim}`);
		this.#enter(token).state.set(state);
	}

	/**
	 * Runs this stage's layers, in order, on the oldest token that waits. What `run` throws leaves it waiting.
	 * @returns false: none waits
	 */
	processStep(run: (layer: number, data: Int32Array, token: number) => void): boolean {
		const one = this.#waiting[0], { layerStart, layerCount } = this.config;
		if (!one)
			return false;
		for (let layer = layerStart; layer < layerStart + layerCount; layer++)
			run(layer, one.state, one.token);
		this.#waiting.shift();
		this.#done.push(one);
		return true;
	}

	/** Hands out the oldest that is done, to be carried on; its place is free behind the call. @returns false: none is */
	take(carry: (token: number, state: Int32Array) => void): boolean {
		const one = this.#done.shift();
		if (!one)
			return false;
		carry(one.token, one.state);
		this.#free.push(one);
		return true;
	}

	/** Tokens here, done ones too. */
	get inFlight(): number {
		return this.#waiting.length + this.#done.length;
	}

	#enter(token: number): InFlight {
		const one = this.#free.pop();
		if (!one)
			throw new RuvllmError("PIPELINE_FULL", `${this.capacity} tokens are here already; take what is done first`);
		one.token = token;
		this.#waiting.push(one);
		return one;
	}
}
