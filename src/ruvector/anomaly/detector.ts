/**
 * AnomalyDetector: learns what is normal on the device, sample by sample, and says what is not: when, which channel, how
 * far from expected, what kind, and which learned class it looks like. All integers; a step is one native call of constant
 * cost and allocates nothing. The method is native/anomaly.h's and docs/anomaly.md's.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { AnomalyStep, stateBytes } from "ruvllm-esp32/platform/anomaly";
import { crc32, Memory } from "ruvllm-esp32/platform/kernels";
import { AnomalyClasses } from "ruvllm-esp32/ruvector/anomaly/classes";
import { Detection } from "ruvllm-esp32/ruvector/anomaly/detection";

export interface AnomalyOptions {
	/** Values of a sample, 1 to 16. */
	channels: number;
	/** Remembered windows, 2 to 1024; 128 by default. */
	patterns?: number;
	/** Samples of a window, with channels * taps at most 32; 8 / channels by default, 1 to 4. */
	taps?: number;
	/** Samples from one tap to the next; 1 by default. channels * taps * stride is at most 1024. */
	stride?: number;
}

/** A value that is not there: its channel stays as it was. Samples that are lower (there is none) can't be. */
export const MISSING = -2147483648;

const MAGIC = 0x4d4f4e41; // "ANOM"
const HEADER_BYTES = 28;

export class AnomalyDetector {
	readonly channels: number;
	/** Bytes of state in RAM. */
	readonly bytes: number;
	readonly #sizes: readonly [number, number, number, number];
	readonly #step: AnomalyStep;
	readonly #state: Uint8Array;
	/** Where a step reads its sample. Written in place and given to learn or detect, it needn't be copied or checked. */
	readonly input: Int32Array;
	readonly #signature: Int8Array;
	readonly #classes: AnomalyClasses;
	readonly #result: Detection;

	/** @throws RuvllmError ANOMALY_OPTION */
	constructor({ channels, patterns = 128, taps, stride = 1 }: AnomalyOptions) {
		this.channels = whole("channels", channels, 1, 16);
		whole("patterns", patterns, 2, 1024);
		const wanted = whole("taps", taps ?? Math.max(1, Math.min(4, Math.trunc(8 / channels))), 1, Math.trunc(32 / channels));
		whole("stride", stride, 1, Math.trunc(1024 / (channels * wanted)));
		this.#sizes = [channels, wanted, stride, patterns];
		this.bytes = stateBytes(...this.#sizes);
		const memory = new Memory(this.bytes + 6 * channels), buffer = memory as unknown as ArrayBuffer;
		this.#step = new AnomalyStep(memory, ...this.#sizes);
		this.#step.reset();
		this.#state = new Uint8Array(buffer, 0, this.bytes);
		this.input = new Int32Array(buffer, this.bytes, channels);
		this.#signature = new Int8Array(buffer, this.bytes + 4 * channels, 2 * channels);
		this.#classes = new AnomalyClasses(2 * channels);
		this.#result = new Detection(new Int32Array(buffer, 0, this.bytes / 4), () => this.#label());
	}

	/** Takes in a sample that is normal. @throws RuvllmError ANOMALY_SAMPLE */
	learn(sample: ArrayLike<number>): Detection {
		return this.#take(sample, 1);
	}

	/** Takes in a sample and judges it. Learning goes on, slowly. @throws RuvllmError ANOMALY_SAMPLE */
	detect(sample: ArrayLike<number>): Detection {
		return this.#take(sample, 0);
	}

	/**
	 * Learns what an anomaly of a class looks like from samples in a row, at least one; later detections name the nearest
	 * class. The samples don't count as normal: the state goes back to what it was.
	 * @throws RuvllmError ANOMALY_SAMPLE, ANOMALY_CLASS
	 */
	learnClass(label: string, ...samples: readonly ArrayLike<number>[]): void {
		const class_ = this.#classes.open(label, samples.length), before = this.#state.slice();
		try {
			for (const sample of samples) {
				this.#take(sample, 0);
				this.#step.signature();
				this.#classes.add(class_, this.#signature);
			}
			this.#classes.close(class_);
		}
		finally {
			this.#state.set(before);
		}
	}

	/** All that was learned, but not the classes. */
	save(): Uint8Array {
		const bytes = new Uint8Array(HEADER_BYTES + this.bytes), view = new DataView(bytes.buffer);
		view.setUint32(0, MAGIC, true);
		this.#sizes.forEach((size, i) => view.setUint32(4 + 4 * i, size, true));
		view.setUint32(20, this.bytes, true);
		bytes.set(this.#state, HEADER_BYTES);
		view.setUint32(24, crc32(bytes as never, HEADER_BYTES, this.bytes, 0), true);
		return bytes;
	}

	/** @throws RuvllmError ANOMALY_FILE for bytes of another size or version, or damaged ones; then nothing changes */
	load(bytes: Uint8Array): void {
		const fail = (sentence: string): never => {
			throw new RuvllmError("ANOMALY_FILE", sentence);
		};
		if (!(bytes instanceof Uint8Array) || bytes.length !== HEADER_BYTES + this.bytes)
			fail(`a state of this detector has ${HEADER_BYTES + this.bytes} bytes; save it again from one of the same options`);
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		if (view.getUint32(0, true) !== MAGIC || view.getUint32(20, true) !== this.bytes || this.#sizes.some((size, i) => view.getUint32(4 + 4 * i, true) !== size))
			fail("these bytes are no state of a detector with these options");
		if (view.getUint32(24, true) !== crc32(bytes.slice() as never, HEADER_BYTES, this.bytes, 0))
			fail("the state's checksum is wrong: it is damaged, learn again");
		const before = this.#state.slice();
		this.#state.set(bytes.subarray(HEADER_BYTES));
		if (!this.#step.valid()) {
			this.#state.set(before);
			fail("the state has numbers that no detector makes: learn again");
		}
	}

	#take(sample: ArrayLike<number>, learning: number): Detection {
		if (sample !== this.input)
			this.#copy(sample);
		this.#step.run(learning);
		return this.#result;
	}

	#copy(sample: ArrayLike<number>): void {
		const { channels } = this;
		if (sample?.length !== channels)
			throw new RuvllmError("ANOMALY_SAMPLE", `a sample has ${channels} values, one for each channel`);
		if (!(sample instanceof Int32Array))
			for (let i = 0; i < channels; i++) {
				const value = sample[i]!;
				if (value !== (value | 0))
					throw new RuvllmError("ANOMALY_SAMPLE", `channel ${i} is ${String(value)}; it takes a whole number of 32 bits, or MISSING`);
			}
		this.input.set(sample);
	}

	#label(): string | undefined {
		if (!this.#classes.count)
			return undefined;
		this.#step.signature();
		return this.#classes.nearest(this.#signature);
	}
}

function whole(name: string, value: number, low: number, high: number): number {
	if (!Number.isInteger(value) || value < low || value > high)
		throw new RuvllmError("ANOMALY_OPTION", `${name} is ${value}; it takes a whole number from ${low} to ${high}`);
	return value;
}
