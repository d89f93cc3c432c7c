/* Port: src/platform/power.d.ts. Arguments and errors for every host; hosts/<host>/sleep.c sleeps. */
import { RuvllmError } from "ruvllm-esp32/core/errors";

function sleep(deep, microseconds, pin, level, gate) @ "xs_power_sleep"
function cause() @ "xs_power_cause"
function keep(buffer, offset, count) @ "xs_power_keep"
function retainedBytes() @ "xs_power_retainedBytes"
function kept() @ "xs_power_kept"
function clockHertz() @ "xs_power_clockHertz"
function gateBytes() @ "xs_power_gateBytes"
function load(buffer, offset, count) @ "xs_power_loadGate"
function start(microseconds) @ "xs_power_startGate"
function stop() @ "xs_power_stopGate"
function memory() @ "xs_power_gateMemory"

const CAUSES = Object.freeze(["start", "timer", "pin", "gate", "other"]);
/* By the negative numbers of sleep.h. */
const REFUSALS = Object.freeze([
	undefined,
	["POWER_REFUSED", "the chip refused: a wake source had fired already, or a driver (the radio) was on; stop it, and try again"],
	["POWER_UNSUPPORTED", "this host has no deep sleep; use lightSleep, or run on the desktop or a board"],
	["POWER_UNSUPPORTED", "this host has no pins to wake on; use microseconds, or run on a board"],
	["POWER_UNSUPPORTED", "there is no low-power core here, or the firmware was built without it; use microseconds or a pin, or a board folder of hosts/esp32 that has one"],
	["POWER_PIN", "this pin can't wake the chip from this sleep; take one of the RTC pins of its data sheet"],
	["POWER_GATE_SIZE", "the program is larger than the low-power core's memory; make it smaller, or CONFIG_ULP_COPROC_RESERVE_MEM larger"],
]);
const YEAR = 31536000000000;

function done(answer) {
	if (answer >= 0)
		return answer;
	const [code, sentence] = REFUSALS[-answer];
	throw new RuvllmError(code, sentence);
}

function integer(value, low, high, name) {
	if (typeof value !== "number")
		throw new TypeError(`${name} is no number`);
	if (!(Number.isInteger(value) && value >= low && value <= high))
		throw new RangeError(`${name} is no integer from ${low} to ${high}`);
	return value;
}

function bytesOf(bytes, low, high, name) {
	if (!(bytes instanceof Uint8Array))
		throw new TypeError(`${name} is no Uint8Array`);
	if (bytes.byteLength < low || bytes.byteLength > high)
		throw new RangeError(`${name} has ${bytes.byteLength} bytes, not ${low} to ${high}`);
	return bytes;
}

function checkedSleep(deep, sources) {
	if (typeof sources !== "object" || sources === null)
		throw new TypeError("what wakes is no object");
	const { microseconds, pin, level = 1, gate = false } = sources;
	if (typeof gate !== "boolean")
		throw new TypeError("gate is no boolean");
	integer(level, 0, 1, "level");
	if (microseconds !== undefined)
		integer(microseconds, 1, YEAR, "microseconds");
	if (pin !== undefined)
		integer(pin, 0, 63, "pin");
	if (microseconds === undefined && pin === undefined && !gate)
		throw new RuvllmError("POWER_NO_WAKE", "nothing would end this sleep; give microseconds, a pin or the gate");
	return CAUSES[done(sleep(deep, microseconds ?? -1, pin ?? -1, level, gate))];
}

function lightSleep(sources) {
	return checkedSleep(false, sources);
}

function deepSleep(sources) {
	checkedSleep(true, sources);
}

function wakeCause() {
	return CAUSES[cause()];
}

function retain(bytes) {
	bytesOf(bytes, 0, retainedBytes(), "what is retained");
	keep(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function retained() {
	const buffer = kept();
	return buffer && new Uint8Array(buffer);
}

function loadGate(image) {
	bytesOf(image, 1, 0x7fffffff, "the program");
	done(load(image.buffer, image.byteOffset, image.byteLength));
}

function startGate(microseconds) {
	done(start(integer(microseconds, 1, 0x7fffffff, "microseconds")));
}

function stopGate() {
	done(stop());
}

function gateMemory() {
	const buffer = memory();
	if (!buffer)
		done(-4);
	return buffer;
}

export { clockHertz, deepSleep, gateBytes, gateMemory, lightSleep, loadGate, retain, retained, retainedBytes, startGate, stopGate, wakeCause };
