/** What a swarm can be told, and what it refuses. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { EXPERTS } from "ruvllm-esp32/espnow-federation/app/arguments";

/** A board and when its power goes: behind so many seconds of a text, or so many tokens. */
export interface Kill {
	board: number;
	seconds?: number;
	tokens?: number;
}

export interface SwarmOptions {
	boards: number;
	/** A file. */
	model: string;
	mode: string;
	/** What boards' models are for, in turn, in mode "experts": names of EXPERTS. */
	experts?: readonly string[];
	/** Files, in that mode: the home's model, and the home. */
	homeModel?: string;
	home?: string;
	lanes?: number;
	context?: number;
	secret?: string;
	channel?: number;
	rate?: string;
	/** A file. */
	draft?: string;
	goal?: string;
	memory?: number;
	/** Share of frames that receivers lose, 0 to 1. */
	loss?: number;
	/** Microseconds from the air to the program. */
	delay?: number;
	/** Of the radio's losses. */
	seed?: number;
	kill?: readonly Kill[];
	/** A text that is not finished in so many seconds fails; 60 by default. */
	timeoutSeconds?: number;
}

export const MOST_BOARDS = 20;

const wrong = (sentence: string): RuvllmError => new RuvllmError("ARGUMENT", sentence);

/** "2@1.5": board 2, 1.5 seconds in; "2@40t": when 40 tokens are there. @throws RuvllmError ARGUMENT */
export function parseKill(text: string): Kill {
	const found = /^(\d+)@(?:(\d+(?:\.\d+)?)s?|(\d+)t)$/.exec(text);
	if (!found)
		throw wrong(`--kill is "${text}"; it takes BOARD@SECONDS, for example 2@1.5, or BOARD@TOKENSt, for example 2@40t`);
	return { board: Number(found[1]), ...found[2] === undefined ? { tokens: Number(found[3]) } : { seconds: Number(found[2]) } };
}

/** What boards would not refuse themselves. @throws RuvllmError ARGUMENT */
export function checkSwarm({ boards, mode, experts, loss = 0, delay = 0, kill = [], secret }: SwarmOptions): void {
	if (!Number.isInteger(boards) || boards < 1 || boards > MOST_BOARDS)
		throw wrong(`--boards is ${boards}; it takes a whole number from 1 to ${MOST_BOARDS}`);
	if (!(loss >= 0 && loss < 1))
		throw wrong(`--loss is ${loss}; it takes a number from 0 to below 1, the share of frames that are lost`);
	if (!Number.isInteger(delay) || delay < 0 || delay > 1_000_000)
		throw wrong(`--delay is ${delay}; it takes microseconds, 0 to 1000000`);
	if (secret !== undefined && !(Buffer.byteLength(secret) >= 16 && Buffer.byteLength(secret) <= 128))
		throw wrong(`--secret has ${Buffer.byteLength(secret)} bytes; it takes 16 to 128`);
	if (experts && (mode !== "experts" || experts.length === 0))
		throw wrong(mode === "experts" ? "--experts is empty" : `--experts goes with --mode experts, not ${mode}`);
	for (const name of experts ?? [])
		if (!(EXPERTS as readonly string[]).includes(name))
			throw wrong(`--experts names "${name}"; it takes ${EXPERTS.join(", ")}, with commas between`);
	for (const { board } of kill)
		if (board >= boards)
			throw wrong(`--kill names board ${board}; there are boards 0 to ${boards - 1}`);
}

/** Arguments of a board's process: src/espnow-federation/app/arguments.ts. */
export function boardArguments(options: SwarmOptions, board: number): string[] {
	const { mode, experts = EXPERTS, home, lanes, context, secret, channel, rate, draft, goal, memory } = options;
	const expert = mode === "experts" ? experts[board % experts.length] : undefined, model = expert === "home" ? options.homeModel ?? "home.ruvm" : options.model;
	const given = { mode, expert, home, lanes, context, secret, channel, rate, draft, goal, memory, speed: SPEED };
	return [model, "--serve", ...Object.entries(given).flatMap(([name, value]) => value === undefined ? [] : [`--${name}`, String(value)])];
}

/**
 * Thousand multiply-accumulates a second that all boards announce: they share one computer, whose load at the moment of each start says
 * nothing of them. The same for all, so that plans share layers out evenly; near what one core does.
 */
const SPEED = 2_000_000;
