/** On XS: prints the embedding of each line of the asset "texts", and then what one costs. */

import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { TextEmbedder } from "ruvllm-esp32/ruvector";

const option = (name: string): string => args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1);
const embedder = new TextEmbedder(openAsset(option("words")) as never);
const texts = decodeUtf8(new Uint8Array(openAsset(option("texts")))).trimEnd().split("\n").map((line) => line.slice(line.indexOf("\t") + 1));
const start = microseconds();
for (const text of texts)
	embedder.embedInPlace(text);
const elapsed = microseconds() - start;
for (const text of texts)
	print(`[${embedder.embedInPlace(text).join(",")}]\n`);
print(`{"microseconds":${elapsed / texts.length}}\n`);
