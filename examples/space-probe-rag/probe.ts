/** The probe: its telemetry from a seed, the faults it meets, and the flight rules it carries. */

export const CHANNELS = ["battery voltage", "solar array current", "propellant temperature", "tank pressure", "gyro rate", "transmitter temperature", "radiation count", "star tracker error"] as const;

export interface Rule {
	text: string;
	action: string;
}

export const RULES: readonly Rule[] = [
	{ text: "Battery voltage low: the load is greater than what the panels give. Switch off the science instruments and point the solar array to the sun.", action: "SHED LOAD" },
	{ text: "Battery voltage high: charging has not stopped. Open the shunt and turn the array away by thirty degrees.", action: "OPEN SHUNT" },
	{ text: "Solar array current low outside of eclipse: the panels have lost the sun. Slew to the last known sun vector and search in a spiral.", action: "SUN SEARCH" },
	{ text: "Propellant temperature low: hydrazine freezes at 2 degrees. Switch on line heater two, and heater one when nothing changes in an hour.", action: "HEATER ON" },
	{ text: "Propellant temperature high: the line heater hangs. Switch off both heaters and shade the tank side.", action: "HEATER OFF" },
	{ text: "Tank pressure low and falling: a thruster valve leaks. Close latch valve B and isolate the branch.", action: "CLOSE LATCH VALVE" },
	{ text: "Tank pressure high: the regulator creeps. Vent through thruster four in pulses of twenty milliseconds.", action: "VENT" },
	{ text: "Gyro rate high: the spacecraft tumbles. Stop all slews and damp the rates with the reaction wheels.", action: "DAMP RATES" },
	{ text: "Transmitter temperature high: reduce the power amplifier to half, and stop the downlink when it stays above 55 degrees.", action: "REDUCE POWER" },
	{ text: "Radiation count high: a solar storm. Power down the cameras, scrub memory every minute, and close the star tracker's shutter.", action: "STORM MODE" },
];

export interface Fault {
	at: number;
	minutes: number;
	channel: number;
	by: number;
	action: string;
}

/** Star tracker errors are in no rule: the right thing is to be safe. */
export const FAULTS: readonly Fault[] = [
	{ at: 1300, minutes: 20, channel: 0, by: -60, action: "SHED LOAD" }, { at: 1400, minutes: 15, channel: 2, by: -50, action: "HEATER ON" }, { at: 1500, minutes: 20, channel: 3, by: 55, action: "VENT" },
	{ at: 1600, minutes: 10, channel: 6, by: 90, action: "STORM MODE" }, { at: 1700, minutes: 25, channel: 7, by: 70, action: "SAFE MODE" }, { at: 1800, minutes: 20, channel: 5, by: 60, action: "REDUCE POWER" },
	{ at: 1900, minutes: 20, channel: 1, by: -70, action: "SUN SEARCH" }, { at: 2000, minutes: 15, channel: 4, by: 80, action: "DAMP RATES" }, { at: 2100, minutes: 20, channel: 3, by: -55, action: "CLOSE LATCH VALVE" },
	{ at: 2200, minutes: 20, channel: 0, by: 55, action: "OPEN SHUNT" }, { at: 2300, minutes: 10, channel: 6, by: 90, action: "STORM MODE" },
];

/** mulberry32 of minute and channel, -128 to 127. */
function noise(minute: number, channel: number): number {
	let t = Math.imul(minute * 8 + channel + 1, 0x6d2b79f5);
	t = Math.imul(t ^ t >>> 15, 1 | t);
	t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
	return (t ^ t >>> 14) >> 24;
}

/** A triangle wave of an orbit of 96 minutes, -40 to 40. */
function orbit(minute: number, shift: number): number {
	const phase = (minute + shift) % 96;
	return Math.round((phase < 48 ? phase : 96 - phase) * 80 / 48) - 40;
}

/** A minute of telemetry, scaled to 8 bits: power and temperatures follow the orbit, the rest is noise about a mean. */
export function telemetry(minute: number): Int8Array {
	const means = [20, 0, 10, 30, 0, -10, -40, -50], follow = [0, 12, 24, -1, -1, 30, -1, -1];
	const sample = Int8Array.from(means, (mean, channel) => mean + (follow[channel]! >= 0 ? orbit(minute, follow[channel]!) >> (channel === 0 ? 1 : 0) : 0) + (noise(minute, channel) >> 5));
	for (const { at, minutes, channel, by } of FAULTS)
		if (minute >= at && minute < at + minutes)
			sample[channel] = Math.max(-128, Math.min(127, sample[channel]! + by));
	return sample;
}
