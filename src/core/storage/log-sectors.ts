/** The sectors of a log: which are in use, in what order, and how often each was erased. */

import type { FlashDevice } from "ruvllm-esp32/core/storage/flash-device";
import { type Crc32, SECTOR_HEADER, SECTOR_MAGIC } from "ruvllm-esp32/core/storage/log-format";

export class LogSectors {
	readonly count: number;
	readonly #view: DataView;
	readonly #crc32: Crc32;
	/** Of each sector; 0: not in use. */
	readonly #sequence: Uint32Array;
	readonly #erasures: Uint32Array;
	#last = 0;
	#next = 0;

	constructor(readonly flash: FlashDevice, view: DataView, crc32: Crc32) {
		this.count = Math.floor(flash.byteLength / flash.sectorSize);
		this.#view = view;
		this.#crc32 = crc32;
		this.#sequence = new Uint32Array(this.count);
		this.#erasures = new Uint32Array(this.count);
		let most = 0;
		for (let sector = 0; sector < this.count; sector++) {
			const at = sector * flash.sectorSize;
			if (view.getUint32(at, true) !== SECTOR_MAGIC || view.getUint32(at + 12, true) !== crc32(view.buffer, at, 12, 0))
				continue;
			this.#sequence[sector] = view.getUint32(at + 4, true);
			this.#erasures[sector] = view.getUint32(at + 8, true);
			most = Math.max(most, this.#erasures[sector]!);
			if (this.#sequence[sector]! > this.#last) {
				this.#last = this.#sequence[sector]!;
				this.#next = (sector + 1) % this.count;
			}
		}
		/*
		 * One sector is always free but while the oldest is moved: then the newest has only copies of what the oldest still has, and
		 * perhaps a half-written one. The move begins again.
		 */
		if (this.#free() === 0)
			this.release(this.#sequence.indexOf(this.#last));
		// A count that was lost with its header is not below those that are known.
		for (let sector = 0; sector < this.count; sector++)
			if (!this.#sequence[sector])
				this.#erasures[sector] = most;
	}

	get byteLength(): number {
		return 8 * this.count;
	}
	get wear(): { least: number; most: number } {
		return { least: Math.min(...this.#erasures), most: Math.max(...this.#erasures) };
	}
	/** Sectors in use, oldest first. */
	inOrder(): number[] {
		return Array.from(this.#sequence.keys()).filter((sector) => this.#sequence[sector]).sort((a, b) => this.#sequence[a]! - this.#sequence[b]!);
	}
	get oldest(): number {
		return this.inOrder()[0]!;
	}
	/** Whether a sector can be opened that is not the last free one. */
	get canOpen(): boolean {
		return this.#free() > 1;
	}
	/** Erases a free sector and makes it the newest; gives where its first record goes. */
	open(): number {
		let sector = this.#next;
		while (this.#sequence[sector])
			sector = (sector + 1) % this.count;
		const at = sector * this.flash.sectorSize, header = new Uint8Array(SECTOR_HEADER), view = new DataView(header.buffer);
		// Erased now and not when it was freed: an erasure that a power cut broke off may look whole.
		this.flash.erase(sector);
		this.#erasures[sector]!++;
		view.setUint32(0, SECTOR_MAGIC, true);
		view.setUint32(4, this.#last + 1, true);
		view.setUint32(8, this.#erasures[sector]!, true);
		view.setUint32(12, this.#crc32(header.buffer, 0, 12, 0), true);
		this.flash.program(at, header);
		this.#sequence[sector] = ++this.#last;
		this.#next = (sector + 1) % this.count;
		return at + SECTOR_HEADER;
	}
	/** Frees a sector, of which nothing is needed any more. Its header goes first: half of its records must never come back. */
	release(sector: number): void {
		this.flash.program(sector * this.flash.sectorSize, new Uint8Array(4));
		this.#sequence[sector] = 0;
	}

	#free(): number {
		let free = 0;
		for (const sequence of this.#sequence)
			free += Number(sequence === 0);
		return free;
	}
}
