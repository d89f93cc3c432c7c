/** Where the flash and the RAM of a board go, and what to change when something does not fit. */

import { type Chip, CHIPS, type ChipName, MARGIN } from "ruvllm-esp32/core/chips";
import { largestContext, memoryBudget, memoryError } from "ruvllm-esp32/engine/memory-budget";
import { expectedSections, MATRIX, type ModelShape, QuantizationType, sectionBytes, SectionType } from "ruvllm-esp32/engine/ruvm/format";
import type { XsHeap } from "./xs-heap.ts";

export type Tier = "measured" | "emulated" | "projected";

export interface Part {
	name: string;
	bytes: number;
	tier: Tier;
}

export interface MemoryMap {
	chip: ChipName;
	contextLength: number;
	flash: { total: number; parts: Part[]; left: number };
	/** `available` is what the model can have beside all others. */
	ram: { total: number; parts: Part[]; available: number; left: number };
	fits: boolean;
	/** What to change, with numbers; empty when it fits. */
	advice: string[];
}

export interface Wanted {
	chip: ChipName;
	shape: ModelShape;
	/** Of the model file; undefined when it is only a shape. */
	modelBytes?: number;
	/** Undefined: the largest that fits. */
	contextLength?: number;
	xs: XsHeap;
	/** Of the built firmware; undefined when it is not built. */
	firmwareBytes?: number;
	radio: boolean;
	/** For a vector index. */
	indexBytes: number;
}

/** The SDK's partition "factory" on modules with 4 MB (build/devices/esp32/xsProj-*, partitions.csv). */
const PARTITION = 0x3f0000;
/** ESP-IDF with Wi-Fi, XS and this firmware, without a model; before one is built, from similar programs. */
const FIRMWARE = 1_300_000;
/** Buffers of the serial console (hosts/esp32/serial.c: UART, USB, a line). */
const CONSOLE = 14 * 1024;
/** Stack and record of its task (hosts/esp32/worker.c). */
const SECOND_CORE = 2560;

/** All that takes RAM beside the model, if the firmware ran on `chip`. */
function others({ xs, radio, indexBytes }: Wanted, chip: Chip): Part[] {
	return [
		part("ESP-IDF, caches, ROM", chip.sram - chip.heap + chip.settings),
		part("XS slots", xs.slots), part("XS chunks", xs.chunks), part("XS stack", xs.stack), part("XS names", xs.keys),
		part("C stack", xs.cStack), part("console", CONSOLE), part("radio", radio ? chip.radio : 0), part("index", indexBytes),
		part("second core", chip.cores === 2 ? SECOND_CORE : 0),
		part("margin", MARGIN),
	];
}

/** What the model can have: nearly all of its memory must lie in one piece. */
const availableOn = (wanted: Wanted, chip: Chip): number => Math.max(0, Math.min(chip.sram - sum(others(wanted, chip)), chip.block ?? chip.sram));

export function memoryMap(wanted: Wanted): MemoryMap {
	const chip = CHIPS[wanted.chip], { shape } = wanted, available = availableOn(wanted, chip);
	const contextLength = wanted.contextLength ?? (largestContext(shape, available) || shape.maxSeqLen);
	const { flash, ram } = memoryBudget(shape, { contextLength, ...(wanted.modelBytes !== undefined && { modelBytes: wanted.modelBytes }) });
	const parts = [...others(wanted, chip), part("activations", ram.activations), part("key-value cache", ram.keyValueCache), part("sampling", ram.sampling), part("operators", ram.operators)];
	const flashParts = [part("firmware", wanted.firmwareBytes ?? FIRMWARE, wanted.firmwareBytes === undefined ? "projected" : "measured"),
		part("model", flash, wanted.modelBytes === undefined ? "projected" : "measured")];
	const flashLeft = PARTITION - sum(flashParts);
	const advice = [
		...(flashLeft < 0 ? flashAdvice(shape, -flashLeft) : []),
		...(available < ram.total ? ramAdvice(wanted, contextLength, available) : []),
	];
	return {
		chip: wanted.chip, contextLength, flash: { total: PARTITION, parts: flashParts, left: flashLeft },
		ram: { total: chip.sram, parts, available, left: chip.sram - sum(parts) }, fits: advice.length === 0, advice,
	};
}

const part = (name: string, bytes: number, tier: Tier = "projected"): Part => ({ name, bytes, tier });
const sum = (parts: readonly Part[]): number => parts.reduce((total, { bytes }) => total + bytes, 0);

function flashAdvice(shape: ModelShape, missing: number): string[] {
	// A nibble a weight, and a scale for each 32 columns of a row.
	const saved = shape.quantType !== QuantizationType.Int8 ? 0 : expectedSections(shape, true).filter(([, type]) => type === MATRIX)
		.reduce((bytes, [, , rows, columns]) => bytes + sectionBytes(SectionType.Int8Tiles, rows, columns) - sectionBytes(SectionType.Int4Tiles, rows, columns), 0);
	return [
		`the partition lacks ${missing} bytes of flash`,
		...(saved ? [`INT4 weights would save ${saved} bytes${saved >= missing ? "" : ", which is not enough"}`] : []),
		`a module with 8 MB of flash, and a partition of ${PARTITION + 0x400000} bytes, would leave ${0x400000 - missing}`,
	];
}

function ramAdvice(wanted: Wanted, contextLength: number, available: number): string[] {
	const chip = CHIPS[wanted.chip], { shape } = wanted;
	const without = availableOn({ ...wanted, radio: false }, chip), more = largestContext(shape, without);
	const { total } = memoryBudget(shape, { contextLength }).ram;
	const roomier = Object.values(CHIPS).filter((other) => availableOn(wanted, other) >= total).map(({ title }) => title);
	return [
		memoryError(shape, contextLength, available).message,
		...(wanted.radio && more > largestContext(shape, available) ? [`without the radio (--no-radio) a context of at most ${more} positions fits`] : []),
		...(chip.psram ? [`a module with PSRAM (2 MB or more) has room for the ${total} bytes, at the price of speed`] : []),
		...(roomier.length ? [`it fits on ${roomier.join(", ")}`] : []),
	];
}
