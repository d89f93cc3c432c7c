/** Takes the place of tests/support/small-model.ts where memory is short: the models come from flash. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import type { ModelShape } from "ruvllm-esp32/engine";
import { SHAPE, smallModelName } from "../../support/small-shape";

export * from "../../support/small-shape";

/** In flash, where it can be read and run. */
export const smallModel = (seed = 1, shape: ModelShape = SHAPE, tied = true): Uint8Array => openAsset(smallModelName(seed, shape, tied)) as unknown as Uint8Array;

/** A copy, which tests may damage. */
export const tinyModel = (seed = 1, shape: ModelShape = SHAPE, tied = true): Uint8Array => new Uint8Array(openAsset(smallModelName(seed, shape, tied))).slice();
