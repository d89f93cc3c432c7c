/** What memory the manifest gives to XS on a board. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BuildError } from "../build/errors.ts";
import { packageRoot } from "../build/paths.ts";

/** Bytes. */
export interface XsHeap {
	slots: number;
	chunks: number;
	stack: number;
	/** Tables of names. */
	keys: number;
	/** The stack of the task that runs XS and the natives. */
	cStack: number;
}

interface Creation {
	static?: number;
	chunk?: { initial?: number };
	heap?: { initial?: number };
	stack?: number;
	keys?: { initial?: number; name?: number; symbol?: number };
	nativeStack?: number;
}

/** A slot on a 32-bit chip. */
const SLOT = 16;
/** The SDK's stack of that task when "nativeStack" is not given (build/devices/esp32/lib/main/main.c). */
const NATIVE_STACK = 10 * 1024;

interface Manifest {
	creation?: Creation;
	platforms?: Record<string, { creation?: Creation }>;
}

/** @throws BuildError */
function read(manifest: string): Manifest {
	try {
		return JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
	}
	catch (error) {
		throw new BuildError(`${manifest} can't be read as a manifest: ${(error as Error).message}`);
	}
}

/** @param manifest a manifest.json; of `creation` the chip's own lines stand over those for all boards, and these over the rest */
export function xsHeap(chip: string, manifest = join(packageRoot, "manifest.json")): XsHeap {
	const { creation: common = {}, platforms = {} } = read(manifest);
	const creation = [platforms.esp32?.creation, platforms[`esp32/${chip}`]?.creation].reduce<Creation>((all, own) => ({
		...all, ...own, chunk: { ...all.chunk, ...own?.chunk }, heap: { ...all.heap, ...own?.heap }, keys: { ...all.keys, ...own?.keys },
	}), common);
	const known = (name: string, value: number | undefined): number => {
		if (!Number.isInteger(value) || value! < 0)
			throw new BuildError(`${manifest}: "creation" lacks ${name}; without it the SDK chooses, and nobody knows what is left`);
		return value!;
	};
	const stack = SLOT * known("stack", creation.stack), cStack = creation.nativeStack || NATIVE_STACK;
	const names = 4 * (known("keys.initial", creation.keys?.initial) + known("keys.name", creation.keys?.name) + known("keys.symbol", creation.keys?.symbol));
	// One block for everything, when "static" says so.
	if (creation.static)
		return { slots: 0, chunks: creation.static - stack - names, stack, keys: names, cStack };
	return { slots: SLOT * known("heap.initial", creation.heap?.initial), chunks: known("chunk.initial", creation.chunk?.initial), stack, keys: names, cStack };
}
