/**
 * Admission: who is heard for the first time, or with a new boot number, is challenged with 8 random bytes, and admitted when it
 * has sent them back under its key; what it sent before, and what others recorded, counts as seen from then on. Both sides
 * do so, in frames of type Auth.
 *
 * A board that is challenged by a member that it has admitted knows that the member has lost what it knew (it rebooted, or found us
 * dead): both begin again.
 */

import { AUTH_ENTRY, BOOT_AT, COUNTER_AT, FrameType, get48, getU32, HELLO_BODY, INTRODUCTION, put32, put48, VERSIONS_AT } from "ruvllm-esp32/espnow-federation/frames/layout";
import { Dropped } from "ruvllm-esp32/espnow-federation/frames/statistics";
import type { Wire } from "ruvllm-esp32/espnow-federation/frames/wire";
import type { Board } from "ruvllm-esp32/espnow-federation/membership/board";
import { LEAVING, readHello } from "ruvllm-esp32/espnow-federation/membership/hello";
import type { Members } from "ruvllm-esp32/espnow-federation/membership/members";
import { type Slot, Slots } from "ruvllm-esp32/espnow-federation/membership/slots";

const CHALLENGE = 1;
const ANSWER = 2;
const SLOTS = 24;
const TRIES = 4;
/** For an answer, doubled at each try. */
const FIRST_WAIT = 100_000;
/**
 * Of the time for which the channel makes a frame wait: how long a board sends no other frame of this kind, and how long it waits for
 * an answer at least. Else forty boards that start together would fill a channel of 1 Mbit/s with what they repeat.
 */
const QUIET = 4;
const PATIENT = 16;
const PATIENCE = 50_000;
/** Microseconds until a full radio is tried again. */
const LATER = 5_000;
/** Keys that strangers can make us derive: at once, and microseconds for one more. */
const BURST = 32;
const REFILL = 10_000;

const FULL = ["FEDERATION_MEMBERS", "there are as many members as this board can know; raise `maxMembers`"] as const;

export interface IntroductionOptions {
	random: () => number;
	/** Versions of the protocol. */
	lowest: number;
	highest: number;
	/** Writes what we say of ourselves. */
	hello: (bytes: Uint8Array, at: number) => void;
	/** Sends what was written to wire.out to one board. @returns false: not now */
	unicast: (to: number, version: number, type: number, plainOffset: number, end: number, now: number) => boolean;
	/** How long the channel makes a frame wait now, in microseconds. */
	delay: () => number;
	/** For the operator. */
	refused: (code: string, sentence: string, address: number) => void;
}

export class Introductions {
	readonly #wire: Wire;
	readonly #members: Members;
	readonly #options: IntroductionOptions;
	readonly #slots = new Slots(SLOTS);
	/** When the next Auth goes; Infinity: none is to go. */
	deadline = Infinity;
	#full = false;
	#quietUntil = 0;
	#tokens = BURST;
	#refilledAt = 0;
	/** Boot numbers of those that were refused last: each is told once. */
	readonly #refused = new Uint32Array(8);
	#refusals = 0;

	constructor(wire: Wire, members: Members, options: IntroductionOptions) {
		this.#wire = wire;
		this.#members = members;
		this.#options = options;
	}

	/** Takes a Hello or Auth: the first `count` bytes of wire.in. @returns its sender, if that is admitted */
	receive(from: number, type: number, count: number, now: number): Board | undefined {
		const { in: frame, frames } = this.#wire;
		if (count < INTRODUCTION + HELLO_BODY + this.#wire.sealer.trailerBytes) {
			frames.count(Dropped.Malformed);
			return undefined;
		}
		const counter = getU32(frame, COUNTER_AT), board = this.#members.boards.get(from);
		if (board?.admitted && board.member.boot === getU32(frame, BOOT_AT) && board.bootHigh === getU32(frame, BOOT_AT + 4)) {
			if (!frames.fresh(board.place, counter))
				frames.count(Dropped.Replayed);
			else if (!board.key!.open(counter, frame, INTRODUCTION, count))
				frames.count(Dropped.Forged);
			else {
				frames.took(board.place, counter, now);
				board.hear(now);
				return this.#heard(board, type, count, now);
			}
			return undefined;
		}
		const slot = this.#stranger(from, counter, count, now);
		if (!slot)
			return undefined;
		if (frame[INTRODUCTION]! & LEAVING)
			slot.free();
		else if (type === FrameType.Auth)
			return this.#auth(undefined, slot, count, now);
		return undefined;
	}
	/** Something found the radio full. */
	get starved(): boolean {
		return this.#full;
	}
	/** Sends what is due; with `room`, also what found the radio full. */
	work(now: number, room = false): void {
		if (room && this.#full) {
			this.#full = false;
			this.#quietUntil = now + QUIET * this.#options.delay();
			this.deadline = Math.min(this.deadline, this.#quietUntil);
		}
		if (this.deadline > now)
			return;
		if (now < this.#quietUntil) {
			this.deadline = this.#quietUntil;
			return;
		}
		this.deadline = Infinity;
		this.#full = false;
		for (let i = 0; i < this.#slots.all.length; i++) {
			const slot = this.#slots.all[i]!, again = slot.wanted && slot.nextAt <= now;
			if (again && slot.tries >= TRIES)
				slot.free();
			else if ((again || slot.owes) && (this.#full || !this.#send(slot, now))) {
				this.#full = true;
				this.deadline = now + LATER;
			}
			if (slot.used && slot.wanted)
				this.deadline = Math.min(this.deadline, Math.max(slot.nextAt, now + LATER));
		}
	}
	/** @returns false: the radio's queue is full */
	sayHello(): boolean {
		this.#introduce();
		return this.#wire.send(undefined, 0, FrameType.Hello, INTRODUCTION, INTRODUCTION + HELLO_BODY);
	}

	#introduce(): void {
		const out = this.#wire.out;
		for (let i = 0; i < 8; i++)
			out[BOOT_AT + i] = this.#wire.boot[i]!;
		out[VERSIONS_AT] = this.#options.lowest;
		out[VERSIONS_AT + 1] = this.#options.highest;
		this.#options.hello(out, INTRODUCTION);
	}
	#send(slot: Slot, now: number): boolean {
		const out = this.#wire.out, at = INTRODUCTION + HELLO_BODY;
		this.#introduce();
		put48(out, at, slot.address);
		put32(out, at + 6, slot.bootLow);
		out[at + 10] = (slot.wanted ? CHALLENGE : 0) | (slot.owes ? ANSWER : 0);
		put32(out, at + 11, slot.wanted ? slot.challengeLow : 0);
		put32(out, at + 15, slot.wanted ? slot.challengeHigh : 0);
		put32(out, at + 19, slot.owes ? slot.answerLow : 0);
		put32(out, at + 23, slot.owes ? slot.answerHigh : 0);
		if (!this.#options.unicast(slot.address, 0, FrameType.Auth, INTRODUCTION, at + AUTH_ENTRY, now))
			return false;
		slot.owes = false;
		if (slot.wanted)
			slot.nextAt = now + (Math.max(FIRST_WAIT, PATIENT * this.#options.delay()) << slot.tries++) + this.#options.random() % 8192;
		else
			slot.free();
		return true;
	}
	#heard(board: Board, type: number, count: number, now: number): Board | undefined {
		const frame = this.#wire.in, changed = readHello(frame, INTRODUCTION, board);
		if (frame[INTRODUCTION]! & LEAVING) {
			this.#members.leave(board);
			return undefined;
		}
		if (changed && board.joined)
			this.#members.tell("changed", board.member);
		return type === FrameType.Auth ? this.#auth(board, undefined, count, now) : board;
	}
	/** The slot of someone who isn't admitted, if its frame is authentic and there is room. */
	#stranger(from: number, counter: number, count: number, now: number): Slot | undefined {
		const { in: frame, frames } = this.#wire, lowest = frame[VERSIONS_AT]!, highest = frame[VERSIONS_AT + 1]!;
		const bootLow = getU32(frame, BOOT_AT), bootHigh = getU32(frame, BOOT_AT + 4), known = this.#slots.find(from, bootLow, bootHigh);
		if (known?.key) {
			if (known.key.open(counter, frame, INTRODUCTION, count))
				return known;
			frames.count(Dropped.Forged);
			return undefined;
		}
		if (!this.#token(now)) {
			frames.count(Dropped.UnknownSender);
			return undefined;
		}
		const key = this.#wire.sealer.key(from, frame.slice(BOOT_AT, BOOT_AT + 8));
		if (!key.open(counter, frame, INTRODUCTION, count)) {
			key.close();
			frames.count(Dropped.Forged);
			return undefined;
		}
		const version = Math.min(highest, this.#options.highest);
		if (version < lowest || version < this.#options.lowest) {
			key.close();
			frames.count(Dropped.UnknownVersion);
			this.#refuse(bootLow, "FEDERATION_VERSION", `it speaks versions ${lowest} to ${highest} of the protocol, this board ${this.#options.lowest} to ${this.#options.highest}; update the older one`, from);
			return undefined;
		}
		// Who is not admitted is not answered either: else it would take us for a member.
		if (!this.#members.hasRoom(from))
			this.#refuse(bootLow, ...FULL, from);
		const slot = this.#members.hasRoom(from) ? this.#slots.obtain(from, bootLow, bootHigh) : undefined;
		if (!slot) {
			key.close();
			frames.count(Dropped.UnknownSender);
			return undefined;
		}
		slot.version = version;
		slot.highest = highest;
		this.#challenge(slot, key, now);
		return slot;
	}
	#challenge(slot: Slot, key: Slot["key"], now: number): void {
		slot.key = key;
		slot.wanted = true;
		slot.tries = 0;
		// Both have heard each other's Hello, likely: the lower address begins, so that three frames do, not four.
		slot.nextAt = now + (this.#wire.radio.address > slot.address ? PATIENCE + this.#options.random() % PATIENCE : 0);
		slot.challengeLow = this.#options.random();
		slot.challengeHigh = this.#options.random();
		this.deadline = Math.min(this.deadline, slot.nextAt);
	}
	/** What an Auth says to us. @returns its sender, if that is admitted now */
	#auth(board: Board | undefined, slot: Slot | undefined, count: number, now: number): Board | undefined {
		const frame = this.#wire.in, at = INTRODUCTION + HELLO_BODY;
		if (count !== at + AUTH_ENTRY + this.#wire.sealer.trailerBytes)
			this.#wire.frames.count(Dropped.Malformed);
		else if (get48(frame, at) === this.#wire.radio.address && getU32(frame, at + 6) === getU32(this.#wire.boot, 0)) {
			const flags = frame[at + 10]!;
			if (flags & CHALLENGE) {
				const low = getU32(frame, at + 11), high = getU32(frame, at + 15);
				if (board && board.outTag >= 0 && (board.answeredLow !== low || board.answeredHigh !== high)) {
					slot = this.#again(board, now);
					board = undefined;
				}
				slot = this.#owe(board, slot, low, high, now);
			}
			if (flags & ANSWER && !board && slot?.wanted && slot.challengeLow === getU32(frame, at + 19) && slot.challengeHigh === getU32(frame, at + 23))
				board = this.#admit(slot, now);
		}
		return board;
	}
	/** A member has lost what it knew of us. */
	#again(board: Board, now: number): Slot | undefined {
		const key = board.key, slot = this.#slots.obtain(board.address, board.member.boot, board.bootHigh);
		board.key = undefined;
		this.#members.leave(board);
		if (!slot || slot.key) {
			key?.close();
			return slot;
		}
		slot.version = board.version;
		slot.highest = board.highest;
		this.#challenge(slot, key, now);
		return slot;
	}
	#owe(board: Board | undefined, slot: Slot | undefined, low: number, high: number, now: number): Slot | undefined {
		if (board && !slot)
			slot = this.#slots.obtain(board.address, board.member.boot, board.bootHigh);
		if (!slot)
			return undefined;
		slot.owe(low, high);
		this.deadline = now;
		if (board) {
			board.outTag = slot.outTag;
			board.answeredLow = low;
			board.answeredHigh = high;
			if (!board.joined)
				this.#members.join(board);
		}
		return slot;
	}
	#admit(slot: Slot, now: number): Board | undefined {
		const board = this.#members.obtain(slot.address), frame = this.#wire.in;
		if (!board) {
			this.#refuse(slot.bootLow, ...FULL, slot.address);
			slot.free();
			return undefined;
		}
		this.#members.leave(board);
		board.key?.close();
		board.key = slot.key;
		slot.key = undefined;
		slot.wanted = false;
		board.member.boot = slot.bootLow;
		board.bootHigh = slot.bootHigh;
		board.version = slot.version;
		board.highest = slot.highest;
		this.#wire.frames.admit(board.place, board.key?.seed ?? 0, getU32(frame, COUNTER_AT), now);
		board.inTag = slot.challengeLow & 0xffff;
		board.outTag = slot.outTag;
		board.answeredLow = slot.answerLow;
		board.answeredHigh = slot.answerHigh;
		board.hear(now);
		board.admittedAt = now;
		readHello(frame, INTRODUCTION, board);
		if (!slot.owes)
			slot.free();
		if (board.outTag >= 0)
			this.#members.join(board);
		return board;
	}
	#token(now: number): boolean {
		const more = Math.floor((now - this.#refilledAt) / REFILL);
		if (more > 0) {
			this.#tokens = Math.min(BURST, this.#tokens + more);
			this.#refilledAt = this.#tokens === BURST ? now : this.#refilledAt + more * REFILL;
		}
		if (this.#tokens === 0)
			return false;
		this.#tokens--;
		return true;
	}
	#refuse(boot: number, code: string, sentence: string, address: number): void {
		if (this.#refused.includes(boot))
			return;
		this.#refused[this.#refusals++ & 7] = boot;
		this.#options.refused(code, sentence, address);
	}
}
