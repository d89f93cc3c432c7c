/**
 * What the chips draw in each state, as their maker publishes it: microamperes at 3.3 V and 25 degrees, typical. Nothing here was
 * measured by this project; a board with a regulator, a sensor or a LED draws more. docs/energy.md has the table.
 *
 * Where the maker gives a range, its upper end stands here. What was not found in a publication is undefined, not guessed;
 * the cycles of an instruction are assumptions, and named so.
 */

import type { ChipName } from "ruvllm-esp32/core/chips";

/** Exclusive: a chip is in one of them at a time. "gate" is deep sleep with the low-power core at work, the chip's whole current. */
export type EnergyState = "active" | "light-sleep" | "deep-sleep" | "gate" | "transmit" | "receive";

export const STATES: readonly EnergyState[] = ["active", "light-sleep", "deep-sleep", "gate", "transmit", "receive"];

export interface LowPowerCore {
	hertz: number;
	/** Of RV32 code without multiplications; undefined where the core does not run it. */
	cyclesPerInstruction: number | undefined;
}

export interface ChipEnergy {
	/** One core computes, the other is idle, the radio is off; by hertz of the clock. */
	active: Readonly<Record<number, number>>;
	/** The other states; "gate" is undefined without such a core, or without a published figure. */
	currents: Readonly<Record<Exclude<EnergyState, "active">, number | undefined>>;
	core: LowPowerCore | undefined;
	/**
	 * From the end of light sleep until the program goes on, as "active". DEFAULT_SLEEP_OUT_OVERHEAD_US + DEFAULT_HARDWARE_OUT_OVERHEAD_US of
	 * ESP-IDF v6.0, components/esp_hw_support/sleep_modes.c, with its default settings (CONFIG_PM_SLP_IRAM_OPT off).
	 * A wake from deep sleep is a start: nothing is published, as it depends on the program's size. Measure it.
	 */
	lightWakeMicroseconds: number;
}

const MHZ = 1_000_000;

/** Volts of the publications. */
export const MILLIVOLTS = 3300;

/**
 * Cycles that an instruction of the main processor takes. ASSUMED, for all chips: one without misses of the cache, half of one for
 * jumps, loads that are waited for, and flash. Instructions are counted in RV32IMC code; Xtensa code is taken to be as long.
 */
export const CYCLES_PER_INSTRUCTION = 1.5;

export const CHIP_ENERGY: Readonly<Record<ChipName, ChipEnergy>> = {
	/*
	 * ESP32 Series Datasheet v4.9: table 4-2 (Modem-sleep 20~31, 27~44, 30~68 mA of dual-core chips; Light-sleep; "ULP coprocessor is powered
	 * up"; "RTC timer + RTC memory") and table 5-4 (802.11b 1 Mbps at 19.5 dBm, half of the time; receiving 95~100 mA).
	 * The low-power core is a state machine with instructions of its own: 8.5 MHz (ESP-IDF v6.0, soc/esp32/clk_tree_defs.h).
	 */
	esp32: {
		active: { [80 * MHZ]: 31000, [160 * MHZ]: 44000, [240 * MHZ]: 68000 },
		currents: { "light-sleep": 800, "deep-sleep": 10, gate: 150, transmit: 240000, receive: 100000 },
		core: { hertz: 8_500_000, cyclesPerInstruction: undefined }, lightWakeMicroseconds: 536,
	},
	/*
	 * ESP32-S2-WROOM & WROOM-I Datasheet v1.1: table 8 (Modem-sleep, "ULP co-processor is powered on", "RTC timer + RTC memory") and table 7
	 * (802.11b 1 Mbps, peak; receiving HT20). Light-sleep: ESP32-S2-MINI-2 Datasheet v1.3, table 5-6. Newer data sheets give less for
	 * the low-power core; the copies that were found are damaged there, so the older, higher figure stands.
	 * ULP-RISC-V: 8.5 MHz (ESP-IDF v6.0, ulp_riscv_utils.h); about 4 cycles (README of PicoRV32, on which it is based): ASSUMED.
	 */
	esp32s2: {
		active: { [80 * MHZ]: 14000, [160 * MHZ]: 17000, [240 * MHZ]: 22000 },
		currents: { "light-sleep": 750, "deep-sleep": 25, gate: 235, transmit: 310000, receive: 63000 },
		core: { hertz: 8_500_000, cyclesPerInstruction: 4 }, lightWakeMicroseconds: 175,
	},
	/*
	 * ESP32-S3 Series Datasheet v2.2: table 5-9 (Modem-sleep, "single core running 32-bit data access instructions, the other core in
	 * idle state", peripheral clocks off), table 5-10 (Light-sleep; "RTC memory and RTC peripherals are powered up"; ULP-RISC-V) and
	 * table 5-7 (802.11b 1 Mbps at 21 dBm; receiving HT20; peaks). PSRAM comes on top.
	 * ULP-RISC-V: 17.5 MHz (ESP-IDF v6.0, ulp_riscv_utils.h); about 4 cycles, as above: ASSUMED.
	 */
	esp32s3: {
		active: { [80 * MHZ]: 28400, [160 * MHZ]: 39900, [240 * MHZ]: 51200 },
		currents: { "light-sleep": 240, "deep-sleep": 8, gate: 190, transmit: 340000, receive: 88000 },
		core: { hertz: 17_500_000, cyclesPerInstruction: 4 }, lightWakeMicroseconds: 8761,
	},
	/* ESP32-C3 Series Datasheet v2.4: tables 5-7 (802.11b 1 Mbps at 21 dBm; receiving HT20; peaks), 5-8 (CPU is running, peripheral clocks off), 5-9. */
	esp32c3: {
		active: { [80 * MHZ]: 17000, [160 * MHZ]: 23000 },
		currents: { "light-sleep": 130, "deep-sleep": 5, gate: undefined, transmit: 335000, receive: 84000 },
		core: undefined, lightWakeMicroseconds: 142,
	},
	/*
	 * ESP32-C6-WROOM-1 & WROOM-1U Datasheet v1.4: tables 6-4 (802.11b 1 Mbps at 20.5 dBm; receiving HT20; peaks), 6-7 (CPU is running, peripheral
	 * clocks off), 6-8 (Light-sleep with the peripherals powered, as the port leaves them: without them 35). Nothing is published
	 * about the LP core at work. Its clock: 16 MHz, "a rough estimate" (ESP-IDF v6.0, lp_core_utils.c); 2 cycles: ASSUMED.
	 */
	esp32c6: {
		active: { [80 * MHZ]: 19000, [160 * MHZ]: 27000 },
		currents: { "light-sleep": 180, "deep-sleep": 7, gate: undefined, transmit: 382000, receive: 78000 },
		core: { hertz: 16_000_000, cyclesPerInstruction: 2 }, lightWakeMicroseconds: 374,
	},
};
