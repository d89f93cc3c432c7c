/** Writes the small models into the folder that is the argument; runs on the desktop. */

import { args } from "ruvllm-esp32/platform/runtime";
import { writeFile } from "ruvllm-esp32/platform/files";
import { SMALL_MODELS, smallModelName, tinyModel } from "../support/small-model";

for (const model of SMALL_MODELS)
	writeFile(`${args[0]}/${smallModelName(...model)}`, tinyModel(...model));
