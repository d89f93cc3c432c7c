/** Globals that mocha's core takes for granted, made of this project's ports. Imported first. */

import { after, cancel } from "ruvllm-esp32/platform/clock";

const own = globalThis as unknown as Record<string, unknown>;
own.global = globalThis;
own.process ??= {
	env: {}, argv: [], browser: true, platform: "xs", cwd: () => "", on() {}, once() {}, off() {}, removeListener() {}, removeAllListeners() {},
	listeners: () => [], listenerCount: () => 0, emit() {}, stdout: {}, nextTick: (callback: () => void) => after(0, callback),
};
own.setTimeout ??= (callback: () => void, ms?: number) => after(ms ?? 0, callback);
own.clearTimeout ??= cancel;
own.setImmediate ??= (callback: (...values: unknown[]) => void, ...values: unknown[]) => after(0, () => callback(...values));
own.clearImmediate ??= cancel;
own.Buffer ??= { isBuffer: () => false };
own.EventTarget ??= class {
	addEventListener(): void {}
	dispatchEvent(): void {}
};
own.Event ??= class {};
