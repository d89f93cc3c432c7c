/**
 * The same stories model in four types of weights, side by side: bytes, nats on a text, time of a token, what it says.
 *
 *     npx ruvllm-esp32 run examples/optimization                  time in microseconds on this computer
 *     npx ruvllm-esp32 run --host riscv examples/optimization     in instructions of the ESP32-C3, emulated (1 ns each)
 */

import { print } from "ruvllm-esp32/platform/console";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { host } from "ruvllm-esp32/platform/runtime";
import { MicroEngine, scoreWindow, TinyModel } from "ruvllm-esp32/engine";

const TEXT = "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big red ball. She wanted to play with it.";
const emulated = host === "riscv";

print(`type      bytes    nats/token  ${emulated ? "instructions" : "microseconds"}/token (${emulated ? "emulated" : "measured"})\n`);
for (const [name, file] of [["INT8", "stories"], ["INT4", "stories-int4"], ["ternary", "stories-ternary"], ["binary", "stories-binary"]] as const) {
	const asset = openAsset(`${file}.ruvm`), engine = new MicroEngine(new TinyModel(asset as never, { contextLength: 96, verify: false }));
	const { nats, tokens } = scoreWindow(engine.model, Array.from(engine.encode(TEXT)));
	engine.generate("", { maxTokens: 8, greedy: true });
	const { microseconds, tokens: said, text } = engine.generate("Once upon a time", { maxTokens: 32, greedy: true, stopAtEnd: false });
	const each = microseconds * (emulated ? 1000 : 1) / (said.length - 1);
	print(`${name.padEnd(8)}  ${String(asset.byteLength).padStart(6)}  ${(nats / tokens).toFixed(3).padStart(8)}    ${each.toFixed(emulated ? 0 : 1).padStart(9)}   ${text.slice(0, 60).replace(/\n/g, " ")}\n`);
}
