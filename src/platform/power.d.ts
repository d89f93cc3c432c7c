/**
 * Port: sleeping, what wakes, what outlives a deep sleep, and the low-power core that watches meanwhile.
 *
 * Light sleep stops the processor and keeps memory: the call returns. Deep sleep switches memory off: the program
 * starts again from its beginning, and finds only the retained bytes. Stop the radio before either.
 *
 *              light sleep      deep sleep                 pins               low-power core
 *   boards     the chip's       the chip's                 any; deep: RTC's   ESP32-S2, S3 (ULP-RISC-V), C6 (LP core)
 *   desktop    waits            waits, then starts anew    none               none
 *   riscv      waits            waits, then resets         none               none
 *   simulator  waits, all of it none                       none               none
 *
 * What a host lacks is a RuvllmError POWER_UNSUPPORTED.
 */

/** "start": power on, or a reset that was no wake; "other": a source that this port does not arm, or a crash of the low-power core. */
export type WakeCause = "start" | "timer" | "pin" | "gate" | "other";

/** What ends one sleep; the first that happens. Nothing is armed beyond that sleep. */
export interface WakeSources {
	/** After this time: an integer from 1 to 31,536,000,000,000 (a year). Boards wake some hundred microseconds late. */
	microseconds?: number;
	/** When this GPIO (0 to 63) has the level: 0 or 1 (the default). It becomes an input. */
	pin?: number;
	level?: 0 | 1;
	/** When the program of the low-power core says so. */
	gate?: boolean;
}

/**
 * Sleeps, and tells what ended it. Timers that came due meanwhile fire afterwards.
 * @throws TypeError, RangeError for sources that are none; RuvllmError POWER_NO_WAKE without any, POWER_PIN for a pin that can't wake
 *         here, POWER_REFUSED when the chip did not go to sleep (a source had fired already, or a driver held it awake)
 */
export function lightSleep(sources: WakeSources): WakeCause;

/** Sleeps and starts the program anew. @throws what lightSleep throws */
export function deepSleep(sources: WakeSources): never;

/** What ended the last sleep, a deep one before this start included; "start" when there was none. */
export function wakeCause(): WakeCause;

/** Bytes that `retain` takes at most: 2040; 504 on the ESP32-C3 and C6, where they are taken from the heap. */
export function retainedBytes(): number;

/**
 * Keeps a copy for the start after a deep sleep (RTC memory on boards), in place of what was kept before.
 * @param bytes 0 to retainedBytes() of them @throws TypeError, RangeError
 */
export function retain(bytes: Uint8Array): void;

/** A copy of what was kept; undefined when there is nothing, or its checksum is wrong: power was lost, or another firmware ran. */
export function retained(): Uint8Array | undefined;

/** Hertz of the processor now; 0 on hosts that have none to tell: the desktop, the simulator, riscv. */
export function clockHertz(): number;

/** Bytes that the low-power core has for program and data; 0 without such a core, or when the firmware was built without it. */
export function gateBytes(): number;

/**
 * Stops the core, clears its memory, and copies a program there.
 * @param image as ESP-IDF's build of the core makes it (a .bin), 1 byte or more
 * @throws RuvllmError POWER_UNSUPPORTED; POWER_GATE_SIZE when it is more than `gateBytes()`; TypeError, RangeError
 */
export function loadGate(image: Uint8Array): void;

/**
 * Lets the core run its program from the start, and again this long after each time it halts. It goes on in both kinds of sleep; its analog
 * and I2C inputs are powered in those with `gate`.
 * @param microseconds 1 to 2^31 - 1 @throws RuvllmError POWER_UNSUPPORTED, POWER_REFUSED; RangeError
 */
export function startGate(microseconds: number): void;

/** The core is not started again. @throws RuvllmError POWER_UNSUPPORTED */
export function stopGate(): void;

/**
 * The core's memory, program first: a host buffer, `new Int32Array(gateMemory())` views it. Both cores write it without a lock: use
 * whole words, one writer each. @throws RuvllmError POWER_UNSUPPORTED
 */
export function gateMemory(): ArrayBuffer;
