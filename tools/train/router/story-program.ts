/** On XS: stories that the stories model tells, a line of JSON each. Arguments: stories.ruvm=ASSET, count=N, seed=N. */

import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";

const option = (name: string): string => args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1);
const engine = new MicroEngine(new TinyModel(openAsset(option("stories.ruvm")) as never, { contextLength: 128, verify: false })), count = Number(option("count")), seed = Number(option("seed"));

for (let i = 0; i < count; i++)
	print(`${JSON.stringify([engine.generate("", { maxTokens: 110, temperature: 1, seed: seed + i }).text])}\n`);
