/**
 * node bin/tool.mjs tools/snn/streams/unpack-cat.ts opensfx.cat FOLDER: the recordings of OpenTTD's set of sounds as WAV
 * files, for --noise. The file begins with a table of places and lengths; at each place is a title, then the WAV file.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StreamError } from "./stream.ts";

/** Shorter ones are knocks and clicks. */
const LEAST_SECONDS = 1;

/** WAV files by a name that is made from the title. */
export function unpackCat(file: Buffer): Map<string, Buffer> {
	const recordings = new Map<string, Buffer>(), size = file.length < 8 ? 0 : file.readUInt32LE(0) & 0x7fffffff;
	if (size === 0 || size % 8 !== 0 || size > file.length)
		throw new StreamError("this is no set of sounds of OpenTTD");
	for (let entry = 0; entry < size; entry += 8) {
		const at = file.readUInt32LE(entry) & 0x7fffffff, riff = at + 1 + (file[at] ?? 0);
		if (riff + 44 > file.length || file.toString("latin1", riff, riff + 4) !== "RIFF")
			throw new StreamError(`entry ${entry / 8} is no WAV file`);
		const title = file.toString("latin1", at + 1, riff).match(/"([^"]+)"/)?.[1] ?? "", bytesPerSecond = file.readUInt32LE(riff + 28);
		const name = `${String(entry / 8).padStart(2, "0")}-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}.wav`;
		const wav = file.subarray(riff, riff + 8 + file.readUInt32LE(riff + 4));
		if (wav.length > LEAST_SECONDS * bytesPerSecond)
			recordings.set(name, wav);
	}
	return recordings;
}

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	const [cat, folder] = argv.slice(2);
	try {
		if (cat === undefined || folder === undefined)
			throw new StreamError("say which file, and which folder its recordings go to");
		const recordings = unpackCat(readFileSync(cat));
		mkdirSync(folder, { recursive: true });
		for (const [name, wav] of recordings)
			writeFileSync(join(folder, name), wav);
	}
	catch (error) {
		if (!(error instanceof StreamError) && (error as NodeJS.ErrnoException).code === undefined)
			throw error;
		console.error((error as Error).message);
		process.exitCode = 1;
	}
}
