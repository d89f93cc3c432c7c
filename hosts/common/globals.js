/* What scripts expect to find: console and timers. Imported before the program. */
import { print, printError } from "ruvllm-esp32/platform/console";
import { after, every, cancel } from "ruvllm-esp32/platform/clock";

function show(value, depth = 0) {
	if (typeof value === "string")
		return depth ? JSON.stringify(value) : value;
	if (value instanceof Error)
		return value.stack ?? String(value);
	if (typeof value === "function")
		return `[Function ${value.name}]`;
	if (typeof value !== "object" || value === null)
		return typeof value === "bigint" ? `${value}n` : String(value);
	if (depth > 3)
		return "...";
	if (Array.isArray(value) || ArrayBuffer.isView(value))
		return `[${Array.from(value).slice(0, 100).map((v) => show(v, depth + 1)).join(", ")}${value.length > 100 ? ", ..." : ""}]`;
	return `{${Object.entries(value).map(([k, v]) => `${k}: ${show(v, depth + 1)}`).join(", ")}}`;
}

const line = (values) => values.map((v) => show(v)).join(" ") + "\n";

globalThis.console = {
	log: (...values) => print(line(values)),
	info: (...values) => print(line(values)),
	debug: (...values) => print(line(values)),
	warn: (...values) => printError(line(values)),
	error: (...values) => printError(line(values)),
};
/* As elsewhere: what is no number, or out of range, is 0. */
const delay = (ms) => (ms > 0 && ms <= 0x7fffffff ? Number(ms) : 0);
globalThis.setTimeout = (callback, ms, ...values) => after(delay(ms), values.length ? () => callback(...values) : callback);
globalThis.setInterval = (callback, ms, ...values) => every(delay(ms), values.length ? () => callback(...values) : callback);
globalThis.clearTimeout = globalThis.clearInterval = cancel;
globalThis.queueMicrotask = (callback) => {
	if (typeof callback !== "function")
		throw new TypeError("the callback is no function");
	Promise.resolve().then(callback);
};
