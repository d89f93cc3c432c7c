/** A small model where kernels can read it. */

import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { tinyModel } from "./small-model";

export function pinnedModel(seed: number, shape: ModelShape): Memory {
	const bytes = tinyModel(seed, shape), memory = new Memory(bytes.length);
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	return memory;
}
