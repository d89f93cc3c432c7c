/**
 * A text that a swarm is asked for: takes tokens from whoever writes them, switches boards off when it is time, asks another
 * board when nobody goes on.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { BoardLine, BoardProcess } from "./board-process.ts";
import { TextMerge } from "./merge.ts";
import type { Kill } from "./options.ts";

/**
 * Milliseconds. A board is found dead after 1.2 s of silence, and whoever goes on says in its status that it leads, half a
 * second later at most.
 */
const SILENCE = 3000, TICK = 50;

export interface SwarmText {
	tokens: number[];
	text: string;
	result: GenerationResult;
	mode: string;
	why: string;
	/** In mode "experts": whose the text is, and what a command means, null: nothing. */
	expert?: string;
	action?: object | null;
	/** From the request to the end. */
	milliseconds: number;
	/** The board that ended it; whether it went on with another's request. */
	finishedBy: number;
	adopted: boolean;
	/** How often a new board had to be asked because nobody went on. */
	askedAgain: number;
	/** Tokens that came from more than one board. */
	repeated: number;
	/** Boards that died meanwhile, and how many tokens there were. */
	deaths: { board: number; milliseconds: number; tokens: number }[];
}

export interface RequestSettings {
	id: number;
	prompt: string;
	config: Partial<InferenceConfig>;
	boards: readonly BoardProcess[];
	/** The board that is asked. */
	asked: BoardProcess;
	mode: string;
	kill: readonly Kill[];
	timeoutSeconds: number;
	/** A sentence for people. */
	tell: (sentence: string) => void;
	/** Tokens are there. */
	grown: (tokens: number) => void;
}

export class TextRequest {
	readonly merge = new TextMerge();
	/** @throws RuvllmError SWARM_DEAD, SWARM_TIMEOUT, SWARM_TOKENS, or the code of the board's error */
	readonly done: Promise<SwarmText>;
	mode: string;
	readonly #settings: RequestSettings;
	readonly #start = performance.now();
	readonly #kills: Kill[];
	readonly #deaths: SwarmText["deaths"] = [];
	readonly #adopters = new Set<number>();
	/** What boards call this request. */
	readonly #names = new Set<string>();
	#asked: BoardProcess;
	#why = "";
	#expert: string | undefined;
	#heardAt = performance.now();
	#askedAgain = 0;
	#over = false;
	#resolve: (text: SwarmText) => void = () => {};
	#reject: (error: Error) => void = () => {};

	constructor(settings: RequestSettings) {
		this.#settings = settings;
		this.#asked = settings.asked;
		this.#kills = [...settings.kill];
		this.mode = settings.mode;
		this.done = new Promise((resolve, reject) => {
			this.#resolve = resolve;
			this.#reject = reject;
		});
		this.#ask();
		this.#watch();
	}

	get text(): string {
		return this.#settings.prompt + this.merge.text;
	}
	get milliseconds(): number {
		return performance.now() - this.#start;
	}

	#ask(): void {
		const { id, prompt, config } = this.#settings;
		this.#asked.send({ do: "generate", id, prompt, settings: config });
	}

	/** Of any board. */
	line(board: BoardProcess, line: BoardLine): void {
		if (this.#over || !(line.adopted ? this.#names.has(nameOf(line.adopted)) : line.id === this.#settings.id))
			return;
		if (line.mode !== undefined) {
			// So others name it, when they go on with it.
			this.#names.add(nameOf({ owner: board.address, request: line.request! }));
			this.mode = line.mode;
			this.#why = line.why ?? "";
			this.#expert = line.expert;
		}
		if (line.token !== undefined)
			this.#token(board, line);
		else if (line.result)
			this.#finish(board, line.result, line.adopted !== undefined, line.action);
		else if (line.error && !line.adopted && board === this.#asked)
			this.#fail(new RuvllmError(line.error.code, line.error.message));
	}

	#token(board: BoardProcess, { index, token, text, hex, adopted }: BoardLine): void {
		if (adopted && !this.#adopters.has(board.number)) {
			this.#adopters.add(board.number);
			this.#settings.tell(`board ${board.number} goes on with token ${index}`);
		}
		this.#heardAt = performance.now();
		try {
			this.merge.take(index!, token!, hex === undefined ? Buffer.from(text!) : Buffer.from(hex, "hex"));
		}
		catch (error) {
			this.#fail(error as Error);
			return;
		}
		this.#killDue();
		this.#settings.grown(this.merge.count);
	}

	#finish(board: BoardProcess, result: GenerationResult, adopted: boolean, action: object | null | undefined): void {
		const { tokens, repeated } = this.merge, { milliseconds, mode } = this;
		// A board that was cut off from the others for a while may finish what its owner has in hand.
		if (adopted && this.#asked.alive)
			return;
		if (tokens.join() !== result.tokens.join()) {
			this.#fail(new RuvllmError("SWARM_TOKENS", `board ${board.number} ends with ${result.tokens.length} tokens, of which ${tokens.length} came one by one, and they differ`));
			return;
		}
		this.#over = true;
		this.#resolve({ tokens, text: result.text, result, mode, why: this.#why, ...this.#expert === undefined ? {} : { expert: this.#expert }, ...action === undefined ? {} : { action }, milliseconds, finishedBy: board.number, adopted, askedAgain: this.#askedAgain, repeated, deaths: this.#deaths });
	}

	#fail(error: Error): void {
		this.#over = true;
		this.#reject(error);
	}

	#watch(): void {
		if (this.#over)
			return;
		this.#killDue();
		const { boards, timeoutSeconds, tell } = this.#settings, living = boards.filter(({ alive }) => alive), [next] = living;
		if (!next)
			return this.#fail(new RuvllmError("SWARM_DEAD", `all boards are dead; ${this.merge.count} tokens were there`));
		if (this.milliseconds > 1000 * timeoutSeconds)
			return this.#fail(new RuvllmError("SWARM_TIMEOUT", `the text was not finished in ${timeoutSeconds} s; ${this.merge.count} tokens are there`));
		if (performance.now() - this.#heardAt > SILENCE && !this.#asked.alive && !living.some(leads)) {
			tell(`nobody goes on; board ${next.number} is asked again`);
			this.#asked = next;
			this.#heardAt = performance.now();
			this.#askedAgain++;
			this.#ask();
		}
		setTimeout(() => this.#watch(), TICK);
	}

	#killDue(): void {
		const due = ({ seconds, tokens }: Kill): boolean => seconds === undefined ? this.merge.count >= tokens! : this.milliseconds >= 1000 * seconds;
		for (const kill of this.#kills.filter(due)) {
			this.#kills.splice(this.#kills.indexOf(kill), 1);
			this.#settings.boards[kill.board]!.kill();
		}
	}

	/** A board's process ended. */
	died({ number }: BoardProcess): void {
		this.#deaths.push({ board: number, milliseconds: this.milliseconds, tokens: this.merge.count });
		// Others need their time to miss it.
		this.#heardAt = performance.now();
	}

	/** Nobody wants it any more. */
	drop(): void {
		this.#over = true;
	}
}

const nameOf = ({ owner, request }: { owner: number; request: number }): string => `${owner} ${request}`;

/** Whether a board draws the tokens of a request: one that went on may have to read much again before its first token. */
const leads = ({ status }: BoardProcess): boolean => status?.sessions.some((session) => session.leads && session.requests > 0) ?? false;
