/* Port: src/platform/console.d.ts. Lines come from the field of the panel (panel/ruvllm-esp32.js). */
function print(text) @ "xs_console_print"
function write(bytes, offset, count) @ "xs_console_write"

/* An object, since a preloaded module's variables can't change. */
const input = { callback: undefined };

function onLine(callback) {
	if (typeof callback !== "function")
		throw new TypeError("onLine: a callback is needed");
	input.callback = callback;
	screen.onMessage = receive;
}

/* Panels of other simulators send objects of their own: they are ignored. */
function receive(message) {
	if (typeof message !== "string")
		return;
	const { line } = JSON.parse(message);
	if (typeof line === "string")
		input.callback(line);
}

export { print, write, onLine };
