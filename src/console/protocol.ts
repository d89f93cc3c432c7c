/**
 * Requests of programs, one JSON object a line, answered by lines: "t ..." for each token as it comes
 * (stream.ts), then one JSON object, {"ok": ...} or {"error": {code, message}}. The same on every host,
 * so that one command line tool serves the desktop, the emulator and a board on a serial port.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { print } from "ruvllm-esp32/platform/console";
import { host, memoryUse } from "ruvllm-esp32/platform/runtime";
import { cores, variant } from "ruvllm-esp32/platform/kernels";
import { bench, type BenchTest } from "ruvllm-esp32/console/bench";
import { streamLines } from "ruvllm-esp32/console/stream";
import { InferenceConfig, MicroEngine, scoreWindow } from "ruvllm-esp32/engine";
import { selfTest } from "ruvllm-esp32/engine/self-test";

/** A request: `do` names it, the rest are its arguments. */
export interface Request {
	do: string;
	prompt?: string;
	text?: string;
	config?: Partial<InferenceConfig>;
	stream?: boolean;
	ids?: number[];
	test?: BenchTest;
	tokens?: number;
	/** Of requests that others add. */
	[other: string]: unknown;
}

export type Handler = (engine: MicroEngine, request: Request) => unknown;

const HANDLERS: Record<string, Handler> = {
	info: (engine) => ({
		host, variant: variant(), cores: cores(), metadata: engine.model.metadata, shape: engine.model.shape, parameters: engine.model.parameters,
		contextLength: engine.model.contextLength, budget: engine.model.memoryBudget(), heap: memoryUse(),
		tokenizer: { bos: engine.model.tokenizer.bos, eos: engine.model.tokenizer.eos, vocabSize: engine.model.tokenizer.vocabSize },
	}),
	generate: (engine, request) => {
		const before = memoryUse().collections;
		const prompt = request.ids === undefined ? text("prompt", request.prompt ?? "") : numbers("ids", request.ids);
		const result = engine.generate(prompt, { ...request.config, ...(request.stream && { onToken: streamLines() }) });
		return { ...result, collections: memoryUse().collections - before };
	},
	encode: (engine, request) => ({ ids: Array.from(engine.encode(text("text", request.text))) }),
	score: (engine, request) => scoreWindow(engine.model, numbers("ids", request.ids)),
	selfTest: (engine) => selfTest(engine, host),
	bench: (engine, request) => bench(engine, request.test ?? "tg", request.tokens ?? Math.min(256, engine.model.contextLength)),
};

/** More requests, by name: what a firmware does not do costs it no memory. */
export function addRequests(handlers: Readonly<Record<string, Handler>>): void {
	Object.assign(HANDLERS, handlers);
}

/** Answers one line; never throws. */
export function answer(engine: MicroEngine, line: string): void {
	let reply: string;
	try {
		const request = parse(line);
		const handler = Object.hasOwn(HANDLERS, request.do) ? HANDLERS[request.do] : undefined;
		if (!handler)
			throw new RuvllmError("REQUEST_UNKNOWN", `there is no request "${request.do}"; there are ${Object.keys(HANDLERS).join(", ")}`);
		reply = JSON.stringify({ ok: handler(engine, request) });
	}
	catch (error) {
		const code = error instanceof RuvllmError ? error.code : (error as Error).name;
		reply = JSON.stringify({ error: { code, message: (error as Error).message } });
	}
	print(reply + "\n");
}

function parse(line: string): Request {
	let value: unknown;
	try {
		value = JSON.parse(line);
	}
	catch {
		throw new RuvllmError("REQUEST_JSON", "the request is no JSON object on one line");
	}
	if (typeof value !== "object" || value === null || typeof (value as Request).do !== "string")
		throw new RuvllmError("REQUEST_JSON", "the request lacks \"do\"");
	return value as Request;
}

function text(name: string, value: unknown): string {
	if (typeof value !== "string")
		throw new RuvllmError("REQUEST_FIELD", `"${name}" is no text`);
	return value;
}

function numbers(name: string, value: unknown): number[] {
	if (!Array.isArray(value) || value.some((v) => !Number.isInteger(v)))
		throw new RuvllmError("REQUEST_FIELD", `"${name}" is no list of whole numbers`);
	return value as number[];
}
