/*
 * Port: src/platform/console.d.ts. The serial line has no end, so `callback` never sees one; in debug
 * builds the line belongs to xsbug and there is no input.
 */
import Timer from "timer";

function print(text) @ "xs_console_print"
function write(bytes, offset, count) @ "xs_console_write"
function readLine() @ "xs_console_readLine"

/* How often the line is looked at; what comes in between waits in the buffer of its driver. */
const POLL_MILLISECONDS = 20;

const input = { callback: undefined, timer: undefined };

function poll() {
	for (let line = readLine(); line !== undefined; line = readLine())
		input.callback(line);
}

function onLine(callback) {
	if (typeof callback !== "function")
		throw new TypeError("onLine: a callback is needed");
	input.callback = callback;
	input.timer ??= Timer.repeat(poll, POLL_MILLISECONDS);
}

export { print, write, onLine };
