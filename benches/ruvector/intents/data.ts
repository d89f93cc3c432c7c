/** Labelled sentences of the real data, and a tenth of them by a hash of the text: the same as tools/train/embedder/data.py keeps aside. */

import { gunzipSync } from "node:zlib";
import { hash, spread } from "ruvllm-esp32/ruvector/text/hash";
import { dataFile } from "../../../tools/bench/program.ts";

export interface Labelled { text: string; intent: string }

export const SPLIT_SEED = 1;
export const heldOut = (text: string): boolean => Math.floor(spread(hash(text) ^ SPLIT_SEED) * 10 / 2 ** 32) === 0;

/** Lines with tabs, the first with the names of columns; undefined where the file is absent. */
export function tableOf(folder: string, file: string, intent: string, text: string): Labelled[] | undefined {
	const bytes = dataFile(folder, file), rows = (bytes && file.endsWith(".gz") ? gunzipSync(bytes) : bytes)?.toString("utf8").trimEnd().split("\n").map((line) => line.split("\t"));
	const names = rows?.shift();
	return rows?.map((row) => ({ text: row[names!.indexOf(text)]!, intent: row[names!.indexOf(intent)]! }));
}

/** A part of clinc150: train, val, oos_train, oos_val. */
export function clincOf(folder: string, part: string): Labelled[] | undefined {
	const file = dataFile(folder, "clinc150/train_val.json");
	return file && (JSON.parse(file.toString("utf8")) as Record<string, [string, string][]>)[part]!.map(([text, intent]) => ({ text, intent }));
}

/** As the programs read them: a line each, the intent, a tab, the text. */
export const linesOf = (examples: readonly Labelled[]): Uint8Array => Buffer.from(examples.map(({ text, intent }) => `${intent}\t${text.replace(/\s+/g, " ")}\n`).join(""));
