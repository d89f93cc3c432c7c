/**
 * MicroFastGRNN: says which chip should take a request, or which expert a text is for. 136 bytes of weights and state, all integers
 * (native/chip-router.h, docs/router.md). The cell is FastGRNN's (Kusupati et al., NeurIPS 2018); chips share its weights, so there may be 1 to
 * 16. A decision allocates nothing.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { log2, requestBytes, RouterKernel, stateBytes } from "ruvllm-esp32/platform/router";
import { KINDS, type RouterKind, unpackRouter, WEIGHT_BYTES } from "ruvllm-esp32/espnow-federation/router/router-file";
import { ABSENT, RoutingFeatures, whole } from "ruvllm-esp32/espnow-federation/router/routing-features";

export interface MicroGRNNConfig {
	/** There is one size of cell: 8 and 4. */
	inputDim?: number;
	hiddenDim?: number;
	/** Chips, 1 to 16; or experts, 2 to 4. */
	numChips: number;
	/** Of the cell, in 1/256, 0 to 255; 187 and 5 by default, which the paper starts from. A file's own where weights are given. */
	zeta?: number;
	nu?: number;
	/** "load" (chips) by default. */
	kind?: RouterKind;
	/** A file of routers, models/router.rvgr. Without it a load router goes by least expected work, and a content router is random. */
	file?: Uint8Array;
}

/* Offsets of native/chip-router.h. */
const SLOW = 8, ALIVE = 40, WORK = 42, WEIGHTS = 46, ZETA = 102, READOUT = 104, CHOSEN = 134, LOAD = 32, POSITION = 48, MEAN = 49, INPUT = 52, SCORE = 92;
const SLOWEST = 24 << 10, NONE = 255;

export class MicroFastGRNN {
	readonly kind: RouterKind;
	readonly numChips: number;
	/** Bytes of weights and state together. */
	readonly memoryBytes = stateBytes();
	/** Bytes of a request and of its scores, which are not kept from one decision to the next. */
	readonly requestBytes = requestBytes();
	/** Work that waits at each chip, 0 to 255: to be written before `decide`. */
	readonly loads: Uint8Array;
	/** Microseconds to each chip and back. */
	readonly hops: Uint16Array;
	readonly #kernel: RouterKernel;
	readonly #state: Uint8Array;
	readonly #words: Uint16Array;
	readonly #request: Uint8Array;
	readonly #input: Int8Array;
	readonly #scores: Int32Array;

	/** @param seed of the cell's weights where no file is given @throws RuvllmError GRNN_OPTION, GRNN_FILE */
	constructor({ inputDim = 8, hiddenDim = 4, numChips, zeta = 187, nu = 5, kind = "load", file }: MicroGRNNConfig, seed = 1) {
		whole("inputDim", inputDim, 8, 8, "GRNN_OPTION");
		whole("hiddenDim", hiddenDim, 4, 4, "GRNN_OPTION");
		whole("zeta", zeta, 0, 255, "GRNN_OPTION");
		whole("nu", nu, 0, 255, "GRNN_OPTION");
		if (!KINDS.includes(kind))
			throw new RuvllmError("GRNN_OPTION", `kind is ${String(kind)}; it is "load" or "content"`);
		this.kind = kind;
		this.numChips = kind === "load" ? whole("numChips", numChips, 1, 16, "GRNN_OPTION") : whole("numChips", numChips, 2, 4, "GRNN_OPTION");
		const weights = file === undefined ? undefined : unpackRouter(file, kind);
		if (weights && kind === "content" && weights.experts !== numChips)
			throw new RuvllmError("GRNN_OPTION", `the file knows ${weights.experts} experts; numChips is ${numChips}`);
		const memory = new Memory(this.memoryBytes + this.requestBytes), buffer = memory as unknown as ArrayBuffer, at = this.memoryBytes;
		this.#kernel = new RouterKernel(memory, KINDS.indexOf(kind), numChips);
		this.#state = new Uint8Array(buffer, 0, at);
		this.#words = new Uint16Array(buffer, 0, at / 2);
		this.#request = new Uint8Array(buffer, at, this.requestBytes);
		this.#input = new Int8Array(buffer, at + INPUT, 8);
		this.#scores = new Int32Array(buffer, at + SCORE, numChips);
		this.hops = new Uint16Array(buffer, at, numChips);
		this.loads = new Uint8Array(buffer, at + LOAD, numChips);
		if (weights)
			this.#state.set(weights.bytes, WEIGHTS);
		else
			this.#randomise(seed, zeta, nu);
	}

	/**
	 * Takes in what is to be routed; the hidden state moves on by one step.
	 * @param input of chips: RoutingFeatures.toInput(); of a text: 8 numbers of -128 to 127 (contentFeatures)
	 * @throws RuvllmError GRNN_INPUT; then nothing changes
	 */
	step(input: ArrayLike<number> | RoutingFeatures): void {
		const from = input instanceof RoutingFeatures ? input.toInput() : input;
		if (this.kind === "content")
			this.#takeText(from);
		else
			this.#takeChips(from);
		this.#kernel.step();
	}

	/** @returns the chip, or expert, with the highest score, the first of equals @throws RuvllmError GRNN_CHIPS: none is there */
	route(): number {
		return this.#found(this.#kernel.route());
	}

	/**
	 * step and route in one call, for a request of `position` units; `loads` and `hops` are read where they lie.
	 * @throws RuvllmError GRNN_INPUT, GRNN_CHIPS
	 */
	decide(position: number, embedMean = 0, embedVar = 0): number {
		if (!(position >= 0 && position <= 255 && embedMean >= -128 && embedMean <= 127 && embedVar >= 0 && embedVar <= 127) || this.kind !== "load")
			throw new RuvllmError("GRNN_INPUT", "decide takes a position from 0 to 255, a mean from -128 to 127 and a variance from 0 to 127, of chips");
		const request = this.#request;
		request[POSITION] = position;
		request[MEAN] = embedMean;
		request[MEAN + 1] = embedVar;
		return this.#found(this.#kernel.decide());
	}

	/** Score of a chip or expert at the last `route`, 12 fraction bits; undefined for one that was not there. @throws RuvllmError GRNN_OPTION */
	score(chip: number): number | undefined {
		const score = this.#scores[this.#chip(chip)]!;
		return score === -2147483648 ? undefined : score;
	}

	/** Whether a chip can be chosen; all can at first. @throws RuvllmError GRNN_OPTION */
	setAlive(chip: number, alive: boolean): void {
		const bit = 1 << this.#chip(chip), words = this.#words;
		words[ALIVE / 2] = alive ? words[ALIVE / 2]! | bit : words[ALIVE / 2]! & ~bit;
	}

	isAlive(chip: number): boolean {
		return (this.#words[ALIVE / 2]! >> this.#chip(chip) & 1) === 1;
	}

	/**
	 * Learns how fast a chip is, from a request that it has finished.
	 * @param microseconds from sending to the answer, 0 to 2^31 - 1
	 * @param work what lay before it: load + position + 1 when it was chosen, 1 to 65535; that of the last choice by default
	 * @throws RuvllmError GRNN_INPUT, GRNN_OPTION
	 */
	observe(chip: number, microseconds: number, work: number = this.work): void {
		if (this.kind !== "load")
			throw new RuvllmError("GRNN_INPUT", "experts are not timed; observe is for chips");
		if (!(microseconds >= 0 && microseconds <= 2147483647 && work >= 1 && work <= 65535))
			throw new RuvllmError("GRNN_INPUT", `it took ${String(microseconds)} microseconds for work ${String(work)}; give 0 to 2^31 - 1, and 1 to 65535`);
		this.#kernel.observe(this.#chip(chip), microseconds, work, this.hops[chip]!);
	}

	/** How good the last choice was, -128 to 127; only how it differs from the mean of others counts. @throws RuvllmError GRNN_INPUT */
	learn(reward: number): void {
		this.#kernel.learn(whole("the reward", reward, -128, 127));
	}

	/** The last choice, and the work that lay before its request; undefined and 0 before the first. */
	get chosen(): number | undefined {
		const chosen = this.#state[CHOSEN]!;
		return chosen === NONE ? undefined : chosen;
	}
	get work(): number {
		return this.#words[WORK / 2]!;
	}

	/** What a unit of work is thought to take, log2 of microseconds with 10 fraction bits: 10240 (1 ms) at first. */
	slowness(chip: number): number {
		return this.#words[SLOW / 2 + this.#chip(chip)]!;
	}

	/** Says beforehand how fast a chip is, as its heartbeats do; 1 to 2^24 microseconds for a unit. @throws RuvllmError GRNN_OPTION */
	setSpeed(chip: number, microseconds: number): void {
		if (!(microseconds >= 1))
			throw new RuvllmError("GRNN_OPTION", `a unit of work takes ${String(microseconds)} microseconds; give 1 or more`);
		this.#words[SLOW / 2 + this.#chip(chip)] = Math.min(log2(microseconds), SLOWEST);
	}

	/**
	 * Experts: takes in a text from its start, a step for each of its first 24 words; then `route` says whose it is.
	 * @returns words, 0 where there is none: then any answer is a guess @throws RuvllmError TEXT, GRNN_INPUT
	 */
	read(text: string | Uint8Array): number {
		if (this.kind !== "content")
			throw new RuvllmError("GRNN_INPUT", "chips are chosen by load; make a router of kind \"content\" to read texts");
		if (typeof text !== "string" && !(text instanceof Uint8Array))
			throw new RuvllmError("TEXT", "this is neither a text nor its bytes");
		return this.#kernel.read(text);
	}

	/** Forgets the hidden state: a new text, another cluster. What was learned stays. */
	reset(): void {
		this.#kernel.reset();
	}

	/** The 78 bytes of weights, as a file has them. */
	weights(): Uint8Array {
		return this.#state.slice(WEIGHTS, WEIGHTS + WEIGHT_BYTES);
	}

	#found(chip: number): number {
		if (chip < 0)
			throw new RuvllmError("GRNN_CHIPS", "no chip is there to be chosen; wait until one joins, or do it here");
		return chip;
	}

	#chip(chip: number): number {
		return whole("chip", chip, 0, this.numChips - 1, "GRNN_OPTION");
	}

	#takeText(input: ArrayLike<number>): void {
		if (input?.length !== 8)
			throw new RuvllmError("GRNN_INPUT", `a step has 8 numbers, not ${String(input?.length)}; make them with contentFeatures`);
		for (let i = 0; i < 8; i++)
			whole("a number", input[i]!, -128, 127);
		this.#input.set(input);
	}

	#takeChips(input: ArrayLike<number>): void {
		const chips = this.numChips, count = input?.length;
		if (count !== 3 + chips && count !== 3 + 2 * chips)
			throw new RuvllmError("GRNN_INPUT", `a step has mean, variance, position, ${chips} loads and, perhaps, as many hops, not ${String(count)} numbers; use RoutingFeatures`);
		whole("embedMean", input[0]!, -128, 127);
		whole("embedVar", input[1]!, 0, 127);
		whole("position", input[2]!, 0, 255);
		for (let i = 3; i < count; i++)
			whole("a load or hop", input[i]!, i < 3 + chips ? ABSENT : 0, i < 3 + chips ? 255 : 65535);
		const request = this.#request;
		request[MEAN] = input[0]!;
		request[MEAN + 1] = input[1]!;
		request[POSITION] = input[2]!;
		let alive = 0;
		for (let c = 0; c < chips; c++) {
			const load = input[3 + c]!;
			if (load !== ABSENT)
				alive |= 1 << c;
			this.loads[c] = load === ABSENT ? 0 : load;
			this.hops[c] = count > 3 + chips ? input[3 + chips + c]! : 0;
		}
		this.#words[ALIVE / 2] = alive;
	}

	/** Small weights; readouts of experts too. */
	#randomise(seed: number, zeta: number, nu: number): void {
		const state = this.#state, end = this.kind === "content" ? READOUT + 20 : ZETA;
		let x = seed | 0;
		for (let i = WEIGHTS; i < end; i++) {
			x = Math.imul(x, 1664525) + 1013904223 | 0;
			state[i] = (x >>> 24) % 33 - 16;
		}
		state[ZETA] = zeta;
		state[ZETA + 1] = nu;
	}
}
