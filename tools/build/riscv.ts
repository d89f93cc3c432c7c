/**
 * Builds images for hosts/riscv: XS, the kernels and all modules, in one file for bare metal rv32imc (the
 * ESP32-C3's instruction set). Code is compiled to byte code here, so a program of the user is part of its image.
 */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { buildByteCoder } from "./byte-coder.ts";
import { cFiles, Compiler, hash } from "./compiler.ts";
import { BuildError } from "./errors.ts";
import { layout } from "./layout.ts";
import { findModules, toScripts } from "./modules.ts";
import { cacheRoot, packageRoot } from "./paths.ts";
import { CROSS_COMPILER, CROSS_PACKAGES, CROSS_TARGET } from "./qemu.ts";
import { isCurrent, writeStamp } from "./stamp.ts";
import { fetchXsSource } from "./xs-source.ts";

/* The counters are read by instructions that compilers and assemblers count as an extension; the C3 has them. */
const COMPILE = [...CROSS_TARGET, "-march=rv32imc_zicsr", "-Os", "-ffunction-sections", "-fdata-sections"];
const LINK = [...CROSS_TARGET, "-nostartfiles", "-Wl,--gc-sections", "-Wl,--no-warn-rwx-segments"];

/**
 * @param script a bundle made by bundleForXs, to be the program; else the firmware, src/main.ts
 * @returns the image's path. Takes milliseconds when nothing has changed.
 */
export async function buildRiscvImage(script?: string): Promise<string> {
	const folder = join(cacheRoot(), "riscv");
	mkdirSync(folder, { recursive: true });
	const image = join(folder, script === undefined ? "firmware.elf" : `${basename(script, ".js").replace(/-\d+$/, "")}-${hash(readFileSync(script))}.elf`);
	if (!isCurrent(image))
		await build(image, script);
	return image;
}

async function build(image: string, script: string | undefined): Promise<void> {
	const finished = writeStamp(image);
	const title = "building the riscv image";
	const compiler = new Compiler(CROSS_COMPILER, CROSS_PACKAGES);
	const xs = await fetchXsSource();
	const folders = layout(xs, "riscv");
	const coder = await buildByteCoder("image-compiler", title);
	const inPackage = (folder: string, flags: readonly string[] = [], ending = /\.c$/) =>
		cFiles(join(packageRoot, folder), ending).map((source) => folders.unit(source, [...COMPILE, ...flags]));
	// Handlers of a federation lie deeper than those of other programs: radio, frames, messages, sessions.
	const program = script === undefined ? [] : [`-DSTACK_SLOTS=${readFileSync(script, "utf8").includes("ruvllm-esp32/espnow-federation/") ? 1536 : 1280}`];
	const objects = await compiler.compile(title, [
		// -O2 for the interpreter alone is most of what -O2 gains.
		...cFiles(join(xs, "sources")).map((source) => folders.unit(source, [...COMPILE, "-w", ...(basename(source) === "xsRun.c" ? ["-O2"] : [])])),
		...inPackage("native"),
		...(existsSync(join(packageRoot, "native/riscv")) ? inPackage("native/riscv", [], /\.[cS]$/) : []),
		...inPackage("native/xs"),
		...inPackage("hosts/common").filter(({ source }) => !/\/(line-map|report)\.c$/.test(source)),
		...inPackage("hosts/riscv", [...program, "-fno-tree-loop-distribute-patterns"], /\.[cS]$/),
		folders.unit(await compileModules(coder.executable, script ?? join(packageRoot, "src/main.ts")), COMPILE),
	]);
	await compiler.link(objects, image, [...LINK, `-T${join(packageRoot, "hosts/riscv/linker.ld")}`], ["-lm"]);
	finished();
}

/**
 * The program and what it uses of src/ as one module, which comes last, and the ports. One, because each module costs
 * a hundred thousand instructions to load, and what nothing uses is left out.
 */
async function compileModules(coder: string, program: string): Promise<string> {
	const folder = join(cacheRoot(), "riscv", "modules");
	mkdirSync(folder, { recursive: true });
	const keep = (script: string): string => {
		const file = join(folder, `${hash(script)}.js`);
		if (!existsSync(file))
			writeFileSync(file, script);
		return file;
	};
	const kernels = join(packageRoot, "native", "xs");
	const alone = await inOneModule(program);
	// A port that throws typed errors shares their class with the program, so it is a module then, for both.
	const sharesErrors = /"ruvllm-esp32\/platform\/(power|crypto|radio)"/.test(alone);
	const script = sharesErrors ? await inOneModule(program, [ERRORS]) : alone;
	// Kernels that the program does not name are not linked: they would take flash of every firmware.
	const ports = findModules("riscv").filter(({ specifier, source }) => /\/platform\/(?!files$)/.test(specifier) && (!source.startsWith(kernels) || script.includes(`"${specifier}"`)));
	const shared = sharesErrors ? [{ specifier: ERRORS, source: join(packageRoot, "src/core/errors.ts") }] : [];
	const args = (await toScripts([...shared, ...ports])).flatMap(({ specifier, script }) => [specifier, keep(script)]);
	try {
		const { stdout } = await promisify(execFile)(coder, [...args, "program", keep(script)], { maxBuffer: 1 << 28 });
		const output = join(folder, `image-${hash(stdout)}.c`);
		writeFileSync(`${output}.${process.pid}`, stdout);
		renameSync(`${output}.${process.pid}`, output);
		return output;
	}
	catch (error) {
		throw new BuildError(`the modules can't be compiled:\n${(error as { stderr?: string }).stderr ?? error}`);
	}
}

const ERRORS = "ruvllm-esp32/core/errors";

/** The script of a program with all that it imports, but for the ports and the modules named. */
async function inOneModule(program: string, modules: readonly string[] = []): Promise<string> {
	const src = join(packageRoot, "src");
	const { build } = await import("esbuild");
	const { outputFiles } = await build({
		entryPoints: [program], bundle: true, format: "esm", platform: "neutral", target: "es2022", write: false, logLevel: "silent", legalComments: "none",
		plugins: [{
			name: "package",
			setup: ({ onResolve }) => onResolve({ filter: /^ruvllm-esp32\// }, ({ path }) => {
				if (path.startsWith("ruvllm-esp32/platform/") || modules.includes(path))
					return { path, external: true };
				const name = join(src, path.slice("ruvllm-esp32/".length));
				// What nothing uses of src/ is left out; only the firmware does something by being imported.
				return { path: existsSync(`${name}.ts`) ? `${name}.ts` : join(name, "index.ts"), sideEffects: path === "ruvllm-esp32/main" };
			}),
		}],
	}).catch((error: Error) => {
		throw new BuildError(error.message);
	});
	return outputFiles[0]!.text;
}
