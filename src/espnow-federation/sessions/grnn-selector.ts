/**
 * MicroFastGRNN as what chooses boards for whole requests: it knows the speed that a board announced, learns the one it has from the
 * answers that come, and counts what waits there. Docs: docs/router.md.
 */

import { MicroFastGRNN } from "ruvllm-esp32/espnow-federation/router/micro-fast-grnn";
import type { Member } from "ruvllm-esp32/espnow-federation/network";
import type { Selector } from "ruvllm-esp32/espnow-federation/sessions/dispatcher";

/** Boards that are told apart; more than these must wait until one of them is gone. */
export const MOST_CHIPS = 16;
/** Tokens of a unit of work. */
const UNIT = 8;
/** What a request adds to a board's load: RequestRunner. */
const LOAD_OF_REQUEST = 32;

export interface GrnnSelectorOptions {
	/** models/router.rvgr; without it, least expected work. */
	file?: Uint8Array;
	/** Multiply-accumulates of a token, for the time that an announced speed means; 250,000 by default, the stories model's about. */
	tokenMacs?: number;
	/** Tokens that a request is thought to generate until some have ended; 64 by default. */
	expectedTokens?: number;
}

interface Chip {
	address: number;
	/** As announced; what was learned is forgotten when it changes, as with another model. */
	speed: number;
	/** Number of the last choice that it could have been in. */
	seen: number;
	/** For each request there, oldest first: work that lay before it, and its prompt's. */
	before: number[];
}

export class GrnnSelector implements Selector {
	readonly router: MicroFastGRNN;
	readonly #chips: (Chip | undefined)[] = new Array<Chip | undefined>(MOST_CHIPS).fill(undefined);
	/** Chip of each board in the list of a choice; -1: there was no room. */
	readonly #places = new Int8Array(64);
	readonly #tokenMacs: number;
	/** 16 times the mean of tokens generated. */
	#mean: number;
	#choices = 0;

	/** @throws RuvllmError GRNN_FILE */
	constructor({ file, tokenMacs = 250_000, expectedTokens = 64 }: GrnnSelectorOptions = {}) {
		this.router = new MicroFastGRNN({ numChips: MOST_CHIPS, ...file ? { file } : {} });
		this.#tokenMacs = tokenMacs;
		this.#mean = 16 * expectedTokens;
	}

	/** Work of a request that generates as many tokens as others did. */
	get #usual(): number {
		return units(this.#mean >> 4);
	}

	choose(boards: readonly Member[], outstanding: readonly number[], promptTokens: number): number {
		const { router } = this, count = Math.min(boards.length, this.#places.length), position = Math.min(255, units(promptTokens) + this.#usual);
		this.#choices++;
		for (let chip = 0; chip < MOST_CHIPS; chip++)
			router.setAlive(chip, false);
		// Known boards first: a new one takes the chip of one that is not here.
		for (let i = 0; i < count; i++)
			this.#places[i] = this.#find(boards[i]!);
		for (let i = 0; i < count; i++) {
			const board = boards[i]!, at = this.#places[i]! < 0 ? this.#places[i] = this.#admit(board) : this.#places[i]!, chip = this.#chips[at];
			if (!chip)
				continue;
			const own = outstanding[i]!, there = Math.max(own, Math.round(board.load / LOAD_OF_REQUEST));
			// Requests that failed or moved were never said to be finished.
			if (chip.before.length > own)
				chip.before.splice(0, chip.before.length - own);
			router.setAlive(at, true);
			router.loads[at] = Math.min(255, there * this.#usual);
			router.hops[at] = Math.min(65535, board.roundTrip);
		}
		const chosen = router.decide(position), index = this.#places.subarray(0, count).indexOf(chosen);
		this.#chips[chosen]!.before.push(router.loads[chosen]! + units(promptTokens));
		return index;
	}

	finished(board: Member, microseconds: number, tokens: number): void {
		this.#mean += tokens - (this.#mean >> 4);
		const at = this.#find(board), before = at < 0 ? undefined : this.#chips[at]!.before.shift();
		if (before !== undefined)
			this.router.observe(at, Math.min(2147483647, microseconds), before + units(tokens) + 1);
	}

	/** What a token is thought to take on a board, microseconds; undefined: it was never in a choice. */
	tokenMicroseconds(address: number): number | undefined {
		const at = this.#chips.findIndex((chip) => chip?.address === address);
		return at < 0 ? undefined : Math.round(2 ** (this.router.slowness(at) / 1024) / UNIT);
	}

	#find({ address, fastSpeed }: Member): number {
		const at = this.#chips.findIndex((chip) => chip?.address === address);
		if (at >= 0) {
			this.#chips[at]!.seen = this.#choices;
			if (this.#chips[at]!.speed !== fastSpeed)
				this.#announced(at, fastSpeed);
		}
		return at;
	}

	/** @returns its chip, or -1 where all are taken by boards of this choice */
	#admit({ address, fastSpeed }: Member): number {
		let at = this.#chips.indexOf(undefined);
		for (let i = 0; at < 0 && i < MOST_CHIPS; i++)
			if (this.#chips[i]!.seen !== this.#choices)
				at = i;
		if (at >= 0) {
			this.#chips[at] = { address, speed: fastSpeed, seen: this.#choices, before: [] };
			this.#announced(at, fastSpeed);
		}
		return at;
	}

	#announced(at: number, speed: number): void {
		this.#chips[at]!.speed = speed;
		this.router.setSpeed(at, Math.max(1, Math.round(UNIT * this.#tokenMacs * 1000 / Math.max(1, speed))));
	}
}

const units = (tokens: number): number => Math.ceil(tokens / UNIT);
