/** Builds the desktop host: XS, the kernels and all modules of src/ in one executable. */

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildByteCoder } from "./byte-coder.ts";
import { cFiles, Compiler, hash, type Unit } from "./compiler.ts";
import { findCryptoLibrary } from "./crypto-library.ts";
import { byteCode, findModules, identifier, type Module } from "./modules.ts";
import { cacheRoot, packageRoot } from "./paths.ts";
import { isCurrent, writeStamp } from "./stamp.ts";

export interface DesktopOptions {
	/** Checks memory and arithmetic of the host's and the kernels' C at run time; a separate executable. */
	sanitize?: boolean;
	/** Kernels in plain C, without this processor's vector instructions; a separate executable. */
	portable?: boolean;
}

const SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer", "-g"];

/** Builds what has changed. Takes a few milliseconds when nothing has. */
export async function buildDesktopHost(options: DesktopOptions = {}): Promise<{ executable: string }> {
	const name = `host${options.portable ? "-portable" : ""}${options.sanitize ? "-sanitized" : ""}`;
	const executable = join(cacheRoot(), "desktop", name);
	if (!isCurrent(executable)) {
		mkdirSync(join(cacheRoot(), "desktop"), { recursive: true });
		await build(executable, options);
	}
	return { executable };
}

async function build(executable: string, options: DesktopOptions): Promise<void> {
	const sanitizers = options.sanitize ? SANITIZERS : [];
	const target = options.portable ? [] : ["-march=native"];
	const finished = writeStamp(executable);
	const compiler = new Compiler();
	const title = "building the desktop host";
	const { executable: byteCoder, engine, folders } = await buildByteCoder("module-compiler", title);
	const modules = findModules("desktop");
	const outputs = await byteCode(modules, byteCoder);
	const own = (folder: string, ...flags: string[]): Unit[] =>
		cFiles(join(packageRoot, folder)).map((source) => folders.unit(source, [...flags, ...sanitizers]));
	const library = findCryptoLibrary(compiler.command);
	// Kernels are bound to a variant where they are called, so the glue needs the same target.
	const glue = own("native/xs", "-O2", "-DRV_HAS_WORKER", ...target);
	const objects = await compiler.compile(title, [
		...own("native", "-O3", ...target),
		...own("native/x86", "-O3", ...target),
		...glue.map((unit) => library && basename(unit.source) === "crypto-glue.c"
			? { ...unit, flags: [...unit.flags, ...library.flags], headers: [...unit.headers, ...library.headers] } : unit),
		...own("hosts/common", "-O2"),
		...own("hosts/desktop", "-O2"),
		...[...outputs, writeTable(modules)].map((source) => folders.unit(source, ["-O1"])),
	]);
	await compiler.link([...engine, ...objects, ...library?.libraries ?? []], executable, sanitizers);
	finished();
}

/** The table that the host looks modules up in (hosts/common/linked.h). */
function writeTable(modules: readonly Module[]): string {
	const names = modules.map(({ specifier }) => identifier(specifier));
	const text = [
		'#include "linked.h"',
		...names.map((name) => `extern const struct linked linked_${name};`),
		"static const struct linked *const table[] = {", ...names.map((name) => `\t&linked_${name},`), "};",
		`int linked_count(void)\n{\n\treturn ${names.length};\n}`,
		"const struct linked *linked_at(int index)\n{\n\treturn table[index];\n}",
		"",
	].join("\n");
	const file = join(cacheRoot(), "modules", `table-${hash(text)}.c`);
	writeFileSync(`${file}.${process.pid}`, text);
	renameSync(`${file}.${process.pid}`, file);
	return file;
}
