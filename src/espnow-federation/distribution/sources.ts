/** Boards that have parts of the model that is fetched: what they have, what they were asked for, how they behave. */

import { ChunkSet } from "ruvllm-esp32/espnow-federation/distribution/chunk-set";

/** What went wrong in a row until a board is left alone for a while. */
const STRIKES = 3;
/** Wrong chunks, until it is asked no more. */
const FORGERIES = 2;
const ASIDE = 5_000_000;

export interface Request {
	chunk: number;
	deadline: number;
}

export class Source {
	readonly address: number;
	readonly has: ChunkSet;
	/** Requests under way, oldest first. */
	readonly requests: Request[] = [];
	/** Where its next chunk is looked for: boards begin at different ones, so that they can give each other what they got. */
	cursor: number;
	#strikes = 0;
	#forgeries = 0;
	#asideUntil = 0;

	constructor(address: number, chunks: number, cursor: number) {
		this.address = address;
		this.has = new ChunkSet(chunks);
		this.cursor = cursor;
	}

	usable(now: number): boolean {
		return this.#forgeries < FORGERIES && now >= this.#asideUntil;
	}
	get banned(): boolean {
		return this.#forgeries >= FORGERIES;
	}
	/** It did not answer in time. */
	strike(now: number): void {
		if (++this.#strikes >= STRIKES) {
			this.#strikes = 0;
			this.#asideUntil = now + ASIDE;
		}
	}
	/** What it sent was not what the manifest says. */
	forged(): void {
		this.#forgeries++;
	}
	answered(): void {
		this.#strikes = 0;
	}
	/** @returns whether the chunk was asked of it */
	settle(chunk: number): boolean {
		const at = this.requests.findIndex((request) => request.chunk === chunk);
		if (at >= 0)
			this.requests.splice(at, 1);
		return at >= 0;
	}
	/** The next chunk that it has, and that is wanted, and in neither of the others; -1: none. */
	next(wanted: ChunkSet, have: ChunkSet, underWay: ChunkSet): number {
		for (let i = 0, at = this.cursor; i < wanted.limit; i++, at = at + 1 === wanted.limit ? 0 : at + 1)
			if (wanted.has(at) && this.has.has(at) && !have.has(at) && !underWay.has(at)) {
				this.cursor = at + 1 === wanted.limit ? 0 : at + 1;
				return at;
			}
		return -1;
	}
}

export class Sources {
	readonly all: Source[] = [];
	/** Chunks that someone was asked for. */
	readonly underWay: ChunkSet;

	constructor(chunks: number) {
		this.underWay = new ChunkSet(chunks);
	}

	find(address: number): Source | undefined {
		return this.all.find((source) => source.address === address);
	}
	/** Its requests are free to be made to others. */
	remove(address: number): void {
		const at = this.all.findIndex((source) => source.address === address);
		if (at >= 0)
			for (const { chunk } of this.all.splice(at, 1)[0]!.requests)
				this.underWay.delete(chunk);
	}
	/** Gives up what is overdue. @returns when the next is; Infinity: nothing is under way */
	expire(now: number): number {
		let next = Infinity;
		for (const source of this.all)
			for (let i = source.requests.length - 1; i >= 0; i--) {
				const { chunk, deadline } = source.requests[i]!;
				if (deadline > now) {
					next = Math.min(next, deadline);
					continue;
				}
				source.requests.splice(i, 1);
				this.underWay.delete(chunk);
				source.strike(now);
			}
		return next;
	}
}
