/** Where a low-power image runs, and what it takes to compile its port (hosts/ulp/port.h). */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "./errors.ts";
import { packageRoot } from "./paths.ts";

/** virt: hart 1 of QEMU's board. esp32s2, esp32s3: ULP-RISC-V, with ESP-IDF's ulp component. */
export const ULP_TARGETS = ["virt", "esp32s2", "esp32s3"] as const;
export type UlpTarget = typeof ULP_TARGETS[number];

export interface UlpParts {
	/** Where the core sees its memory. */
	origin: number;
	flags: readonly string[];
	/** Files and folders whose change compiles anew. */
	headers: readonly string[];
	sources: readonly string[];
	link: readonly string[];
}

/** hosts/ulp/virt/board.h: BOARD_ULP. */
export const VIRT_ORIGIN = 0x80100000;

/** @param folder for what is generated @throws BuildError without ESP-IDF, where the target needs it */
export function ulpTarget(target: UlpTarget, folder: string): UlpParts {
	if (target === "virt") {
		const board = join(packageRoot, "hosts/ulp/virt");
		return { origin: VIRT_ORIGIN, flags: [], headers: [board], sources: [join(board, "port.c")], link: [] };
	}
	if (!ULP_TARGETS.includes(target))
		throw new BuildError(`there is no low-power target "${String(target)}"; choose ${ULP_TARGETS.join(", ")}`);
	return espIdf(target, folder);
}

/** Folders of headers in ESP-IDF's components that its register and ADC headers come from; versions differ in which there are. */
const INCLUDES = [
	"ulp/ulp_riscv/ulp_core/include", "ulp/ulp_riscv/shared/include", "ulp/ulp_common/include", "esp_common/include", "esp_rom/include", "hal/include",
	"hal/platform_port/include", "soc/include", "esp_hw_support/include", "riscv/include", "log/include", "esp_system/include",
];

function espIdf(chip: "esp32s2" | "esp32s3", folder: string): UlpParts {
	const idf = process.env.IDF_PATH;
	if (!idf || !existsSync(join(idf, "components/ulp/ulp_riscv")))
		throw new BuildError(`an image for the ${chip} needs ESP-IDF's ulp component: install ESP-IDF and set IDF_PATH (its export.sh does)`);
	const components = join(idf, "components"), ulp = join(components, "ulp/ulp_riscv/ulp_core");
	const ofChip = [`soc/${chip}/include`, `soc/${chip}/register`, `soc/${chip}`, `hal/${chip}/include`, `esp_rom/${chip}/include`, `esp_rom/${chip}/include/${chip}`, `esp_rom/${chip}`];
	// Newer versions have a component of its own for each peripheral's hardware layer.
	const perPeripheral = readdirSync(components).filter((name) => name.startsWith("esp_hal_")).flatMap((name) => [`${name}/include`, `${name}/${chip}/include`]);
	const includes = [...INCLUDES, ...ofChip, ...perPeripheral].map((part) => join(components, part)).filter((path) => existsSync(path));
	const settings = join(folder, chip);
	writeSettings(settings, chip);
	return {
		origin: 0,
		flags: [`-I${settings}`, ...includes.map((path) => `-I${path}`), "-DIS_ULP_COCPU", "-DULP_RISCV_REGISTER_OPS"],
		headers: [join(ulp, "include")],
		sources: [join(packageRoot, "hosts/ulp/esp32s3/port.c"), join(ulp, "ulp_riscv_utils.c"), join(ulp, "ulp_riscv_adc.c")],
		link: [`-T${join(components, "ulp/ld", `${chip}.peripherals.ld`)}`],
	};
}

/** What ESP-IDF's headers ask sdkconfig.h for. */
function writeSettings(folder: string, chip: string): void {
	const upper = chip.toUpperCase(), text = [`CONFIG_IDF_TARGET_${upper}`, "CONFIG_ULP_COPROC_ENABLED", "CONFIG_ULP_COPROC_TYPE_RISCV"]
		.map((name) => `#define ${name} 1\n`).join("") + `#define CONFIG_IDF_TARGET "${chip}"\n`;
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, "sdkconfig.h"), text);
}
