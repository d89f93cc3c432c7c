/** Whether an executable is newer than all that it was made from: by sizes and times, without reading. */

import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hash, processor } from "./compiler.ts";
import { cryptoIdentity } from "./crypto-library.ts";
import { filesUnder } from "./modules.ts";
import { packageRoot } from "./paths.ts";

/** Sizes and times of the host's sources, of this tool and of the library that may be there. */
function inventory(): string {
	const files = ["src", "native", "hosts/common", "hosts/desktop", "hosts/riscv", "hosts/ulp", "tools/build"].flatMap((folder) => filesUnder(join(packageRoot, folder)));
	const lines = [...files, join(packageRoot, "package.json")].map((file) => {
		const { size, mtimeMs } = statSync(file);
		return `${file} ${size} ${mtimeMs}`;
	});
	return hash(...lines, processor(), process.env.CC ?? "", cryptoIdentity());
}

export function isCurrent(executable: string): boolean {
	const stamp = `${executable}.stamp`;
	return existsSync(executable) && existsSync(stamp) && readFileSync(stamp, "utf8") === inventory();
}

/** Notes the sources as they are now; the result, to be called once the executable is there, writes that down. */
export function writeStamp(executable: string): () => void {
	const found = inventory();
	return () => {
		writeFileSync(`${executable}.stamp.${process.pid}`, found);
		renameSync(`${executable}.stamp.${process.pid}`, `${executable}.stamp`);
	};
}
