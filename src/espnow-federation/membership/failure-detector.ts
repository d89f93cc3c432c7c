/**
 * Who is dead. Any frame shows that its sender lives; a board that was silent for a while is asked for a sign, and three others
 * whether they heard it (as SWIM does: Das, Gupta, Motivala 2002), so that lost heartbeats kill nobody.
 */

import { FrameType, get16, get48, getU32, HEADER, put16, put32, put48 } from "ruvllm-esp32/espnow-federation/frames/layout";
import { Dropped } from "ruvllm-esp32/espnow-federation/frames/statistics";
import type { Wire } from "ruvllm-esp32/espnow-federation/frames/wire";
import type { Board } from "ruvllm-esp32/espnow-federation/membership/board";
import type { Members } from "ruvllm-esp32/espnow-federation/membership/members";

const EVERY = 40_000;
/** Questions of a board are at least so far apart, for each member: all boards together can't fill the channel with them. */
const ASK_PER_MEMBER = 4_000;
const ASK_MOST = 250_000;
/** Answers to one question are spread, as they would begin at one moment and destroy each other; EVERY, too. */
const SPREAD = 16_384;
const HELPERS = 3;
const SUSPECTS = 8;
/** Silent ones are asked each time that is looked. Of those that a link does not reach, others have so long to say that they hear them. */
const AGREED = 300_000;
const ENTRY = 12;
/** Age of someone who was never heard, in milliseconds. */
const NEVER = 0xffff;

export class FailureDetector {
	readonly #wire: Wire;
	readonly #members: Members;
	readonly #random: () => number;
	/** How long the channel makes a frame wait now, in microseconds. */
	readonly #delay: () => number;
	/** Microseconds. */
	readonly #deadAfter: number;
	readonly #suspectAfter: number;
	/** One that only others hear is no use: it is dead after this. */
	readonly #unheardAfter: number;
	readonly #suspects: Board[] = [];
	/** Whom others asked about. */
	readonly #asked = new Float64Array(SUSPECTS);
	#askedCount = 0;
	#answerAt = Infinity;
	#checkAt = 0;
	#askAt = 0;

	constructor(wire: Wire, members: Members, random: () => number, deadAfterMilliseconds: number, delay: () => number) {
		this.#wire = wire;
		this.#members = members;
		this.#random = random;
		this.#delay = delay;
		this.#deadAfter = deadAfterMilliseconds * 1000;
		this.#suspectAfter = this.#deadAfter >> 1;
		this.#unheardAfter = 3 * this.#deadAfter;
	}

	get deadline(): number {
		return Math.min(this.#checkAt, this.#answerAt);
	}
	work(now: number, version: number): void {
		if (this.#answerAt <= now)
			this.#answer(now, version);
		if (this.#checkAt > now)
			return;
		this.#checkAt = now + EVERY + this.#random() % SPREAD;
		this.#suspects.length = 0;
		const list = this.#members.list;
		for (let i = 0; i < list.length; i++) {
			const board = list[i]!;
			if (board.admitted)
				board.listen(now);
			if (board.joined)
				this.#judge(board, now);
			else if (board.admitted && now - board.admittedAt > this.#deadAfter)
				this.#members.leave(board);
		}
		if (this.#suspects.length && now >= this.#askAt) {
			this.#askAt = now + this.pause;
			this.#ask(version);
		}
	}
	/** Microseconds between questions, and between signs of life that others ask for. */
	get pause(): number {
		return Math.min(ASK_MOST, Math.max(ASK_PER_MEMBER * this.#members.living.length, 8 * this.#delay()));
	}
	/** An authentic Ask: `end` is where its body ends. @returns whether we are to show that we live */
	asked(now: number, end: number): boolean {
		const frame = this.#wire.in, suspects = frame[HEADER]!, helpers = frame[HEADER + 1]!, first = HEADER + 2;
		if (suspects > SUSPECTS || end !== first + 6 * (suspects + helpers)) {
			this.#wire.frames.count(Dropped.Malformed);
			return false;
		}
		let suspected = false, helping = false;
		for (let i = 0; i < suspects; i++)
			suspected ||= get48(frame, first + 6 * i) === this.#wire.radio.address;
		for (let i = 0; i < helpers; i++)
			helping ||= get48(frame, first + 6 * (suspects + i)) === this.#wire.radio.address;
		for (let i = 0; helping && i < suspects; i++)
			this.#remember(get48(frame, first + 6 * i), now);
		return suspected;
	}
	/** An authentic Heard. */
	told(now: number, end: number): void {
		const frame = this.#wire.in, count = frame[HEADER]!;
		if (end !== HEADER + 1 + ENTRY * count) {
			this.#wire.frames.count(Dropped.Malformed);
			return;
		}
		for (let i = 0, at = HEADER + 1; i < count; i++, at += ENTRY) {
			const board = this.#members.boards.get(get48(frame, at)), age = get16(frame, at + 10) * 1000;
			if (!board?.joined)
				continue;
			// What others say of another start of that board says nothing about this one.
			if (getU32(frame, at + 6) === board.member.boot && now - age > board.evidence)
				board.evidence = now - age;
			if (age >= this.#suspectAfter)
				board.denials++;
		}
	}

	#remember(address: number, now: number): void {
		if (address === this.#wire.radio.address || this.#askedCount === SUSPECTS || this.#asked.indexOf(address) >= 0)
			return;
		this.#asked[this.#askedCount++] = address;
		if (this.#answerAt === Infinity)
			this.#answerAt = now + this.#random() % SPREAD;
	}
	#answer(now: number, version: number): void {
		const out = this.#wire.out;
		out[HEADER] = this.#askedCount;
		let at = HEADER + 1;
		for (let i = 0; i < this.#askedCount; i++, at += ENTRY) {
			const address = this.#asked[i]!, board = this.#members.boards.get(address);
			if (board?.admitted)
				board.listen(now);
			put48(out, at, address);
			put32(out, at + 6, board?.member.boot ?? 0);
			put16(out, at + 10, board?.admitted ? Math.min(NEVER, Math.floor((now - board.heard) / 1000)) : NEVER);
		}
		this.#asked.fill(0);
		this.#askedCount = 0;
		this.#answerAt = Infinity;
		this.#wire.send(undefined, version, FrameType.Heard, HEADER, at);
	}
	#judge(board: Board, now: number): void {
		const silent = now - board.evidence, unheard = now - board.heard;
		if (silent >= this.#deadAfter || unheard >= this.#unheardAfter) {
			this.#members.leave(board);
			return;
		}
		const stalled = board.frames.stalled(board.place, now) >= this.#suspectAfter;
		if (silent < this.#suspectAfter && !(stalled && unheard >= this.#suspectAfter >> 1)) {
			board.askedSince = 0;
			return;
		}
		if (board.askedSince === 0) {
			board.askedSince = now;
			board.denials = 0;
		}
		// A link that fails, silence, and others who heard nothing either: no need to wait.
		if (stalled && silent >= this.#suspectAfter && now - board.askedSince >= AGREED && board.denials >= 3) {
			this.#members.leave(board);
			return;
		}
		if (this.#suspects.length < SUSPECTS)
			this.#suspects.push(board);
	}
	#ask(version: number): void {
		const out = this.#wire.out, living = this.#members.living, from = this.#random() % living.length;
		let at = HEADER + 2, helpers = 0;
		for (let i = 0; i < this.#suspects.length; i++, at += 6)
			put48(out, at, this.#suspects[i]!.address);
		for (let i = 0; i < living.length && helpers < HELPERS; i++) {
			const address = living[(from + i) % living.length]!.address;
			if (address === this.#wire.radio.address || this.#isSuspect(address))
				continue;
			put48(out, at, address);
			at += 6;
			helpers++;
		}
		out[HEADER] = this.#suspects.length;
		out[HEADER + 1] = helpers;
		this.#wire.send(undefined, version, FrameType.Ask, HEADER, at);
	}
	#isSuspect(address: number): boolean {
		for (let i = 0; i < this.#suspects.length; i++)
			if (this.#suspects[i]!.address === address)
				return true;
		return false;
	}
}
