/**
 * The firmware. Today it is the last arrow of the architecture: a prompt comes in by the console, the
 * engine answers. A line that begins with "{" is a request of a program (see console/protocol.ts);
 * any other line is a person's prompt.
 */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { onLine, print } from "ruvllm-esp32/platform/console";
import { args, exit, host } from "ruvllm-esp32/platform/runtime";
import { answer } from "ruvllm-esp32/console/protocol";
import { streamTo } from "ruvllm-esp32/console/stream";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { selfTest } from "ruvllm-esp32/engine/self-test";

export const VERSION = "0.1.0";
const DEFAULT_MODEL = "stories.ruvm";

function boot(): MicroEngine {
	const model = new TinyModel(openAsset(args[0] ?? DEFAULT_MODEL) as never);
	const engine = new MicroEngine(model);
	return engine;
}

function serve(engine: MicroEngine): void {
	onLine((line) => {
		if (line === undefined)
			return;
		if (line.startsWith("{"))
			answer(engine, line);
		else if (line.trim().length > 0) {
			engine.generate(line, { onToken: streamTo() });
			print("\n");
		}
	});
}

try {
	const engine = boot();
	// Programs ask for the self-test when they want it; people see its result at once.
	if (args[1] !== "--serve")
		print(`ruvllm-esp32 ${VERSION} host=${host} model=${engine.model.metadata.name} digest=${selfTest(engine).digest}\n`);
	serve(engine);
}
catch (error) {
	print(JSON.stringify({ error: { code: (error as { code?: string }).code ?? "ERROR", message: (error as Error).message } }) + "\n");
	exit(1);
}
