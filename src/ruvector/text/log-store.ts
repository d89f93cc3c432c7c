/** A store of records in a log: what memories keep survives a power cut. */

import type { AppendLog } from "ruvllm-esp32/core/storage/append-log";
import type { Pinned } from "ruvllm-esp32/platform/kernels";
import type { RecordStore } from "ruvllm-esp32/ruvector/text/record-store";

/** Several stores share a log, each with a type of its own. */
export class LogStore implements RecordStore {
	readonly bytes: Pinned;
	readonly #log: AppendLog;
	readonly #type: number;

	/** @param type 0 to 254 */
	constructor(log: AppendLog, type: number) {
		this.#log = log;
		this.#type = type;
		this.bytes = log.bytes as Pinned;
	}

	set onMove(moved: (key: number, offset: number) => void) {
		this.#log.watch(this.#type, moved);
	}
	append(key: number, record: Uint8Array): number {
		return this.#log.append(this.#type, key, record);
	}
	delete(key: number): void {
		this.#log.delete(this.#type, key);
	}
	forEach(visit: (key: number, offset: number, size: number) => void): void {
		this.#log.forEach(this.#type, visit);
	}
}
