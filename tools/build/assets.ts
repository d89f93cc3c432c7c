/** The asset partition of hosts/riscv (hosts/riscv/assets.h): named files in one, aligned for vectors. */

import { BuildError } from "./errors.ts";

const NAME = 48, ENTRY = NAME + 8, ALIGN = 64;
/** As hosts/riscv/linker.ld has it. */
export const ASSETS_ADDRESS = 0x80180000, ASSETS_SIZE = 2560 * 1024;

/**
 * @param files contents by name
 * @param args the program's arguments
 * @throws BuildError when the flash does not hold them, with the numbers
 */
export function packAssets(files: ReadonlyMap<string, Uint8Array>, args: readonly string[]): Buffer {
	const all: [string, Uint8Array][] = [["args", Buffer.from(args.map((text) => `${text}\0`).join(""))], ...files];
	let end = roundUp(8 + all.length * ENTRY);
	const table = Buffer.alloc(end);
	table.write("RVAS", 0);
	table.writeUInt32LE(all.length, 4);
	const parts: Buffer[] = [table];
	for (const [i, [name, bytes]] of all.entries()) {
		if (Buffer.byteLength(name) >= NAME)
			throw new BuildError(`the asset name "${name}" is longer than ${NAME - 1} bytes`);
		table.write(name, 8 + i * ENTRY);
		table.writeUInt32LE(end, 8 + i * ENTRY + NAME);
		table.writeUInt32LE(bytes.length, 8 + i * ENTRY + NAME + 4);
		const padded = Buffer.alloc(roundUp(bytes.length));
		padded.set(bytes);
		parts.push(padded);
		end += padded.length;
	}
	if (end > ASSETS_SIZE)
		throw new BuildError(`the assets take ${end} bytes of flash and ${ASSETS_SIZE} are there: ${all.map(([name, { length }]) => `${name} ${length}`).join(", ")}`);
	return Buffer.concat(parts);
}

const roundUp = (value: number): number => Math.ceil(value / ALIGN) * ALIGN;
