/**
 * SNNEventDetector: hears samples of sound or of sensors, and says when something happened that is worth waking for. A trained
 * spiking network in integers (native/snn-gate.h), which adapts to the level of its surroundings and learns from feedback.
 * While nothing happens it allocates nothing.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { GateState } from "ruvllm-esp32/snn/gate-state";
import { loadState, saveState } from "ruvllm-esp32/snn/saved-state";
import { SnnTable } from "ruvllm-esp32/snn/table";

export interface SNNEvent {
	/** Samples of a channel since the start, up to the end of the tick that woke: of tables that wait, where the event ended. */
	at: number;
	/** The same in seconds. */
	seconds: number;
	/** 255 * strength / (strength + 256): 0 at the threshold, 127 at 256 above it, 253 at most. */
	confidence: number;
	/** The highest output since it reached its threshold, above that; 0 to 32767. */
	strength: number;
	/** Bands of the filterbank, or channels of the sensor, that spiked in the last 16 ticks, as bits. */
	channels: number;
	/** How many spikes these were. */
	spikes: number;
}

/** A last look at an event before it is told. @returns whether it stays @param raster as the detector's */
export type EventCheck = (event: SNNEvent, raster: Uint32Array) => boolean;

export interface EventDetectorOptions {
	table: SnnTable;
	/**
	 * Tell only of events whose lines spike together, and not of a click in one band or a channel gone wild: a minimum cut of at least
	 * `leastCut` in the graph of their coincidences (docs/coherence.md), and an output that was clearly above its threshold. False by default. Costs 2.3 KB, and up to 50,000
	 * instructions an event with 10 lines.
	 */
	conservative?: boolean;
	/** Of `conservative`: 1 to 240; 24 by default. Best chosen for the table: how strongly its encoders spike decides. */
	leastCut?: number;
	/** Of `conservative`: how far above its threshold an output must have been, 0 to 32767; 45 by default for sound, 0 for sensors. */
	leastStrength?: number;
	/** One's own look, after that of `conservative`. */
	check?: EventCheck;
	/** Adapt without feedback (STDP). False by default. */
	adapt?: boolean;
}

/* Modes of the gate, and feedback. */
const TRACES = 1, ADAPTS = 2, WRONG = 0, RIGHT = 1, MISSED = 2;

export class SNNEventDetector {
	readonly table: SnnTable;
	readonly #state: GateState;
	readonly #leastCut: number;
	readonly #leastStrength: number;
	readonly #check: EventCheck | undefined;
	#adapt = false;
	#dropped = 0;

	/** @throws RuvllmError SNN_OPTION */
	constructor({ table, conservative = false, leastCut = 24, leastStrength, check, adapt = false }: EventDetectorOptions) {
		if (!(table instanceof SnnTable))
			throw new RuvllmError("SNN_OPTION", "table is no SnnTable");
		if (typeof conservative !== "boolean")
			throw new RuvllmError("SNN_OPTION", `conservative is ${String(conservative)}; it takes true or false`);
		if (!Number.isInteger(leastCut) || leastCut < 1 || leastCut > 240)
			throw new RuvllmError("SNN_OPTION", `leastCut is ${String(leastCut)}; it takes a whole number from 1 to 240`);
		if (leastStrength !== undefined && (!Number.isInteger(leastStrength) || leastStrength < 0 || leastStrength > 32767))
			throw new RuvllmError("SNN_OPTION", `leastStrength is ${String(leastStrength)}; it takes a whole number from 0 to 32767`);
		if (check !== undefined && typeof check !== "function")
			throw new RuvllmError("SNN_OPTION", "check is no function");
		this.table = table;
		this.#state = new GateState(table, conservative);
		this.#leastCut = conservative ? leastCut : 0;
		this.#leastStrength = conservative ? leastStrength ?? (table.kind === "sound" ? 45 : 0) : 0;
		this.#check = check;
		this.adapt = adapt;
	}

	/**
	 * Takes in all samples: whole frames, channels interleaved; what doesn't fill a tick is kept. Chunks that are shorter than the
	 * table's refractory time hold one event at most; of more, this gives the last: processAll tells of each.
	 * @throws RuvllmError SNN_SAMPLES
	 */
	process(samples: Int16Array): SNNEvent | undefined {
		const frames = this.#framesOf(samples);
		let last: SNNEvent | undefined;
		for (let at = 0; at < frames;) {
			const taken = this.#push(samples, at, frames);
			at += Math.abs(taken);
			if (taken < 0)
				last = this.#event() ?? last;
		}
		return last;
	}

	/** The same, and `onEvent` hears of each event when it has come, before the samples behind it are looked at. @throws RuvllmError SNN_SAMPLES */
	processAll(samples: Int16Array, onEvent: (event: SNNEvent) => void): void {
		const frames = this.#framesOf(samples);
		for (let at = 0; at < frames;) {
			const taken = this.#push(samples, at, frames), event = taken < 0 ? this.#event() : undefined;
			at += Math.abs(taken);
			if (event)
				onEvent(event);
		}
	}

	/**
	 * Whether the last event was one. The weights of what was active then move a little, and after a wrong one the threshold rises by 16, up to 128.
	 * @returns whether there was something to learn from: not twice for an event
	 */
	feedback(right: boolean): boolean {
		return this.#state.gate.reward(right ? RIGHT : WRONG);
	}

	/** Something happened in the last seconds, and there was no event: learns from the highest output since the last one. */
	missed(): boolean {
		return this.#state.gate.reward(MISSED);
	}

	/** Adapting without feedback: weights follow which neurons bring the output up (STDP), within a quarter of the trained ones. */
	get adapt(): boolean {
		return this.#adapt;
	}
	set adapt(on: boolean) {
		this.#adapt = on;
		this.#state.gate.mode(on ? TRACES | ADAPTS : TRACES);
	}

	/** Unlearns feedback and adaptation; what follows the level of the surroundings stays. */
	forget(): void {
		this.#state.gate.forget();
	}

	/** Starts anew, as trained. */
	reset(): void {
		this.#state.gate.reset();
		this.#dropped = 0;
		this.adapt = this.#adapt;
	}

	/** All that it has heard and learned: it goes on from there. */
	save(): Uint8Array {
		return saveState(this.#state, this.table);
	}

	/** @throws RuvllmError SNN_STATE for bytes of another table or version, or damaged ones; then nothing changes */
	load(bytes: Uint8Array): void {
		loadState(this.#state, this.table, bytes);
		this.adapt = this.#adapt;
	}

	/** For each line, its last 32 ticks as bits, bit 0 the newest: a view, which the next samples change. */
	get raster(): Uint32Array {
		return this.#state.raster;
	}
	/** Bytes of state in memory. */
	get bytes(): number {
		return this.#state.size;
	}
	/** Samples of a channel since the start. */
	get samples(): number {
		return this.#state.frames;
	}
	/** The network's output now, and what it must reach; either may be below 0. */
	get output(): number {
		return this.#state.output;
	}
	get threshold(): number {
		return this.#state.threshold;
	}
	/** Events that `conservative` or `check` dropped since the start. */
	get dropped(): number {
		return this.#dropped;
	}

	#framesOf(samples: Int16Array): number {
		if (!(samples instanceof Int16Array) || samples.length % this.table.channels !== 0)
			throw new RuvllmError("SNN_SAMPLES", `samples are an Int16Array of whole frames: ${this.table.channels} for each`);
		return samples.length / this.table.channels;
	}

	/** Frames from `at` on, up to a wake, negative then. */
	#push(samples: Int16Array, at: number, frames: number): number {
		return this.#state.gate.process(samples.buffer, samples.byteOffset + 2 * this.table.channels * at, frames - at);
	}

	/** What woke it; undefined where a check drops it. */
	#event(): SNNEvent | undefined {
		const { at, lines, spikes, strength, confidence, raster } = this.#state;
		const event = { at, seconds: at / this.table.rate, confidence, strength, channels: this.table.sourcesOf(lines), spikes };
		// The cheap look first.
		if (strength < this.#leastStrength || (this.#leastCut && this.#state.cut() < this.#leastCut) || (this.#check && !this.#check(event, raster))) {
			this.#dropped++;
			return undefined;
		}
		return event;
	}
}
