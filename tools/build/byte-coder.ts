/** XS's own parser and coder as programs of this computer (hosts/common/compiler): modules to C. */

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { cFiles, Compiler, hash } from "./compiler.ts";
import { layout, type Layout } from "./layout.ts";
import { cacheRoot, packageRoot } from "./paths.ts";
import { fetchXsSource } from "./xs-source.ts";

export interface ByteCoder {
	/** The executable. */
	executable: string;
	/** XS as compiled for this computer, for those who link it. */
	engine: readonly string[];
	folders: Layout;
}

/** @param program module-compiler (code for any machine) or image-compiler (all modules of one image) */
export async function buildByteCoder(program: "module-compiler" | "image-compiler", title: string): Promise<ByteCoder> {
	const xs = await fetchXsSource();
	const folders = layout(xs, "desktop");
	const compiler = new Compiler();
	const engine = await compiler.compile(`${title} (XS, once)`, cFiles(join(xs, "sources")).map((source) => folders.unit(source, ["-O2", "-w"])));
	const sources = [
		...[`compiler/${program}.c`, "compiler/compile.c", "machine.c", "module-names.c", "line-map.c", "report.c"].map((name) => join(packageRoot, "hosts/common", name)),
		join(packageRoot, "hosts/desktop/modules.c"),
	];
	const objects = [...engine, ...await compiler.compile("building the byte code compiler", sources.map((source) => folders.unit(source, ["-O2"])))];
	const folder = join(cacheRoot(), "desktop");
	const executable = join(folder, `${program}-${hash(...objects)}`);
	if (!existsSync(executable)) {
		mkdirSync(folder, { recursive: true });
		await compiler.link(objects, executable);
	}
	return { executable, engine, folders };
}
