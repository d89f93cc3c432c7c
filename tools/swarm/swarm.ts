/**
 * A federation on this computer: a process for each board, with radios that talk over UDP. A client of board 0: what a board
 * that goes on with the request writes counts as much, so the text is whole whoever dies.
 */

import { EventEmitter } from "node:events";
import { join } from "node:path";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { BoardStatus } from "ruvllm-esp32/espnow-federation/app/status";
import { buildDesktopHost } from "../build/desktop.ts";
import { packageRoot } from "../build/paths.ts";
import { ownSwarm } from "../build/swarm.ts";
import { bundleForXs, removeBundle } from "../build/user-script.ts";
import { type BoardLine, BoardProcess } from "./board-process.ts";
import { TextMerge } from "./merge.ts";
import { boardArguments, checkSwarm, type Kill, type SwarmOptions } from "./options.ts";

/** Milliseconds. A board is found dead after 1.2 s of silence, and whoever goes on says in its status that it leads, half a second later at most. */
const STATUS = 250, SILENCE = 3000, TICK = 50, MEET = 20_000;

export interface SwarmText {
	tokens: number[];
	text: string;
	result: GenerationResult;
	mode: string;
	why: string;
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

/** Whether a board draws the tokens of a request: one that went on may have to read much again before its first token. */
const leads = ({ status }: BoardProcess): boolean => status?.sessions.some((session) => session.leads && session.requests > 0) ?? false;

/** A text under way. */
interface Current {
	id: number;
	prompt: string;
	settings: Partial<InferenceConfig>;
	merge: TextMerge;
	start: number;
	/** The board that was asked, and the one that wrote last. */
	asked: BoardProcess;
	writer: BoardProcess;
	heardAt: number;
	mode: string;
	why: string;
	kills: Kill[];
	adopters: Set<number>;
	askedAgain: number;
	deaths: SwarmText["deaths"];
	resolve: (text: SwarmText) => void;
	reject: (error: Error) => void;
}

/** Emits "token", "event" (a sentence), "status". */
export class Swarm extends EventEmitter {
	readonly boards: readonly BoardProcess[];
	readonly options: SwarmOptions;
	/** Statuses when the text began, by process id. */
	readonly baseline = new Map<number, BoardStatus>();
	/** Process id of the board that was asked for the last text. */
	asked = 0;
	readonly #script: string;
	#current: Current | undefined;
	#ids = 0;
	#closed = false;

	private constructor(options: SwarmOptions, executable: string, script: string, secrets: readonly (string | undefined)[], port: number) {
		super();
		this.options = options;
		this.#script = script;
		const environment = {
			RUVLLM_RADIO_PORT: String(port), RUVLLM_RADIO_LOSS: String(options.loss ?? 0), RUVLLM_RADIO_SEED: String((options.seed ?? 1) % 0x7fffffff), RUVLLM_RADIO_DELAY: String(options.delay ?? 0), RUVLLM_ESP32_ROOT: packageRoot,
		};
		this.boards = Array.from({ length: options.boards }, (_, number) => {
			const secret = secrets[number] ?? options.secret;
			const board = new BoardProcess(number, { command: executable, args: [script, ...boardArguments({ ...options, ...secret === undefined ? {} : { secret } })], environment });
			board.onLine = (line) => this.#line(board, line);
			board.onEnd = (code) => this.#ended(board, code);
			return board;
		});
	}

	/**
	 * Builds the host when needed, and starts the boards; `meet` waits until they know each other.
	 * @param secrets of boards that have another one than the swarm, by number
	 * @throws RuvllmError ARGUMENT
	 */
	static async start(options: SwarmOptions, secrets: readonly (string | undefined)[] = [], port = ownSwarm()): Promise<Swarm> {
		checkSwarm(options);
		const { executable } = await buildDesktopHost(), script = await bundleForXs(join(packageRoot, "examples/federation/board.ts"));
		const swarm = new Swarm(options, executable, script, secrets, port);
		for (const board of swarm.boards)
			board.start(STATUS);
		return swarm;
	}

	get living(): BoardProcess[] {
		return this.boards.filter(({ alive }) => alive);
	}
	numberOf(address: number): number {
		return this.boards.findIndex((board) => board.alive && board.address === address);
	}
	/** Undefined: no text is under way. */
	get progress(): { text: string; tokens: number; milliseconds: number; mode: string } | undefined {
		const current = this.#current;
		return current && { text: current.prompt + current.merge.text, tokens: current.merge.count, milliseconds: performance.now() - current.start, mode: current.mode };
	}

	/** Until all of these know all of them. @throws RuvllmError SWARM_MEET, or what a board said when it could not start */
	async meet(boards: readonly BoardProcess[] = this.boards): Promise<void> {
		const end = performance.now() + MEET;
		for (let waited = 0; !boards.every(({ status }) => status && boards.every(({ address }) => status.alive.includes(address))); waited++) {
			const dead = boards.find(({ alive }) => !alive);
			if (dead) {
				const [, code, sentence] = /^([A-Z_]+): ([^]*)$/.exec(dead.errors.trim()) ?? [];
				throw new RuvllmError(code ?? "SWARM_START", `board ${dead.number} did not start: ${sentence ?? (dead.errors.trim() || "it said nothing")}`);
			}
			if (performance.now() > end)
				throw new RuvllmError("SWARM_MEET", `the boards did not find each other in ${MEET / 1000} s: ${boards.map(({ number, status }) => `${number} hears ${(status?.alive.length ?? 1) - 1}`).join(", ")}; check --secret and --loss, and whether the computer is overloaded`);
			if (waited % 4 === 0)
				this.#poll();
			await new Promise((resolve) => setTimeout(resolve, TICK));
		}
	}

	/** Until each board that lives has told its state, a second at most. */
	async #refresh(): Promise<void> {
		const before = new Map(this.living.map((board) => [board, board.status])), end = performance.now() + 1000;
		this.#poll();
		while (performance.now() < end && [...before].some(([board, status]) => board.alive && board.status === status))
			await new Promise((resolve) => setTimeout(resolve, 5));
	}
	#poll(): void {
		for (const board of this.boards)
			board.send({ do: "status" });
	}

	/** Asks board 0, or the first that lives. @throws RuvllmError SWARM_DEAD, SWARM_TIMEOUT, SWARM_TOKENS, or the code of the board's error */
	async generate(prompt: string, settings: Partial<InferenceConfig>): Promise<SwarmText> {
		await this.#refresh();
		const [asked] = this.living;
		if (!asked)
			throw new RuvllmError("SWARM_DEAD", "no board is alive; restart one");
		this.asked = asked.pid;
		this.baseline.clear();
		for (const { pid, status, alive } of this.boards)
			if (alive && status)
				this.baseline.set(pid, status);
		return new Promise((resolve, reject) => {
			const now = performance.now();
			this.#current = {
				id: ++this.#ids, prompt, settings, merge: new TextMerge(), start: now, asked, writer: asked, heardAt: now, mode: this.options.mode, why: "", kills: [...this.options.kill ?? []], adopters: new Set(), askedAgain: 0, deaths: [], resolve, reject,
			};
			asked.send({ do: "generate", id: this.#ids, prompt, settings });
			this.#watch();
		});
	}

	#line(board: BoardProcess, line: BoardLine): void {
		if (line.status) {
			this.emit("status", board);
			return;
		}
		const current = this.#current;
		if (!current || line.adopted === undefined && line.id !== current.id)
			return;
		if (line.mode !== undefined) {
			current.mode = line.mode;
			current.why = line.why ?? "";
		}
		if (line.token !== undefined)
			this.#token(current, board, line);
		else if (line.result)
			this.#finish(current, board, line.result, line.adopted !== undefined);
		else if (line.error && !line.adopted && board === current.asked)
			this.#fail(new RuvllmError(line.error.code, line.error.message));
	}

	#token(current: Current, board: BoardProcess, { index, token, text, hex, adopted }: BoardLine): void {
		if (adopted && !current.adopters.has(board.number)) {
			current.adopters.add(board.number);
			this.emit("event", `board ${board.number} goes on with token ${index}`);
		}
		current.writer = board;
		current.heardAt = performance.now();
		try {
			current.merge.take(index!, token!, hex === undefined ? Buffer.from(text!) : Buffer.from(hex, "hex"));
		}
		catch (error) {
			this.#fail(error as Error);
			return;
		}
		this.#killDue(current);
		this.emit("token", current.merge.count);
	}

	#finish(current: Current, board: BoardProcess, result: GenerationResult, adopted: boolean): void {
		const { merge, start, mode, why, askedAgain, deaths, resolve } = current, { tokens } = merge, milliseconds = performance.now() - start;
		// A board that was cut off from the others for a while may finish what its owner has in hand.
		if (adopted && current.asked.alive)
			return;
		this.#current = undefined;
		if (tokens.join() !== result.tokens.join()) {
			current.reject(new RuvllmError("SWARM_TOKENS", `board ${board.number} ends with ${result.tokens.length} tokens, of which ${tokens.length} came one by one, and they differ`));
			return;
		}
		const text: SwarmText = { tokens, text: result.text, result, mode, why, milliseconds, finishedBy: board.number, adopted, askedAgain, repeated: merge.repeated, deaths };
		void this.#refresh().then(() => resolve(text));
	}

	#fail(error: Error): void {
		const current = this.#current;
		this.#current = undefined;
		current?.reject(error);
	}

	/** Switches boards off when it is time, and asks another board when nobody goes on. */
	#watch(): void {
		const current = this.#current, now = performance.now(), seconds = this.options.timeoutSeconds ?? 60;
		if (!current || this.#closed)
			return;
		this.#killDue(current);
		const [next] = this.living;
		if (!next)
			this.#fail(new RuvllmError("SWARM_DEAD", `all boards are dead; ${current.merge.count} tokens were there`));
		else if (now - current.start > 1000 * seconds)
			this.#fail(new RuvllmError("SWARM_TIMEOUT", `the text was not finished in ${seconds} s; ${current.merge.count} tokens are there`));
		else {
			if (now - current.heardAt > SILENCE && !current.asked.alive && !this.living.some(leads)) {
				this.emit("event", `nobody goes on; board ${next.number} is asked again`);
				Object.assign(current, { asked: next, writer: next, heardAt: now, askedAgain: current.askedAgain + 1 });
				next.send({ do: "generate", id: current.id, prompt: current.prompt, settings: current.settings });
			}
			setTimeout(() => this.#watch(), TICK);
		}
	}

	#killDue(current: Current): void {
		const due = ({ seconds, tokens }: Kill): boolean => seconds === undefined ? current.merge.count >= tokens! : performance.now() - current.start >= 1000 * seconds;
		for (const kill of current.kills.filter(due)) {
			current.kills.splice(current.kills.indexOf(kill), 1);
			this.boards[kill.board]!.kill();
		}
	}

	#ended(board: BoardProcess, code: number | null): void {
		const current = this.#current;
		if (this.#closed)
			return;
		if (current) {
			current.deaths.push({ board: board.number, milliseconds: performance.now() - current.start, tokens: current.merge.count });
			// Others need their time to miss it.
			current.heardAt = performance.now();
		}
		this.emit("event", `board ${board.number} is dead${code === null ? "" : ` (exit code ${code}) ${board.errors.trim()}`}`);
	}

	/** Kills a board that lives, restarts one that is dead. */
	toggle(number: number): void {
		const board = this.boards[number];
		if (board?.alive)
			board.kill();
		else if (board) {
			board.start(STATUS);
			this.emit("event", `board ${number} is on again`);
		}
	}

	close(): void {
		this.#closed = true;
		for (const board of this.boards)
			board.kill();
		removeBundle(this.#script);
	}
}
