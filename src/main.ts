/**
 * The firmware. Today it is the last arrow of the architecture: a prompt comes in by the console, the
 * engine answers. A line that begins with "{" is a request of a program (see console/protocol.ts);
 * any other line is a person's prompt.
 */

import { chipOf, MARGIN, spareMemory } from "ruvllm-esp32/core/chips";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { onLine, print } from "ruvllm-esp32/platform/console";
import { useCores } from "ruvllm-esp32/platform/kernels";
import { args, exit, host } from "ruvllm-esp32/platform/runtime";
import { Arguments, parseArguments } from "ruvllm-esp32/console/arguments";
import { answer } from "ruvllm-esp32/console/protocol";
import { streamTo } from "ruvllm-esp32/console/stream";
import { MicroEngine, SparseAttention, TinyModel } from "ruvllm-esp32/engine";
import { selfTest } from "ruvllm-esp32/engine/self-test";

export const VERSION = "0.1.0";
const DEFAULT_MODEL = "stories.ruvm";

/** @throws RuvllmError MODEL_MEMORY when the chip has no room for the context that is asked for, or for any */
function boot({ model, serve, context, spare, cores, adapter, attention }: Arguments): MicroEngine {
	const chip = chipOf(host);
	useCores(cores ?? chip?.cores ?? 1);
	return new MicroEngine(new TinyModel(openAsset(model ?? DEFAULT_MODEL) as never, {
		contextLength: context,
		adapterRank: adapter,
		attention: attention === undefined ? undefined : SparseAttention.parse(attention),
		spareMemory: spare ?? (chip ? spareMemory(chip, true) : host === "riscv" ? MARGIN : 0),
		// The checksum costs a board half of its way to the first token: there the self-test reads the file, which
		// people get at once and programs when they ask for it. The desktop reads it in no time.
		verify: serve && host === "desktop",
	}));
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
	const given = parseArguments(args);
	const engine = boot(given);
	if (!given.serve)
		print(`ruvllm-esp32 ${VERSION} host=${host} model=${engine.model.metadata.name} digest=${selfTest(engine, host).digest}\n`);
	serve(engine);
}
catch (error) {
	print(JSON.stringify({ error: { code: (error as { code?: string }).code ?? "ERROR", message: (error as Error).message } }) + "\n");
	exit(1);
}
