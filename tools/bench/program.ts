/** Programs of benches: TypeScript on XS that prints a line of JSON for each result, on any host. */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDesktopHost } from "../build/desktop.ts";
import { BuildError } from "../build/errors.ts";
import { packageRoot } from "../build/paths.ts";
import { bundleForXs, removeBundle } from "../build/user-script.ts";
import { type Host, type Launch, launchImage, riscvImage } from "../cli/hosts.ts";

export interface ProgramOptions {
	host?: Host;
	/** Files by the name under which `openAsset` finds them on riscv; on the desktop the program gets their paths, see `assetPath`. */
	assets?: ReadonlyMap<string, Uint8Array>;
	args?: readonly string[];
}

/**
 * Runs `file` (from the package's root) and gives what it printed, each line parsed. Its arguments are `args`, then the
 * assets as name=path, the path being what `openAsset` takes on that host. Lines that are no JSON go to stderr.
 * @throws BuildError when it ends with another exit code than 0
 */
export async function runProgram<T = unknown>(file: string, { host = "desktop", assets = new Map(), args = [] }: ProgramOptions = {}): Promise<T[]> {
	const script = await bundleForXs(join(packageRoot, file));
	try {
		const { command, args: line, cleanup } = host === "desktop" ? await onDesktop(script, assets, args)
			: launchImage(await riscvImage(script), assets, [...args, ...[...assets.keys()].map((name) => `${name}=${name}`)]);
		try {
			return await linesOf<T>(command, line, file);
		}
		finally {
			cleanup();
		}
	}
	finally {
		removeBundle(script);
	}
}

async function onDesktop(script: string, assets: ReadonlyMap<string, Uint8Array>, args: readonly string[]): Promise<Launch> {
	const { executable } = await buildDesktopHost();
	const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-bench-"));
	const named = [...assets].map(([name, bytes]) => {
		writeFileSync(join(folder, name), bytes);
		return `${name}=${join(folder, name)}`;
	});
	return { command: executable, args: [script, ...args, ...named], cleanup: () => rmSync(folder, { recursive: true, force: true }) };
}

function linesOf<T>(command: string, args: readonly string[], file: string): Promise<T[]> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] }), chunks: Buffer[] = [];
		child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
		child.on("error", reject);
		child.on("close", (code, signal) => {
			const results: T[] = [];
			for (const text of Buffer.concat(chunks).toString("utf8").split("\n").filter(Boolean))
				if (text.startsWith("{") || text.startsWith("["))
					results.push(JSON.parse(text) as T);
				else
					process.stderr.write(`${text}\n`);
			if (code === 0)
				resolve(results);
			else
				reject(new BuildError(`${file} ended with ${signal ?? `exit code ${code}`}`));
		});
	});
}

/** A file of the real data, or undefined where it is absent. */
export function dataFile(folder: string, name: string): Buffer | undefined {
	try {
		return readFileSync(join(folder, name));
	}
	catch {
		return undefined;
	}
}
