/** Builds the desktop host: XS, the kernels and all modules of src/ in one executable. */

import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Compiler, hash, type Unit } from "./compiler.ts";
import { byteCode, findModules, identifier, type Module } from "./modules.ts";
import { cacheRoot, packageRoot } from "./paths.ts";
import { isCurrent, writeStamp } from "./stamp.ts";
import { fetchXsSource } from "./xs-source.ts";

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
	const xs = await fetchXsSource();
	const compiler = new Compiler();
	const folders = layout(xs);
	const title = "building the desktop host";
	const engine = await compiler.compile(`${title} (XS, once)`, cFiles(join(xs, "sources")).map((source) => folders.unit(source, ["-O2", "-w"])));
	const byteCoder = await buildByteCoder(compiler, folders, engine);
	const modules = findModules();
	const outputs = await byteCode(modules, byteCoder);
	const own = (folder: string, ...flags: string[]): Unit[] =>
		cFiles(join(packageRoot, folder)).map((source) => folders.unit(source, [...flags, ...sanitizers]));
	const objects = await compiler.compile(title, [
		...own("native", "-O3", ...target),
		...own("native/x86", "-O3", ...target),
		// Kernels are bound to a variant where they are called, so the glue needs the same target.
		...own("native/xs", "-O2", "-DRV_HAS_WORKER", ...target),
		...own("hosts/desktop", "-O2"),
		...[...outputs, writeTable(modules)].map((source) => folders.unit(source, ["-O1"])),
	]);
	await compiler.link([...engine, ...objects], executable, sanitizers);
	finished();
}

interface Layout {
	unit(source: string, flags: readonly string[]): Unit;
}

/** Flags and header folders that every C file shares; XS and its users must agree on them. */
function layout(xs: string): Layout {
	const own = ["hosts/desktop", "native", "native/xs", "native/x86"].map((folder) => join(packageRoot, folder));
	const engine = ["includes", "platforms", "sources"].map((folder) => join(xs, folder));
	const platform = join(packageRoot, "hosts/desktop/xs-platform.h");
	const defines = [
		"INCLUDE_XSPLATFORM", 'XSPLATFORM="xs-platform.h"', "_GNU_SOURCE", "mxRun=1", "mxParse=1", "mxBoundsCheck=1", "mxUnalignedAccess=0",
		"mxDebug=1", "mxUseDefaultDebug=1",
	].map((define) => `-D${define}`);
	return {
		unit: (source, flags) => ({
			source,
			flags: [...flags, ...defines, "-fno-common", ...[...engine, ...own].map((folder) => `-I${folder}`)],
			headers: source.startsWith(xs) ? [...engine, platform] : [...engine, ...own],
		}),
	};
}

/** The compiler of byte code is made of XS itself. */
async function buildByteCoder(compiler: Compiler, folders: Layout, engine: readonly string[]): Promise<string> {
	const sources = ["compiler/module-compiler.c", "machine.c", "modules.c", "line-map.c", "report.c"].map((name) => join(packageRoot, "hosts/desktop", name));
	const objects = [...engine, ...await compiler.compile("building the byte code compiler", sources.map((source) => folders.unit(source, ["-O2"])))];
	const executable = join(cacheRoot(), "desktop", `module-compiler-${hash(...objects)}`);
	if (!readdirSync(join(cacheRoot(), "desktop")).includes(`module-compiler-${hash(...objects)}`))
		await compiler.link(objects, executable);
	return executable;
}

const cFiles = (folder: string): string[] =>
	readdirSync(folder).filter((name) => name.endsWith(".c")).sort().map((name) => join(folder, name));

/** The table that the host looks modules up in (hosts/desktop/linked.h). */
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
