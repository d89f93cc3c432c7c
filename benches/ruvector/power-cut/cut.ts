/** A run of operations on a log whose power is cut at every write; shared by the suite and the bench. */

import { AppendLog } from "ruvllm-esp32/core/storage/append-log";
import { crc32 } from "ruvllm-esp32/platform/kernels";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { NorFlash } from "./nor-flash";
import type { Draw } from "./draw";

export const CRC = crc32 as never;
const TYPES = 3;

export interface CutReport {
	operations: number;
	/** Writes at which the power was cut. */
	cuts: number;
	/** What was acknowledged and not there again, or there and never written; each a sentence. */
	lost: string[];
	/** Bytes programmed for each byte of payload. */
	amplification: number;
	erasures: number;
	wear: { least: number; most: number };
	full: number;
}

const nameOf = (type: number, key: number): number => type * 65536 + key;
const text = (bytes: Uint8Array | undefined): string => bytes ? Array.from(bytes).join() : "nothing";

/** Whether a log has exactly these records; a sentence about the first difference. */
export function difference(log: AppendLog, wanted: ReadonlyMap<number, Uint8Array>): string | undefined {
	let count = 0;
	for (let type = 0; type < TYPES; type++)
		log.forEach(type, () => { count++; });
	if (count !== wanted.size || log.count !== wanted.size)
		return `${count} records instead of ${wanted.size}`;
	for (const [name, bytes] of wanted) {
		const read = log.read(Math.floor(name / 65536), name & 65535);
		if (text(read) !== text(bytes))
			return `record ${name} is ${text(read)} instead of ${text(bytes)}`;
	}
	return undefined;
}

export function cutEverywhere(operations: number, random: Draw, { sectors = 6, sectorSize = 256, keys = 20, most = 60, tears = 2 } = {}): CutReport {
	const flash = new NorFlash(sectors * sectorSize, sectorSize), copy = new NorFlash(sectors * sectorSize, sectorSize), lost: string[] = [];
	let log = new AppendLog(flash, { capacity: 100, crc32: CRC });
	const before = new Map<number, Uint8Array>();
	let after: ReadonlyMap<number, Uint8Array> = before, cuts = 0, payload = 0, full = 0;
	flash.onWrite = (write) => {
		cuts++;
		for (let i = 0; i < tears; i++) {
			copy.copyOf(flash).tear(write, random);
			const again = new AppendLog(copy, { capacity: 100, crc32: CRC }), wrong = difference(again, before);
			if (wrong !== undefined && difference(again, after) !== undefined)
				lost.push(`cut ${cuts}, ${write.bytes ? "program" : "erase"} at ${write.start}: ${wrong}`);
			// And it goes on, with the power cut a second time.
			const kept = new Map(wrong === undefined ? before : after), more = random.bytes(1 + random.below(most));
			try {
				again.append(0, 7, more);
				kept.set(nameOf(0, 7), more);
			}
			catch (error) {
				if (!(error instanceof RuvllmError) || error.code !== "STORAGE_FULL")
					throw error;
			}
			const once = difference(new AppendLog(copy, { capacity: 100, crc32: CRC }), kept);
			if (once !== undefined)
				lost.push(`behind cut ${cuts}: ${once}`);
		}
	};
	for (let i = 0; i < operations; i++) {
		const type = random.below(TYPES), key = random.below(keys), name = nameOf(type, key), next = new Map(before);
		try {
			if (random.below(4)) {
				const bytes = random.bytes(random.below(most));
				next.set(name, bytes);
				after = next;
				log.append(type, key, bytes);
				payload += bytes.length;
			}
			else {
				next.delete(name);
				after = next;
				log.delete(type, key);
			}
			before.clear();
			for (const [one, bytes] of next)
				before.set(one, bytes);
		}
		catch (error) {
			if (!(error instanceof RuvllmError) || error.code !== "STORAGE_FULL")
				throw error;
			full++;
		}
		after = before;
		if (i % 100 === 99)
			log = new AppendLog(flash, { capacity: 100, crc32: CRC });
	}
	const wrong = difference(log, before);
	if (wrong !== undefined)
		lost.push(`at the end: ${wrong}`);
	return { operations, cuts, lost, amplification: flash.programmed / payload, erasures: flash.erasures, wear: log.wear, full };
}
