/**
 * Run inside XS: calls every native of every port with arguments of all kinds, from a printed seed. Each
 * call must give a value or a thrown Error; the sanitizers watch the rest.
 */

import * as assets from "ruvllm-esp32/platform/assets";
import * as clock from "ruvllm-esp32/platform/clock";
import * as console_ from "ruvllm-esp32/platform/console";
import * as files from "ruvllm-esp32/platform/files";
import * as kernels from "ruvllm-esp32/platform/kernels";
import * as runtime from "ruvllm-esp32/platform/runtime";

const ports: Record<string, Record<string, unknown>> = { assets: { ...assets }, clock: { ...clock }, console: { ...console_ }, files: { ...files }, kernels: { ...kernels }, runtime: { ...runtime } };
/** These would end the program, wait, print noise or write files. */
const LEFT_OUT = new Set(["exit", "onLine", "after", "every", "print", "printError", "writeFile"]);

let state = Number(runtime.args[0] ?? 1);
function below(n: number): number {
	state = Math.imul(state, 1664525) + 1013904223 >>> 0;
	return (state >>> 8) % n;
}

const VALUES: unknown[] = [
	undefined, null, true, 0, -1, 1.5, NaN, Infinity, -Infinity, 16, 2 ** 31, 2 ** 32, 1e300, 10n, "", "x", "/", "/dev/null", "a\0b", "\u{1f600}", "x".repeat(5000),
	Symbol("s"), {}, [], () => {}, class {}, /x/, new Map(), new Date(0), new Proxy({}, {}), new Error("e"),
	new ArrayBuffer(0), new ArrayBuffer(64), new Uint8Array(64), new Uint8Array(new ArrayBuffer(64), 60), new Int32Array(16), new DataView(new ArrayBuffer(8)),
	new kernels.Memory(64), new Uint8Array(new kernels.Memory(64) as unknown as ArrayBuffer), Object.create(kernels.Memory.prototype),
	{ valueOf(): never { throw new Error("valueOf"); } }, { toString(): never { throw new Error("toString"); } },
];
const anything = (): unknown => VALUES[below(VALUES.length)];
const several = (): unknown[] => Array.from({ length: below(7) }, anything);

type Native = (...values: unknown[]) => unknown;
let calls = 0, thrown = 0;
function attempt(action: () => unknown): void {
	calls++;
	try {
		action();
	}
	catch (error) {
		if (!(error instanceof Error))
			throw new TypeError(`something else than an Error was thrown: ${String(error)}`);
		thrown++;
	}
}

for (const port of Object.values(ports))
	for (const [name, value] of Object.entries(port)) {
		if (typeof value !== "function" || LEFT_OUT.has(name))
			continue;
		for (let i = 0; i < 150; i++) {
			attempt(() => (value as Native)(...several()));
			attempt(() => (value as Native).apply(anything(), several()));
			attempt(() => Reflect.construct(value, several()) as unknown);
		}
		for (const { get, value: method } of Object.values(Object.getOwnPropertyDescriptors((value.prototype ?? {}) as object)))
			if (get || typeof method === "function")
				for (let i = 0; i < 100; i++)
					attempt(() => ((get ?? method) as Native).apply(anything(), several()));
	}
console.log(`${calls} calls, ${thrown} errors`);
