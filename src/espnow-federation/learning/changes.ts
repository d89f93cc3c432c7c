/** The changes of one round, as they come in; and the list of those that count. */

import { MOST_SHIFT } from "ruvllm-esp32/espnow-federation/learning/delta";
import type { Contribution } from "ruvllm-esp32/espnow-federation/learning/merge";
import { CHANGE_HEAD, ENTRY, getAddress, HEAD, MOST_ENTRIES, putAddress } from "ruvllm-esp32/espnow-federation/learning/messages";
import { crcOf } from "ruvllm-esp32/espnow-federation/learning/version";

export interface Change extends Contribution {
	/** Of its message, from byte 16 on. */
	crc: number;
	/** That board's lessons are not all right yet. */
	wants: boolean;
}

export interface Listed {
	address: number;
	crc: number;
}

/** Lessons that count, at most. */
const MOST_WEIGHT = 64;
/** Beside a shift: this board's lessons are not all right yet. */
const WANTS = 128;

/** What is the same in a message of a change on all ways: its checksum. */
export const crcOfChange = (bytes: Uint8Array): number => crcOf(bytes, HEAD, bytes.length - HEAD, 0);

/** @param bytes a message of the right length, which stays with the change. @returns undefined for a shift that can't be */
export function readChange(bytes: Uint8Array): Change | undefined {
	const shift = bytes[HEAD + 7]! & ~WANTS;
	return shift > MOST_SHIFT ? undefined : {
		address: getAddress(new DataView(bytes.buffer, bytes.byteOffset), HEAD), weight: Math.min(MOST_WEIGHT, bytes[HEAD + 6]!), shift, wants: bytes[HEAD + 7]! >= WANTS,
		values: new Int8Array(bytes.buffer, bytes.byteOffset + CHANGE_HEAD, bytes.length - CHANGE_HEAD), crc: crcOfChange(bytes),
	};
}

/** Into a message with a head. */
export function writeChange(bytes: Uint8Array, address: number, lessons: number, shift: number, wants: boolean, values: Int8Array): void {
	putAddress(new DataView(bytes.buffer), HEAD, address);
	bytes.set([Math.min(MOST_WEIGHT, lessons), shift | (wants ? WANTS : 0)], HEAD + 6);
	bytes.set(new Uint8Array(values.buffer), CHANGE_HEAD);
}

export class Changes {
	readonly #changes = new Map<number, Change>();
	/** What counts; undefined before it is known. */
	list: readonly Listed[] | undefined;

	get(address: number): Change | undefined {
		return this.#changes.get(address);
	}
	has(address: number): boolean {
		return this.#changes.has(address);
	}
	set(change: Change): void {
		this.#changes.set(change.address, change);
	}
	clear(): void {
		this.#changes.clear();
		this.list = undefined;
	}

	/** Those that are here, in the order of addresses. */
	all(): Change[] {
		return [...this.#changes.values()].sort((a, b) => a.address - b.address).slice(0, MOST_ENTRIES);
	}
	/** Listed ones that are not here, or not as listed. */
	missing(): Listed[] {
		return (this.list ?? []).filter(({ address, crc }) => this.#changes.get(address)?.crc !== crc);
	}
	/** The listed ones, when all are here. */
	complete(): Change[] | undefined {
		return this.list && !this.missing().length ? this.list.map(({ address }) => this.#changes.get(address)!) : undefined;
	}
}

export function writeList(bytes: Uint8Array, list: readonly Listed[]): void {
	const view = new DataView(bytes.buffer);
	list.forEach(({ address, crc }, i) => {
		putAddress(view, HEAD + ENTRY * i, address);
		view.setUint32(HEAD + ENTRY * i + 8, crc, true);
	});
}

/** @returns undefined for one that is not in the order of addresses */
export function readList(bytes: Uint8Array, entries: number): Listed[] | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset), list: Listed[] = [];
	for (let i = 0, last = -1; i < entries; i++) {
		const address = getAddress(view, HEAD + ENTRY * i);
		if (address <= last)
			return undefined;
		list.push({ address: last = address, crc: view.getUint32(HEAD + ENTRY * i + 8, true) });
	}
	return list;
}
