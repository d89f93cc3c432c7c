/**
 * A model in flash, in its place from the first sector on, so that it can be run where it lies; behind it two places for manifests,
 * of which the newer whole one counts. No list of chunks is kept: which are there is found by hashing (holdings), so that nothing
 * can say of a half-written chunk that it is whole.
 *
 * A place: 16 bytes of a SHA-256 over what follows, magic, sequence, bytes of the manifest, 0, the manifest. The first 32 bytes are
 * programmed last.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { FlashDevice } from "ruvllm-esp32/core/storage/flash-device";
import type { ChunkStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { CHUNK_BYTES, type Hash, longestManifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";

const MAGIC = 0x4d535652;
const CHECK = 16;
const HEADER = 32;
const NONE = -1;

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

export class FlashStore implements ChunkStore {
	readonly bytes: Uint8Array;
	readonly capacity: number;
	readonly manifestCapacity: number;
	readonly #flash: FlashDevice;
	readonly #view: DataView;
	readonly #hash: Hash;
	/** Where the places begin, and bytes of one. */
	readonly #places: number;
	readonly #placeBytes: number;
	/** 0 or 1: whose manifest counts; or NONE. */
	#current = NONE;
	#sequence = 0;
	#draftBytes = 0;

	/**
	 * @param flash a partition (ruvllm-esp32/platform/flash) of its own
	 * @throws RuvllmError DISTRIBUTION_STORAGE when it has no room for a chunk, or sectors that chunks do not divide into
	 */
	constructor(flash: FlashDevice, hash: Hash) {
		const place = (chunks: number): number => roundUp(HEADER + longestManifest(chunks), flash.sectorSize);
		let capacity = Math.floor(flash.byteLength / CHUNK_BYTES);
		while (capacity > 0 && capacity * CHUNK_BYTES + 2 * place(capacity) > flash.byteLength)
			capacity--;
		if (capacity < 1 || CHUNK_BYTES % flash.sectorSize)
			throw new RuvllmError("DISTRIBUTION_STORAGE", `a flash of ${flash.byteLength} bytes in sectors of ${flash.sectorSize} keeps no model; take 12 KB at least, in sectors of ${CHUNK_BYTES}`);
		this.#flash = flash;
		this.#hash = hash;
		this.bytes = new Uint8Array(flash.map() as ArrayBuffer);
		this.#view = new DataView(flash.map() as ArrayBuffer);
		this.capacity = capacity;
		this.#placeBytes = place(capacity);
		this.manifestCapacity = this.#placeBytes - HEADER;
		this.#places = flash.byteLength - flash.byteLength % flash.sectorSize - 2 * this.#placeBytes;
		for (let i = 0; i < 2; i++)
			if (this.#whole(i) && (this.#current === NONE || this.#view.getUint32(this.#at(i) + CHECK + 4, true) > this.#sequence)) {
				this.#current = i;
				this.#sequence = this.#view.getUint32(this.#at(i) + CHECK + 4, true);
			}
	}

	get manifest(): Uint8Array | undefined {
		return this.#current === NONE ? undefined : this.#manifestAt(this.#current, this.#view.getUint32(this.#at(this.#current) + CHECK + 8, true));
	}
	get draft(): Uint8Array {
		return this.#manifestAt(this.#spare, this.#draftBytes);
	}
	beginManifest(bytes: number): void {
		if (bytes % 4 || bytes > this.manifestCapacity)
			throw new RuvllmError("DISTRIBUTION_STORAGE", `a manifest of ${bytes} bytes does not fit the ${this.manifestCapacity} that there are; make the partition larger`);
		this.#draftBytes = bytes;
		this.#erase(this.#at(this.#spare), HEADER + bytes);
	}
	writeManifest(offset: number, bytes: Uint8Array): void {
		if (offset + bytes.length > this.#draftBytes)
			throw new RangeError(`${bytes.length} bytes at ${offset} leave the manifest of ${this.#draftBytes}`);
		this.#flash.program(this.#at(this.#spare) + HEADER + offset, bytes);
	}
	keepManifest(): void {
		const place = this.#spare, header = new Uint8Array(HEADER), view = new DataView(header.buffer), sum = new Uint8Array(32);
		view.setUint32(CHECK, MAGIC, true);
		view.setUint32(CHECK + 4, this.#sequence + 1, true);
		view.setUint32(CHECK + 8, this.#draftBytes, true);
		this.#check(header, this.draft, sum);
		header.set(sum.subarray(0, CHECK));
		this.#flash.program(this.#at(place), header);
		this.#current = place;
		this.#sequence++;
	}
	write(chunk: number, bytes: Uint8Array): void {
		if (!(chunk >= 0 && chunk < this.capacity) || bytes.length > CHUNK_BYTES)
			throw new RangeError(`chunk ${chunk} of ${bytes.length} bytes: there is room for ${this.capacity} of ${CHUNK_BYTES}`);
		const at = chunk * CHUNK_BYTES, whole = bytes.length & ~3;
		this.#erase(at, CHUNK_BYTES);
		this.#flash.program(at, whole === bytes.length ? bytes : bytes.subarray(0, whole));
		if (whole < bytes.length) {
			const rest = new Uint8Array(4).fill(0xff);
			rest.set(bytes.subarray(whole));
			this.#flash.program(at + whole, rest);
		}
	}

	get #spare(): number {
		return this.#current === 0 ? 1 : 0;
	}
	#at(place: number): number {
		return this.#places + place * this.#placeBytes;
	}
	#manifestAt(place: number, bytes: number): Uint8Array {
		return this.bytes.subarray(this.#at(place) + HEADER, this.#at(place) + HEADER + bytes);
	}
	/** SHA-256 of the manifest, then of that and the header's fields: the hash takes one piece. */
	#check(header: Uint8Array, manifest: Uint8Array, sum: Uint8Array): void {
		const both = new Uint8Array(CHECK + 32);
		both.set(header.subarray(CHECK, HEADER));
		this.#hash(manifest, 0, manifest.length, both, CHECK);
		this.#hash(both, 0, both.length, sum);
	}
	#whole(place: number): boolean {
		const at = this.#at(place), bytes = this.#view.getUint32(at + CHECK + 8, true), sum = new Uint8Array(32);
		if (this.#view.getUint32(at + CHECK, true) !== MAGIC || bytes > this.manifestCapacity)
			return false;
		this.#check(this.bytes.subarray(at, at + HEADER), this.#manifestAt(place, bytes), sum);
		for (let i = 0; i < CHECK; i++)
			if (sum[i] !== this.bytes[at + i])
				return false;
		return true;
	}
	#erase(at: number, bytes: number): void {
		const size = this.#flash.sectorSize;
		for (let sector = at / size; sector * size < at + bytes; sector++)
			this.#flash.erase(sector);
	}
}
