/** Gives others what a board has: answers to queries, pieces of the manifest, chunks. Keeps no state of who asks but a short queue. */

import type { Network } from "ruvllm-esp32/espnow-federation/network";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { get32, getU32, get16, put16, put32 } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { Holdings } from "ruvllm-esp32/espnow-federation/distribution/holdings";
import { CHUNK_BYTES, ID_BYTES } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import {
	begin, BODY_AT, CHUNK_AT, DistributionMessage, HOLDING_BITS_AT, ID_AT, OTHER_MODEL, PIECE_BYTES,
} from "ruvllm-esp32/espnow-federation/distribution/messages";

/** Answers that wait for room; who asks while all are taken asks again. */
const QUEUE = 16;

interface Answer {
	to: number;
	type: number;
	chunk: number;
	/** Of a piece of the manifest. */
	offset: number;
	count: number;
}

export class Provider {
	readonly #network: Network;
	readonly #message = new Uint8Array(BODY_AT + CHUNK_BYTES);
	readonly #queue: Answer[] = [];
	#holdings: Holdings | undefined;
	#bytes: Uint8Array | undefined;
	/** Since the start. */
	chunksSent = 0;

	constructor(network: Network) {
		this.#network = network;
	}

	/** What is given from now on, and the storage in which it lies. */
	give(holdings: Holdings | undefined, bytes: Uint8Array): void {
		this.#holdings = holdings;
		this.#bytes = bytes;
		this.#queue.length = 0;
	}
	/** Takes Query, GetManifest and GetChunk; malformed ones are ignored. */
	receive(from: number, bytes: Uint8Array, count: number): void {
		const type = bytes[0]!, manifest = this.#holdings?.manifest;
		if (type === DistributionMessage.Query) {
			const model = count >= BODY_AT + 4 ? getU32(bytes, BODY_AT) : 0, any = get32(bytes, ID_AT) === 0 && get32(bytes, ID_AT + 4) === 0;
			if (manifest && (model === 0 || model === manifest.crc) && (any || manifest.hasId(bytes, ID_AT)))
				this.#answer(from, DistributionMessage.Holding, 0);
			return;
		}
		const chunk = get16(bytes, CHUNK_AT);
		if (!manifest?.hasId(bytes, ID_AT))
			this.#refuse(from, bytes, chunk, OTHER_MODEL);
		else if (type === DistributionMessage.GetManifest && count >= BODY_AT + 6) {
			const offset = getU32(bytes, BODY_AT), size = get16(bytes, BODY_AT + 4);
			if (size > 0 && size <= PIECE_BYTES && offset + size <= manifest.bytes.length)
				this.#answer(from, DistributionMessage.Manifest, 0, offset, size);
		}
		else if (type === DistributionMessage.GetChunk && this.#holdings!.have.has(chunk))
			this.#answer(from, DistributionMessage.Chunk, chunk);
		else if (type === DistributionMessage.GetChunk)
			this.#refuse(from, bytes, chunk, 0);
	}
	/** Sends what waits, as far as there is room. */
	work(): void {
		const queue = this.#queue;
		while (queue.length > 0) {
			const answer = queue[0]!;
			if (!this.#network.send(answer.to, Service.Distribution, this.#message, this.#write(answer)) && this.#network.member(answer.to)?.alive)
				return;
			queue.shift();
		}
	}

	#answer(to: number, type: number, chunk: number, offset = 0, count = 0): void {
		const queue = this.#queue;
		for (let i = 0; i < queue.length; i++)
			if (queue[i]!.to === to && queue[i]!.type === type && queue[i]!.chunk === chunk && queue[i]!.offset === offset)
				return;
		if (queue.length === QUEUE)
			return;
		queue.push({ to, type, chunk, offset, count });
		this.work();
	}
	/** @returns bytes of the message */
	#write({ type, chunk, offset, count }: Answer): number {
		const { manifest, have } = this.#holdings!, out = this.#message;
		begin(out, type, manifest.digest, chunk);
		if (type === DistributionMessage.Holding) {
			put32(out, BODY_AT, manifest.bytes.length);
			put16(out, BODY_AT + 4, manifest.chunks);
			put32(out, BODY_AT + 6, manifest.crc);
			have.write(out, HOLDING_BITS_AT);
			return HOLDING_BITS_AT + have.byteLength;
		}
		if (type === DistributionMessage.Manifest) {
			put32(out, BODY_AT, offset);
			out.set(manifest.bytes.subarray(offset, offset + count), BODY_AT + 4);
			return BODY_AT + 4 + count;
		}
		const bytes = manifest.chunkBytes(chunk), at = chunk * CHUNK_BYTES;
		out.set(this.#bytes!.subarray(at, at + bytes), BODY_AT);
		this.chunksSent++;
		return BODY_AT + bytes;
	}
	/** What can't be sent now is found out by time-out. */
	#refuse(to: number, bytes: Uint8Array, chunk: number, flags: number): void {
		begin(this.#message, DistributionMessage.Absent, bytes.subarray(ID_AT, ID_AT + ID_BYTES), chunk, flags);
		this.#network.send(to, Service.Distribution, this.#message, BODY_AT);
	}
}
