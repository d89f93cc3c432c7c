/** On XS: the ten nearest of each query, by an exact search. Arguments: metric, element, dimensions. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { type Element, type Metric, MicroHNSW, type Vector } from "ruvllm-esp32/ruvector";

const [metric, element, dimensions] = args as [Metric, Element, string];
const size = Number(dimensions);

function rows(name: string): Vector[] {
	const bytes = new Uint8Array(openAsset(args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1)) as unknown as ArrayBuffer).slice();
	const stride = element === "bits" ? size / 8 : element === "int16" ? 2 * size : size;
	return Array.from({ length: bytes.length / stride }, (_, i): Vector =>
		element === "int16" ? new Int16Array(bytes.buffer, i * stride, size) : element === "int8" ? new Int8Array(bytes.buffer, i * stride, stride) : bytes.subarray(i * stride, (i + 1) * stride));
}

const base = rows("base"), index = new MicroHNSW({ dimensions: size, capacity: base.length, metric, element, m: 0 });
for (const vector of base)
	index.insert(vector);
print(JSON.stringify({ found: rows("queries").map((query) => index.search(query, 10).map(({ id }) => id)) }) + "\n");
