/**
 * What programs say to a board of a federation and hear from it: a JSON object a line.
 *
 *   {"do":"generate","id":1,"prompt":"Once","settings":{"seed":7}}
 *       {"id":1,"request":1,"mode":"pipeline","why":"..."}, {"id":1,"index":0,"token":310,"text":" upon"} for each token, then
 *       {"id":1,"result":{...}} or {"id":1,"error":{code,message}}
 *       of experts also "expert", in the first line, and "action" with the result of a command (null: the answer is none)
 *   {"do":"status"}, with "every":500 again and again (0 ends it)       {"status":{...}}
 *   {"do":"predict"}                                                    {"predict":{mode,why,predictions}}
 *
 * A board that goes on with the request of one that died says the same with "adopted":{owner,request} for "id": `index`
 * counts the request's tokens, so that who hears several boards has the whole text. A piece that is no whole character
 * comes as "hex" for "text".
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { after, cancel } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import { LONGEST_PIECE } from "ruvllm-esp32/engine/tiny-model";
import type { FederationBoard } from "ruvllm-esp32/espnow-federation/app/board";
import type { Experts } from "ruvllm-esp32/espnow-federation/app/experts";
import { statusOf } from "ruvllm-esp32/espnow-federation/app/status";

interface Request {
	do?: unknown;
	id?: unknown;
	prompt?: unknown;
	settings?: unknown;
	every?: unknown;
}

/** Whose tokens a line tells. */
export type Mark = { id: unknown } | { adopted: { owner: number; request: number } };

export const say = (line: object): void => print(`${JSON.stringify(line)}\n`);

export const errorOf = (error: Error): { code: string; message: string } => ({ code: error instanceof RuvllmError ? error.code : error.name, message: error.message });

export class ProgramConsole {
	readonly #board: FederationBoard;
	readonly #piece = new Uint8Array(LONGEST_PIECE);
	#timer: unknown;
	/** Requests under way. */
	pending = 0;

	constructor(board: FederationBoard) {
		this.#board = board;
	}

	/** Answers one line; never throws. */
	answer(line: string): void {
		let id: unknown;
		try {
			const request = parse(line);
			id = request.id;
			if (request.do === "generate")
				this.#generate(request);
			else if (request.do === "status")
				this.#status(request.every);
			else if (request.do === "predict")
				say({ id, predict: this.#board.federation.predict() });
			else
				throw new RuvllmError("REQUEST_UNKNOWN", `there is no request "${String(request.do)}"; there are generate, status, predict`);
		}
		catch (error) {
			say({ id, error: errorOf(error as Error) });
		}
	}

	#generate({ id, prompt, settings = {} }: Request): void {
		if (typeof prompt !== "string")
			throw new RuvllmError("REQUEST_FIELD", "\"prompt\" is no text");
		if (typeof settings !== "object" || settings === null)
			throw new RuvllmError("REQUEST_FIELD", "\"settings\" is no object");
		if (this.#board.experts)
			return this.#generateByExpert(this.#board.experts, id, prompt, settings as Partial<InferenceConfig>);
		const { federation } = this.#board, ids = federation.encode(prompt), mark = { id };
		let previous = ids[ids.length - 1]!, index = 0;
		const request = federation.generate(ids, {
			...settings as Partial<InferenceConfig>,
			onToken: (token) => {
				if (token < 0)
					return;
				this.token(mark, index++, token, previous);
				previous = token;
			},
		}, (error, result) => {
			this.pending--;
			this.end(mark, error, result);
		});
		this.pending++;
		const { mode } = federation.config;
		say({ id, request, mode: mode === "auto" ? federation.choice!.mode : mode, why: mode === "auto" ? federation.choice!.why : "it was asked for" });
	}

	/** Tokens are of a model that this board need not have: their text comes with them. A command's makes sense at its end only. */
	#generateByExpert(experts: Experts, id: unknown, prompt: string, settings: Partial<InferenceConfig>): void {
		const expert = experts.of(prompt), isCommand = expert === "home", mark = { id };
		let index = 0;
		const request = this.#board.federation.generate(prompt, {
			...experts.settings(expert, settings),
			onToken: (token, bytes, count) => {
				if (token >= 0)
					say({ ...mark, index: index++, token, ...textOf(bytes, isCommand ? 0 : count) });
			},
		}, (error, result) => {
			this.pending--;
			if (error || !isCommand)
				return this.end(mark, error, result);
			const { text, action = null } = experts.answer(prompt, result!.text);
			say({ ...mark, result: { ...result!, text }, action });
		});
		this.pending++;
		say({ id, request, mode: "experts", expert, why: `the router takes it for ${expert}` });
	}

	/** @param previous the token in front; -1: unknown */
	token(mark: Mark, index: number, token: number, previous: number): void {
		const piece = this.#piece, count = this.#board.parts.tokenizer.copyPiece(previous, token, piece, 0);
		say({ ...mark, index, token, ...textOf(piece, count) });
	}
	end(mark: Mark, error: Error | undefined, result: GenerationResult | undefined): void {
		say(error ? { ...mark, error: errorOf(error) } : { ...mark, result });
	}

	#status(every: unknown): void {
		if (every !== undefined && !(Number.isInteger(every) && (every as number) >= 0 && (every as number) <= 60_000))
			throw new RuvllmError("REQUEST_FIELD", `"every" is ${String(every)}; it takes milliseconds, 0 to 60000`);
		say({ status: statusOf(this.#board) });
		if (every === undefined)
			return;
		cancel(this.#timer);
		this.#timer = every === 0 ? undefined : after(every as number, () => this.#status(every));
	}
}

function parse(line: string): Request {
	try {
		const value: unknown = JSON.parse(line);
		if (typeof value === "object" && value !== null && !Array.isArray(value))
			return value as Request;
	}
	catch { /* said below */ }
	throw new RuvllmError("REQUEST_JSON", "the request is no JSON object on one line");
}

function textOf(bytes: Uint8Array, count: number): { text: string } | { hex: string } {
	const text = decodeUtf8(bytes, 0, count);
	return text.includes("\ufffd") ? { hex: hexadecimal(bytes, count) } : { text };
}

function hexadecimal(bytes: Uint8Array, count: number): string {
	let out = "";
	for (let i = 0; i < count; i++)
		out += (bytes[i]! >> 4).toString(16) + (bytes[i]! & 15).toString(16);
	return out;
}
