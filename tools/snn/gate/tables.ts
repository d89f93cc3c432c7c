/** Finds the table of a gate: a shipped one by its name, or a file; and reads from its head what a recording must be. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "../../build/errors.ts";
import { packageRoot } from "../../build/paths.ts";

export const GATES = ["sound", "falls", "heart"] as const;
export type GateName = (typeof GATES)[number];

export const gatePath = (name: string): string => join(packageRoot, "models", `gate-${name}.rvsn`);
/** Whether a gate is shipped. */
export const hasGate = (name: string): boolean => existsSync(gatePath(name));

/** What must be known before samples are read; all else is checked on XS. */
export interface TableHead {
	kind: "sound" | "sensor";
	channels: number;
	rate: number;
	hop: number;
}

/** @throws BuildError naming what there is */
export function findGate(name: string): Uint8Array {
	const path = (GATES as readonly string[]).includes(name) ? gatePath(name) : name;
	if (!existsSync(path))
		throw new BuildError(`there is no gate "${name}": give a table (.rvsn), or one of ${GATES.filter(hasGate).join(", ") || "(none is shipped)"}`);
	return readFileSync(path);
}

/** @throws BuildError */
export function headOf(table: Uint8Array): TableHead {
	const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
	if (table.length < 80 || view.getUint32(0, true) !== 0x4e535652)
		throw new BuildError("this is no table of a spiking gate (\"RVSN\")");
	const channels = view.getUint8(17), rate = view.getUint16(28, true), hop = view.getUint16(30, true);
	if (channels < 1 || channels > 8 || rate < 1 || hop < 1)
		throw new BuildError("the table of the gate is damaged; copy it again");
	return { kind: view.getUint8(16) ? "sensor" : "sound", channels, rate, hop };
}
