/**
 * Whole requests on boards of their own: replication (every board has the model; many streams run at a time) and experts
 * (boards have different models; the request goes to one whose model it is for). A board that dies with a request leaves it
 * to another, which goes on behind the tokens that arrived.
 */

import { type ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8, encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { tokenDigest } from "ruvllm-esp32/engine/digest";
import type { StopReason } from "ruvllm-esp32/engine/generation";
import { completeConfig, type InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { Member, Network } from "ruvllm-esp32/espnow-federation/network";
import { configText, type Done } from "ruvllm-esp32/espnow-federation/sessions/job";
import { REASONS, RequestKind } from "ruvllm-esp32/espnow-federation/sessions/request-messages";
import type { RequestRunner } from "ruvllm-esp32/espnow-federation/sessions/runner";

/** Who gets a request. */
export interface Selector {
	/** @param boards living ones that can take it, by address; `outstanding` are this dispatcher's requests on each @returns an index */
	choose(boards: readonly Member[], outstanding: readonly number[], promptTokens: number): number;
	/** A board finished a request, or failed. */
	finished?(board: Member, microseconds: number, tokens: number): void;
}

/** The board that is expected to have finished first: fewest requests for its speed. */
export const leastWork: Selector = {
	choose(boards, outstanding) {
		let best = 0;
		for (let i = 1; i < boards.length; i++)
			if ((outstanding[i]! + 1) * boards[best]!.fastSpeed < (outstanding[best]! + 1) * boards[i]!.fastSpeed)
				best = i;
		return best;
	},
};

export interface DispatcherSettings {
	network: Network;
	runner: RequestRunner;
	selector?: Selector;
	/** Requests that wait for a board, at most; 64 by default. */
	capacity?: number;
	/** A board from which nothing comes for so long has lost the request; 5,000 by default. */
	silenceMilliseconds?: number;
}

interface Pending {
	number: number;
	prompt: Uint8Array | Int32Array;
	config: InferenceConfig;
	done: Done;
	/** Which boards can take it. */
	fits: (member: Member) => boolean;
	what: string;
	board: Member | undefined;
	tokens: number[];
	text: number[];
	start: number;
	firstTokenAt: number;
	sentAt: number;
	heardAt: number;
}

export class Dispatcher {
	readonly #settings: DispatcherSettings;
	readonly #selector: Selector;
	readonly #pending = new Map<number, Pending>();
	#numbers = 0;
	#timer: unknown;
	readonly #unwatch: () => void;
	/** Requests that went to another board because theirs died. */
	moved = 0;

	constructor(settings: DispatcherSettings) {
		this.#settings = settings;
		this.#selector = settings.selector ?? leastWork;
		settings.runner.onAnswer = (from, kind, reader) => this.#answer(from, kind, reader);
		this.#unwatch = settings.network.watch((event, { address }) => {
			if (event === "left")
				for (const one of [...this.#pending.values()])
					if (one.board?.address === address)
						this.#move(one);
		});
	}

	/** Requests under way from here, on each board. */
	outstanding(address: number): number {
		let count = 0;
		for (const { board } of this.#pending.values())
			count += board?.address === address ? 1 : 0;
		return count;
	}

	/**
	 * @param prompt token ids of the model that all have, or a text, which the board encodes
	 * @param fits which boards can take it
	 * @param what they have, for the sentence when none is there
	 * @throws RuvllmError CONFIG_*, PROMPT_TOKEN, FEDERATION_BUSY
	 */
	generate(prompt: string | ArrayLike<number>, partial: Partial<InferenceConfig>, done: Done, fits: (member: Member) => boolean, what = "the model"): number {
		const config = completeConfig(partial), { clock } = this.#settings.network, now = clock.microseconds();
		if (!(prompt.length > 0))
			throw new RuvllmError("PROMPT_TOKEN", "the prompt has no tokens; begin with the model's bos");
		if (this.#pending.size >= (this.#settings.capacity ?? 64))
			throw new RuvllmError("FEDERATION_BUSY", `${this.#pending.size} requests are under way; wait for one to end`);
		const number = this.#numbers = this.#numbers + 1 & 0xffff;
		const one: Pending = {
			number, prompt: typeof prompt === "string" ? encodeUtf8(prompt) : Int32Array.from(prompt), config, done, fits, what, board: undefined, tokens: [], text: [], start: now, firstTokenAt: 0, sentAt: now, heardAt: now,
		};
		this.#pending.set(number, one);
		this.#place(one);
		this.#watch();
		return number;
	}

	#place(one: Pending): void {
		const { network, runner } = this.#settings, boards = network.alive().filter(one.fits);
		if (boards.length === 0)
			return this.#end(one, new RuvllmError("FEDERATION_ABSENT", `no living board has ${one.what}; switch one on, or send it the model`));
		const board = one.board = boards[this.#selector.choose(boards, boards.map(({ address }) => this.outstanding(address)), one.prompt.length)] ?? boards[0]!;
		const isText = one.prompt instanceof Uint8Array, text = configText(one.config);
		const out = new ByteWriter(16 + (isText ? 1 : 2) * one.prompt.length + 2 * one.tokens.length + text.length);
		out.u8(RequestKind.Run).u16(one.number).u8(isText ? 1 : 0).u16(one.prompt.length).u16(one.tokens.length);
		for (const token of one.prompt)
			isText ? out.u8(token) : out.u16(token);
		for (const token of one.tokens)
			out.u16(token);
		for (let i = 0; i < text.length; i++)
			out.u8(text.charCodeAt(i));
		one.sentAt = one.heardAt = network.clock.microseconds();
		runner.post(board.address, out);
	}

	#move(one: Pending): void {
		this.moved++;
		one.board = undefined;
		this.#place(one);
	}

	#answer(from: number, kind: number, reader: ByteReader): void {
		const one = this.#pending.get(reader.u16()), { clock } = this.#settings.network;
		if (!one || one.board?.address !== from)
			return;
		one.heardAt = clock.microseconds();
		if (kind === RequestKind.Tokens)
			this.#tokens(one, reader);
		else if (kind === RequestKind.Done) {
			const reason = REASONS[reader.u8()], generated = reader.u16(), promptTokens = reader.u16();
			if (reader.ok && reason && generated === one.tokens.length)
				this.#finish(one, reason, promptTokens);
		}
		else if (kind === RequestKind.Failed) {
			const bytes = reader.take(reader.left), [code, sentence] = decodeUtf8(bytes, 0, bytes.length).split("\n");
			this.#end(one, new RuvllmError(code || "FEDERATION_RUN", sentence ?? "a board could not run the request"));
		}
	}

	#tokens(one: Pending, reader: ByteReader): void {
		const index = reader.u16(), count = reader.u8(), tokens = Array.from({ length: Math.min(count, 255) }, () => reader.u16());
		if (!reader.ok || index !== one.tokens.length)
			return;
		const text = reader.take(reader.left);
		one.firstTokenAt ||= this.#settings.network.clock.microseconds();
		for (const byte of text)
			one.text.push(byte);
		tokens.forEach((token, i) => {
			one.tokens.push(token);
			// The text of tokens that came together comes with the last of them.
			if (one.config.onToken?.(token, text, i === tokens.length - 1 ? text.length : 0) === false && this.#pending.has(one.number)) {
				this.#settings.runner.post(one.board!.address, new ByteWriter(4).u8(RequestKind.Cancel).u16(one.number));
				this.#finish(one, "callback", 0);
			}
		});
	}

	#finish(one: Pending, stopReason: StopReason, promptTokens: number): void {
		const now = this.#settings.network.clock.microseconds(), bytes = Uint8Array.from(one.text), firstTokenAt = one.firstTokenAt || now;
		this.#selector.finished?.(one.board!, now - one.sentAt, one.tokens.length);
		this.#pending.delete(one.number);
		one.done(undefined, {
			tokens: one.tokens, text: decodeUtf8(bytes, 0, bytes.length), promptTokens, stopReason, digest: tokenDigest(one.tokens),
			firstTokenMicroseconds: firstTokenAt - one.start, microseconds: now - firstTokenAt,
		});
	}

	#end(one: Pending, error: Error): void {
		this.#pending.delete(one.number);
		one.done(error, undefined);
	}

	/** A board that lives but is silent has lost its request: it rebooted unseen, or its memory is gone. */
	#watch(): void {
		const { network: { clock }, silenceMilliseconds = 5000 } = this.#settings;
		this.#timer ??= clock.after(1000, () => {
			this.#timer = undefined;
			for (const one of [...this.#pending.values()])
				if (clock.microseconds() - one.heardAt > 1000 * silenceMilliseconds)
					this.#move(one);
			if (this.#pending.size)
				this.#watch();
		});
	}

	close(): void {
		this.#settings.network.clock.cancel(this.#timer);
		this.#unwatch();
		this.#pending.clear();
	}
}
