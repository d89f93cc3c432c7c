/**
 * What a step costs on a chip, from counted instructions. ESP32-C3: rv32imc as it is. ESP32-S3: its vector kernels' counts for the
 * matrices (tests/esp32s3: 64 x 64 in 432 instructions, 512 x 64 in 3,120), rv32imc's for all else; one cycle each.
 */

import { workloadOf } from "ruvllm-esp32/espnow-federation/sessions/workload";
import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";
import type { Costs } from "../cost/main.ts";
import type { ChipCosts } from "./scenario.ts";

/** Instructions of a multiply-accumulate: rv32imc's INT8 kernel (64 x 64 in 13,133), and the ESP32-S3's, mean of both sizes. */
const RV32 = 3.21, S3 = (432 / 4096 + 3120 / 32768) / 2;
/** Bytes a second from PSRAM: octal, two cores, as published engines reach; quad. */
export const OCTAL = 91e6, QUAD = 40e6;

export interface Chip {
	title: string;
	hertz: number;
	perMac: number;
	/** Of weights, in SRAM beside caches of keys and values, XS and the radio. */
	fastMemory: number;
	bytesPerSecond: number;
}

export const S3_SRAM: Chip = { title: "ESP32-S3, octal PSRAM", hertz: 240e6, perMac: S3, fastMemory: 224 * 1024, bytesPerSecond: OCTAL };
export const S3_QUAD: Chip = { ...S3_SRAM, title: "ESP32-S3, quad PSRAM", bytesPerSecond: QUAD };
/** As engines that map the whole file do. */
export const psramOnly = (chip: Chip): Chip => ({ ...chip, title: `${chip.title} alone`, fastMemory: 0 });
export const C3: Chip = { title: "ESP32-C3", hertz: 160e6, perMac: RV32, fastMemory: 1 << 20, bytesPerSecond: 25e6 };

/** Instructions of the federation's own code. */
export interface OwnCosts {
	/** Of a frame in the network's layers, at each end. */
	frame: number;
	/** Of a worker for a chunk, of the coordinator for a token; hidden states packed and unpacked. */
	hop: number;
	turn: number;
}

export function chipCosts(chip: Chip, shape: ModelShape, costs: Costs, own: OwnCosts): ChipCosts {
	const work = workloadOf(shape), nanoseconds = (instructions: number): number => instructions * 1e9 / chip.hertz, at = (position: number): number => costs.layer[position]!;
	return {
		name: chip.title, perMac: nanoseconds(chip.perMac), perByte: 1e9 / chip.bytesPerSecond, fastMemory: chip.fastMemory,
		rest: nanoseconds(at(0) - RV32 * work.layerMacs), perPosition: nanoseconds((at(128) - at(0)) / 128), embed: nanoseconds(costs.embed),
		project: nanoseconds(costs.project - RV32 * work.outputMacs + costs.sample), send: nanoseconds(own.frame), receive: nanoseconds(own.frame), hop: nanoseconds(own.hop), turn: nanoseconds(own.turn),
	};
}
