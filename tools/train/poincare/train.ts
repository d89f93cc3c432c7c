/** Trains Poincare embeddings with poincare.c, and rounds them to 16 bits inside the unit ball. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "../../build/errors.ts";
import { cacheRoot, packageRoot } from "../../build/paths.ts";
import type { Hierarchy } from "./hierarchy.ts";

export interface PoincareOptions {
	/** Coordinates of a point, 2 to 64. */
	dims: number;
	/** Times that each pair is learned. */
	epochs: number;
	/** Learning rate after the burn-in. */
	rate: number;
	/** Points that each pair is compared with. */
	negatives: number;
	/** Epochs at a tenth of the rate before the others. */
	burnIn: number;
	seed: number;
	/** Largest norm. Nearer to 1, 16 bits no longer tell 1 - |p|^2 of two points apart. */
	maxNorm: number;
}

export const DEFAULTS: Readonly<PoincareOptions> = { dims: 5, epochs: 1000, rate: 0.03, negatives: 50, burnIn: 20, seed: 1, maxNorm: 0.9999 };

/** What one is in a stored coordinate. */
export const ONE = 32767;

/** Points of doubles, one after the other. @throws BuildError without gcc, or for options out of range */
export function trainPoincare({ names, pairs }: Hierarchy, options: Partial<PoincareOptions> = {}): Float64Array {
	const o = { ...DEFAULTS, ...options };
	check(o);
	const { status, stdout } = spawnSync(trainer(), [names.length, o.dims, o.epochs, o.rate, o.negatives, o.burnIn, o.seed, o.maxNorm].map(String), {
		input: pairs.map(([child, ancestor]) => `${child} ${ancestor}\n`).join(""), encoding: "utf8", maxBuffer: 1 << 30,
	});
	if (status !== 0)
		throw new BuildError(`the trainer of Poincare embeddings ended with ${status}`);
	const points = Float64Array.from(stdout.trim().split(/\s+/), Number);
	if (points.length !== names.length * o.dims || !points.every(Number.isFinite))
		throw new BuildError("the embeddings are no numbers: take a lower --lr");
	return points;
}

function check(o: PoincareOptions): void {
	const ranges: [keyof PoincareOptions, number, number][] = [["dims", 2, 64], ["epochs", 1, 100000], ["negatives", 1, 1000], ["burnIn", 0, 100000], ["seed", 0, 2 ** 31]];
	for (const [name, from, to] of ranges)
		if (!Number.isInteger(o[name]) || o[name] < from || o[name] > to)
			throw new BuildError(`${name} is ${o[name]}; it can be ${from} to ${to}`);
	if (!(o.rate > 0 && o.rate <= 10) || !(o.maxNorm > 0 && o.maxNorm < 1))
		throw new BuildError(`the learning rate ${o.rate} has to be above 0 and at most 10, the largest norm ${o.maxNorm} between 0 and 1`);
}

/** The compiled poincare.c, in the cache. */
function trainer(): string {
	const source = join(packageRoot, "tools/train/poincare/poincare.c"), folder = join(cacheRoot(), "train");
	const path = join(folder, `poincare-${createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16)}`);
	if (!existsSync(path)) {
		mkdirSync(folder, { recursive: true });
		// No fused multiplication: the same bits on every computer of one architecture and C library.
		const { status, stderr, error } = spawnSync("gcc", ["-O3", "-ffp-contract=off", "-std=c99", "-D_GNU_SOURCE", source, "-o", `${path}.new`, "-lm"], { encoding: "utf8" });
		if (error)
			throw new BuildError("training needs gcc: sudo apt-get install gcc libc6-dev");
		if (status !== 0)
			throw new BuildError(`gcc refuses ${source}: ${stderr}`);
		renameSync(`${path}.new`, path);
	}
	return path;
}

/** round(x * 32767) of each coordinate; a point whose rounding would leave the ball goes towards its centre. */
export function quantisePoincare(points: Float64Array, dims: number): Int16Array {
	const out = new Int16Array(points.length);
	for (let at = 0; at < points.length; at += dims)
		for (let scale = ONE, inside = false; !inside; scale--) {
			let squares = 0;
			for (let i = at; i < at + dims; i++) {
				out[i] = Math.round(points[i]! * scale);
				squares += out[i]! * out[i]!;
			}
			inside = squares < ONE * ONE;
		}
	return out;
}
