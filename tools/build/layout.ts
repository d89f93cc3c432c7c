/** Flags and header folders that every C file of a host shares; XS and its users must agree on them. */

import { join } from "node:path";
import type { Unit } from "./compiler.ts";
import { packageRoot } from "./paths.ts";

export interface Layout {
	unit(source: string, flags: readonly string[]): Unit;
}

const DEFINES = ["INCLUDE_XSPLATFORM", 'XSPLATFORM="xs-platform.h"', "_GNU_SOURCE", "mxRun=1", "mxBoundsCheck=1", "mxUnalignedAccess=0"];
const OF_HOST = {
	// The debug build is what gives stacks their lines.
	desktop: ["mxParse=1", "mxDebug=1", "mxUseDefaultDebug=1"],
	riscv: [],
};

/** @param xs the folder of XS's source */
export function layout(xs: string, host: keyof typeof OF_HOST): Layout {
	const own = [`hosts/${host}`, "hosts/common", "hosts/common/compiler", "native", "native/xs", "native/x86"].map((folder) => join(packageRoot, folder));
	const engine = ["includes", "platforms", "sources"].map((folder) => join(xs, folder));
	const platform = join(packageRoot, "hosts", host, "xs-platform.h");
	const defines = [...DEFINES, ...OF_HOST[host]].map((define) => `-D${define}`);
	return {
		unit: (source, flags) => ({
			source,
			flags: [...flags, ...defines, "-fno-common", ...[...engine, ...own].map((folder) => `-I${folder}`)],
			headers: source.startsWith(xs) ? [...engine, platform] : [...engine, ...own],
		}),
	};
}
