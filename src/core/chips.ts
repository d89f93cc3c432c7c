/**
 * The chips that the firmware is made for: how much memory each has, and how much of it is taken before
 * this firmware's first allocation. All in bytes, all projected from published figures; boards measure
 * again when they start.
 *
 *   sram   the data sheets' on-chip SRAM, without RTC memory.
 *   heap   what is free in the smallest program of ESP-IDF ("hello_world", 5.3), as Wireless-Tag measured
 *          it on all five (their article on the free memory of ESP chips, 2024). Espressif's own
 *          figures for 5.5 are 10 to 20 KB higher (ESP-Techpedia, "Memory Usage Comparison"), so these are
 *          the careful ones. What is missing to `sram`: ESP-IDF's code and data in RAM, the caches, ROM.
 *   radio  that, less what is left with Wi-Fi started (the "station" example; the lower figure of both
 *          sources). ESP-NOW needs the driver but no TCP/IP, so it takes less.
 *   block  the longest piece of RAM without a gap (soc_memory_layout and memory.ld.in of ESP-IDF), where it
 *          is shorter than the heap: the ESP32's DRAM is cut in two at 0x3FFE0000 by data of its ROM.
 */

const KB = 1024;

export type ChipName = "esp32" | "esp32s2" | "esp32s3" | "esp32c3" | "esp32c6";

export interface Chip {
	/** As in data sheets. */
	title: string;
	cores: 1 | 2;
	sram: number;
	heap: number;
	radio: number;
	block?: number;
	/** Whether modules with PSRAM exist (SOC_SPIRAM_SUPPORTED). */
	psram: boolean;
	/** Taken from `heap` by this project's settings, for example larger caches (hosts/esp32/<chip>/sdkconfig.defaults). */
	settings: number;
}

export const CHIPS: Readonly<Record<ChipName, Chip>> = {
	esp32: { title: "ESP32", cores: 2, sram: 520 * KB, heap: 298 * KB, radio: 70 * KB, block: 176 * KB, psram: true, settings: 0 },
	esp32s2: { title: "ESP32-S2", cores: 1, sram: 320 * KB, heap: 244 * KB, radio: 109 * KB, psram: true, settings: 0 },
	// 32 KB of instruction cache instead of 16, 64 KB of data cache instead of 32.
	esp32s3: { title: "ESP32-S3", cores: 2, sram: 512 * KB, heap: 380 * KB, radio: 107 * KB, psram: true, settings: 48 * KB },
	// What outlives deep sleep lies in RTC memory, which is part of the heap of these two.
	esp32c3: { title: "ESP32-C3", cores: 1, sram: 400 * KB, heap: 322 * KB, radio: 103 * KB, psram: false, settings: KB / 2 },
	esp32c6: { title: "ESP32-C6", cores: 1, sram: 512 * KB, heap: 454 * KB, radio: 133 * KB, psram: false, settings: KB / 2 },
};

/** Kept free on a chip: for the XS heap to grow, for drivers, and for what fragments of memory can't hold. */
export const MARGIN = 16 * KB;

/** The chip of a host (see platform/runtime), or undefined: the desktop, the simulator. */
export function chipOf(name: string): Chip | undefined {
	return Object.hasOwn(CHIPS, name) ? CHIPS[name as ChipName] : undefined;
}

/** What a program leaves free on a chip: the margin, and the radio's memory when it will be used. */
export function spareMemory(chip: Chip, radio: boolean): number {
	return MARGIN + (radio ? chip.radio : 0);
}
