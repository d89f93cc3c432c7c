/** The C compiler, and a cache of what it made: an object is never compiled twice from the same text. */

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { BuildError } from "./errors.ts";
import { cacheRoot } from "./paths.ts";
import { Progress } from "./progress.ts";

export interface Unit {
	source: string;
	flags: readonly string[];
	/** Headers that the source may include, and folders of such. */
	headers: readonly string[];
}

export const hash = (...parts: (string | Buffer)[]): string => {
	const sum = createHash("sha256");
	for (const part of parts)
		sum.update(part).update("\0");
	return sum.digest("hex").slice(0, 32);
};

/** The C files (and assembly) of a folder, sorted. */
export const cFiles = (folder: string, ending = /\.c$/): string[] =>
	readdirSync(folder).filter((name) => ending.test(name)).sort().map((name) => join(folder, name));

export class Compiler {
	readonly command: string;
	private readonly identity: string;
	private readonly headerHashes = new Map<string, string>();
	private readonly objects = join(cacheRoot(), "objects");

	/**
	 * @param command a cross compiler; the computer's own when there is none
	 * @param packages what Debian calls it
	 */
	constructor(command?: string, packages = "gcc libc6-dev") {
		this.command = command ?? (process.env.CC || "cc");
		try {
			this.identity = hash(this.command, execFileSync(this.command, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }), processor());
		}
		catch {
			throw new BuildError(`there is no C compiler (${this.command}): install one with \`sudo apt-get install ${packages}\``);
		}
		mkdirSync(this.objects, { recursive: true });
	}

	/** Compiles what has changed, as many at a time as there are processors; gives the objects in order. */
	async compile(title: string, units: readonly Unit[]): Promise<string[]> {
		const objects = units.map((unit) => this.objectOf(unit));
		const waiting = units.map((unit, i) => ({ unit, object: objects[i]! })).filter(({ object }) => !existsSync(object));
		waiting.sort((a, b) => statSync(b.unit.source).size - statSync(a.unit.source).size); // the longest first
		const progress = new Progress(title, waiting.length);
		const worker = async (): Promise<void> => {
			for (let job = waiting.shift(); job; job = waiting.shift()) {
				progress.step();
				await this.create(job.object, [...job.unit.flags, "-c", job.unit.source], basename(job.unit.source));
			}
		};
		try {
			await Promise.all(Array.from({ length: availableParallelism() }, worker));
		}
		finally {
			waiting.length = 0;
			progress.end();
		}
		return objects;
	}

	/** Links objects to an executable. */
	async link(objects: readonly string[], executable: string, flags: readonly string[] = [], libraries = ["-lm", "-lpthread", "-ldl"]): Promise<void> {
		await this.create(executable, [...flags, ...objects, ...libraries], basename(executable));
	}

	private objectOf(unit: Unit): string {
		const headers = unit.headers.map((folder) => this.headersOf(folder));
		const key = hash(this.identity, ...unit.flags, ...headers, readFileSync(unit.source));
		return join(this.objects, `${basename(unit.source).replace(/\.[cS]$/, "")}-${key}.o`);
	}

	private headersOf(folder: string): string {
		let known = this.headerHashes.get(folder);
		if (!known) {
			const files = folder.endsWith(".h") ? [folder] : readdirSync(folder).filter((name) => name.endsWith(".h")).sort().map((name) => join(folder, name));
			known = hash(...files.flatMap((file) => [basename(file), readFileSync(file)]));
			this.headerHashes.set(folder, known);
		}
		return known;
	}

	/** Runs the compiler; the output appears whole or not at all. */
	private create(output: string, args: string[], what: string): Promise<void> {
		const fresh = `${output}.${process.pid}`;
		return new Promise((resolve, reject) => {
			execFile(this.command, [...args, "-o", fresh], { maxBuffer: 1 << 26 }, (error, _stdout, stderr) => {
				if (error) {
					rmSync(fresh, { force: true });
					reject(new BuildError(/fatal error: std\w+\.h/.test(stderr)
						? "the C library's headers are missing: install them with `sudo apt-get install gcc libc6-dev`"
						: `${what} can't be built:\n${stderr.trim() || error.message}`));
				}
				else {
					renameSync(fresh, output);
					resolve();
				}
			});
		});
	}
}

/** What -march=native depends on. */
export function processor(): string {
	try {
		const text = readFileSync("/proc/cpuinfo", "utf8").split("\n\n", 1)[0]!;
		return text.split("\n").filter((line) => /^(model|vendor_id|cpu family|stepping|flags|Features|CPU)/.test(line)).join("\n");
	}
	catch {
		return process.arch;
	}
}
