/**
 * A federation on this computer: a process for each board, with radios that talk over UDP. A client of board 0: what a board
 * that goes on with the request writes counts as much, so the text is whole whoever dies.
 */

import { EventEmitter } from "node:events";
import { join } from "node:path";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { BoardStatus } from "ruvllm-esp32/espnow-federation/app/status";
import { buildDesktopHost } from "../build/desktop.ts";
import { packageRoot } from "../build/paths.ts";
import { ownSwarm } from "../build/swarm.ts";
import { bundleForXs, removeBundle } from "../build/user-script.ts";
import { type BoardLine, BoardProcess } from "./board-process.ts";
import { boardArguments, checkSwarm, type SwarmOptions } from "./options.ts";
import { type SwarmText, TextRequest } from "./text-request.ts";

/** Milliseconds: between the statuses of a board; between looks; until boards must know each other. */
const STATUS = 250, TICK = 50, MEET = 20_000;

/** Emits "token", "event" (a sentence), "status". */
export class Swarm extends EventEmitter {
	readonly boards: readonly BoardProcess[];
	readonly options: SwarmOptions;
	/** Statuses when the text began, by process id. */
	readonly baseline = new Map<number, BoardStatus>();
	/** Process id of the board that was asked for the last text. */
	asked = 0;
	readonly #script: string;
	#current: TextRequest | undefined;
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
			const board = new BoardProcess(number, { command: executable, args: [script, ...boardArguments({ ...options, ...secret === undefined ? {} : { secret } }, number)], environment });
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
	/** Undefined: no text is under way. */
	get progress(): { text: string; tokens: number; milliseconds: number; mode: string } | undefined {
		const current = this.#current;
		return current && { text: current.text, tokens: current.merge.count, milliseconds: current.milliseconds, mode: current.mode };
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
	async generate(prompt: string, config: Partial<InferenceConfig>): Promise<SwarmText> {
		await this.#refresh();
		const [asked] = this.living;
		if (!asked)
			throw new RuvllmError("SWARM_DEAD", "no board is alive; restart one");
		this.asked = asked.pid;
		this.baseline.clear();
		for (const { pid, status, alive } of this.boards)
			if (alive && status)
				this.baseline.set(pid, status);
		const { mode, kill = [], timeoutSeconds = 60 } = this.options;
		const current = this.#current = new TextRequest({
			id: ++this.#ids, prompt, config, boards: this.boards, asked, mode, kill, timeoutSeconds,
			tell: (sentence) => this.emit("event", sentence), grown: (tokens) => this.emit("token", tokens),
		});
		try {
			const text = await current.done;
			await this.#refresh();
			return text;
		}
		finally {
			this.#current = undefined;
		}
	}

	#line(board: BoardProcess, line: BoardLine): void {
		if (line.status)
			this.emit("status", board);
		else
			this.#current?.line(board, line);
	}

	#ended(board: BoardProcess, code: number | null): void {
		if (this.#closed)
			return;
		this.#current?.died(board);
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
		this.#current?.drop();
		for (const board of this.boards)
			board.kill();
		removeBundle(this.#script);
	}
}
