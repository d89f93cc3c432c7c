/** One board of a swarm on this computer: a process of examples/federation/board.ts, asked by lines of JSON. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import type { BoardStatus } from "ruvllm-esp32/espnow-federation/app/status";

/** A line of a board: see src/espnow-federation/app/program.ts. */
export interface BoardLine {
	id?: number;
	adopted?: { owner: number; request: number };
	index?: number;
	token?: number;
	text?: string;
	hex?: string;
	result?: GenerationResult;
	error?: { code: string; message: string };
	/** The board's own number of the request. */
	request?: number;
	mode?: string;
	why?: string;
	/** Whose the text is, in mode "experts"; with a command's result its action, null: there is none. */
	expert?: string;
	action?: object | null;
	status?: BoardStatus;
	board?: { address: number };
	predict?: unknown;
}

export interface BoardLaunch {
	command: string;
	args: readonly string[];
	environment: Readonly<Record<string, string>>;
}

export class BoardProcess {
	readonly number: number;
	/** 0 until it has said it; another one after a restart. */
	address = 0;
	status: BoardStatus | undefined;
	/** Running. */
	alive = false;
	/** Its last words, when it ended by itself. */
	errors = "";
	onLine: (line: BoardLine) => void = () => {};
	onEnd: (code: number | null) => void = () => {};
	readonly #launch: BoardLaunch;
	#child: ChildProcess | undefined;

	constructor(number: number, launch: BoardLaunch) {
		this.number = number;
		this.#launch = launch;
	}

	get pid(): number {
		return this.#child?.pid ?? 0;
	}

	/** @param every milliseconds between its statuses */
	start(every: number): void {
		const { command, args, environment } = this.#launch;
		const child = this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...environment } });
		this.alive = true;
		this.status = undefined;
		this.address = 0;
		this.errors = "";
		child.stdin.on("error", () => {});
		child.stderr.setEncoding("utf8").on("data", (text: string) => { this.errors = (this.errors + text).slice(-2000); });
		createInterface({ input: child.stdout }).on("line", (line) => this.#line(line));
		const end = (code: number | null): void => {
			if (!this.alive || this.#child !== child)
				return;
			this.alive = false;
			this.onEnd(code);
		};
		child.on("error", (error) => {
			this.errors = error.message;
			end(null);
		});
		child.on("close", end);
		this.send({ do: "status", every });
	}

	#line(text: string): void {
		if (!text.startsWith("{"))
			return;
		const line = JSON.parse(text) as BoardLine;
		if (line.board)
			this.address = line.board.address;
		if (line.status)
			this.status = line.status;
		if (line.error && this.address === 0)
			this.errors = `${line.error.code}: ${line.error.message}`;
		this.onLine(line);
	}

	send(request: { do: string; [name: string]: unknown }): void {
		if (this.alive)
			this.#child!.stdin!.write(`${JSON.stringify(request)}\n`);
	}

	/** As when its power goes: no good-bye. */
	kill(): void {
		this.#child?.kill("SIGKILL");
	}
}
