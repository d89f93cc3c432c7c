/* Port: src/platform/clock.d.ts, on the timers of the SDK. */
import Timer from "timer";

function microseconds() @ "xs_clock_microseconds"

const LONGEST = 0x7fffffff;

function after(milliseconds, callback) {
	if (typeof callback !== "function")
		throw new TypeError("the callback is no function");
	const delay = Number(milliseconds ?? 0);
	return Timer.set(() => callback(), delay > 0 ? Math.min(delay, LONGEST) : 0);
}

/* The SDK's `clear` ignores what is no timer, and timers that have fired. */
function cancel(handle) {
	Timer.clear(handle);
}

export { microseconds, after, cancel };
