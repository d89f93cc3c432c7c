/* Port: src/platform/clock.d.ts. The waiting timers, soonest first; C calls `tick` when the first is due. */
function microseconds() @ "xs_clock_microseconds"
function wakeAt(when) @ "xs_clock_wakeAt"
function setTick(callback) @ "xs_clock_setTick"

const timers = [];

function arm() {
	wakeAt(timers.length ? timers[0].when : -1);
}

function insert(timer) {
	let i = timers.length;
	while (i > 0 && timers[i - 1].when > timer.when)
		i--;
	timers.splice(i, 0, timer);
	arm();
	return timer;
}

function checked(milliseconds, callback) {
	if (typeof callback !== "function")
		throw new TypeError("the callback is no function");
	if (typeof milliseconds !== "number")
		throw new TypeError("milliseconds is no number");
	if (!(milliseconds >= 0 && milliseconds <= 0x7fffffff))
		throw new RangeError("milliseconds is not from 0 to 2147483647");
	return Math.ceil(milliseconds * 1000);
}

function after(milliseconds, callback) {
	return insert({ when: microseconds() + checked(milliseconds, callback), callback, every: 0 });
}

function every(milliseconds, callback) {
	const period = Math.max(1000, checked(milliseconds, callback));
	return insert({ when: microseconds() + period, callback, every: period });
}

function cancel(handle) {
	const i = timers.indexOf(handle);
	if (i >= 0) {
		timers.splice(i, 1);
		arm();
	}
	else if (handle && typeof handle === "object")
		handle.every = 0;
}

setTick(() => {
	const timer = timers.shift();
	if (timer) {
		if (timer.every) {
			timer.when = microseconds() + timer.every;
			insert(timer);
		}
		arm();
		timer.callback();
	}
});

export { microseconds, after, every, cancel };
