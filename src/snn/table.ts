/**
 * SnnTable: a trained table of the spiking gate (".rvsn", native/snn-table.h), checked and described. It is read where it lies,
 * in flash on boards, so it costs no memory.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { Memory, type Pinned } from "ruvllm-esp32/platform/kernels";
import { tableFault } from "ruvllm-esp32/platform/snn";

/** What each fault of native/snn-table.h means, in its order: the field, and what it must be. */
const FAULTS: readonly (readonly [string, string])[] = [
	["", ""],
	["size", "the file ends before the table does; copy it again"],
	["magic", "this is no table of a spiking gate (\"RVSN\")"],
	["version", "the table is of another version; train it again, or take the library that fits"],
	["crc", "the checksum is wrong: the table is damaged; copy it again"],
	["flags", "only the flag 1 (adaptive) exists"],
	["kind", "it is 0 (sound) or 1 (sensor)"],
	["channels", "sound has 1, sensors have 1 to 8"],
	["encoders", "there are 1 to 16"],
	["lines", "there is one for each encoder of sound, two for each of a sensor"],
	["hidden", "there are 1 to 32 neurons"],
	["feeding", "no more neurons than there are feed others"],
	["delays", "there are 1 to 4"],
	["delay", "delays ascend, within 15 ticks; those that are not used are 0"],
	["rate", "it is 1 to 48,000 samples a second"],
	["hop", "it is a multiple of 32 up to 512 for sound, 1 to 64 for sensors"],
	["threshold", "it is at least 1 where it doesn't adapt"],
	["bias", "it is -2048 to 2047"],
	["drop", "it is 1 to 16 where crossings wait"],
	["fade", "it is at most 15"],
	["name", "it ends with a zero, within 32 bytes"],
	["bytes", "the table's length doesn't fit its sizes"],
	["theta", "thresholds of neurons are 1 to 4095"],
	["kind", "sound has encoders of kind 0, sensors 1 to 3"],
	["source", "bands are 0 to 9, channels those that the table has"],
	["least", "it is at least 1, and at most `most`"],
	["shift", "shifts are at most 15 for bands, 12 for sensors"],
	["level", "levels ascend, from 1 on"],
	["floor", "it is at most 1023"],
	["step", "it lies from `least` to `most`"],
	["window", "it is 1 to 255 samples"],
];

const HEADER_BYTES = 84, ENCODER_BYTES = 20, NAME = 44, NAME_BYTES = 32, DIGEST = 76, DIGEST_BYTES = 8;

export class SnnTable {
	/** Where it lies. */
	readonly file: Pinned;
	readonly offset: number;
	readonly kind: "sound" | "sensor";
	/** Of a frame of samples: 1 for sound. */
	readonly channels: number;
	readonly encoders: number;
	/** Spike lines: one for each encoder of sound, two (up, down) for each of a sensor. */
	readonly lines: number;
	readonly hidden: number;
	/** In ticks. */
	readonly delays: readonly number[];
	/** Samples a second. */
	readonly rate: number;
	/** Samples of a tick. */
	readonly hop: number;
	/** Ticks from a wake to the next, and from the start to the first, at least. */
	readonly refractory: number;
	readonly settle: number;
	readonly adaptive: boolean;
	readonly recurrent: boolean;
	/** What the output must reach, before it adapts; may be below 0 where it does. */
	readonly threshold: number;
	/** Added to the output every tick. */
	readonly bias: number;
	/** Ticks for which an output above the threshold may wait until activity falls below drop/16 of its most; 0: it wakes at once. */
	readonly wait: number;
	readonly drop: number;
	/** What each wake adds to the threshold. */
	readonly raise: number;
	/** Of that, the share that fades in 64 ticks: 1/2^fade. */
	readonly fade: number;
	readonly name: string;
	/** 16 hexadecimal digits of what trained it. */
	readonly digest: string;
	readonly crc: number;
	/** Of header and weights. */
	readonly bytes: number;
	readonly #sources: Uint8Array;

	/**
	 * @param file a mapped asset or a Memory; SnnTable.copy() takes other bytes
	 * @param offset where the table begins in it, a multiple of 4
	 * @throws RuvllmError SNN_TABLE, which names the field
	 */
	constructor(file: Pinned, offset = 0) {
		if (!Number.isInteger(offset) || offset < 0 || offset % 4 !== 0)
			throw new RuvllmError("SNN_TABLE", `offset is ${offset}; it is a multiple of 4 inside the file`);
		const fault = faultOf(file, offset), field = FAULTS[fault & 255] ?? ["table", "it is wrong"];
		if (fault)
			throw new RuvllmError("SNN_TABLE", `${(fault & 255) > 22 ? `encoder ${fault >> 8}: ` : ""}${field[0]}: ${field[1]}`);
		const view = new DataView(file as ArrayBuffer, offset), bytes = new Uint8Array(file as ArrayBuffer, offset, view.getUint32(8, true)), flags = view.getUint8(6);
		this.file = file;
		this.offset = offset;
		this.bytes = bytes.length;
		this.crc = view.getUint32(12, true);
		this.kind = bytes[16] ? "sensor" : "sound";
		this.channels = bytes[17]!;
		this.encoders = bytes[18]!;
		this.lines = bytes[19]!;
		this.hidden = bytes[20]!;
		this.delays = Array.from(bytes.subarray(24, 24 + bytes[21]!));
		this.rate = view.getUint16(28, true);
		this.hop = view.getUint16(30, true);
		this.refractory = view.getUint16(32, true);
		this.settle = view.getUint16(34, true);
		this.threshold = view.getInt16(36, true);
		this.bias = view.getInt16(38, true);
		this.wait = bytes[40]!;
		this.drop = bytes[41]!;
		this.raise = 4 * bytes[42]!;
		this.fade = bytes[43]!;
		this.adaptive = (flags & 1) !== 0;
		this.recurrent = view.getUint8(7) !== 0;
		this.name = decodeUtf8(bytes, NAME, NAME + bytes.subarray(NAME, NAME + NAME_BYTES).indexOf(0));
		this.digest = Array.from(bytes.subarray(DIGEST, DIGEST + DIGEST_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
		this.#sources = Uint8Array.from({ length: this.lines }, (_, line) => bytes[HEADER_BYTES + ENCODER_BYTES * (this.kind === "sound" ? line : line >> 1) + 1]!);
	}

	/** A table in memory of its own, from any bytes. @throws RuvllmError SNN_TABLE */
	static copy(bytes: Uint8Array): SnnTable {
		if (!(bytes instanceof Uint8Array) || bytes.length === 0)
			throw new RuvllmError("SNN_TABLE", "size: a table is bytes, and some");
		const memory = new Memory(bytes.length);
		new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
		return new SnnTable(memory);
	}

	/** Band of the filterbank (sound), or channel, that a line listens to. @throws RangeError */
	sourceOf(line: number): number {
		const source = this.#sources[line];
		if (source === undefined)
			throw new RangeError(`line ${line}: there are 0 to ${this.lines - 1}`);
		return source;
	}

	/** Bits of bands or channels, from bits of lines. Allocates nothing. */
	sourcesOf(lines: number): number {
		let bits = 0;
		for (let line = 0; line < this.lines; line++)
			if (lines >>> line & 1)
				bits |= 1 << this.#sources[line]!;
		return bits;
	}

	/** A line for people. */
	describe(): string {
		const { name, kind, channels, lines, hidden, delays, recurrent, rate, hop, bytes } = this;
		return `${name || "unnamed"}: ${kind}, ${channels} channel${channels > 1 ? "s" : ""} at ${rate} Hz, ticks of ${hop} samples; ${lines} lines, delays ${delays.join(" ")}, `
			+ `${hidden} ${recurrent ? "recurrent " : ""}neurons; ${bytes} bytes`;
	}
}

function faultOf(file: Pinned, offset: number): number {
	try {
		return tableFault(file, offset);
	}
	catch (error) {
		throw new RuvllmError("SNN_TABLE", `size: ${(error as Error).message}`);
	}
}
