/**
 * What a board of a federation is told when it starts: the arguments of a program on the desktop, "arguments" in the
 * "config" of the manifest on a chip.
 *
 *   [MODEL] [--mode MODE] [--lanes N] [--secret TEXT] [--channel N] [--rate RATE] [--context POSITIONS] [--draft FILE]
 *           [--goal latency|throughput] [--memory BYTES] [--speed N] [--expert stories|home] [--home FILE] [--serve]
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { PhyRate } from "ruvllm-esp32/platform/radio";

export type BoardMode = "auto" | "single" | "pipeline" | "speculative" | "tensor" | "replication" | "experts";

/** In the router's order (models/router.rvgr), which is also that of the bits of a board's tags. */
export const EXPERTS = ["stories", "home"] as const;
export type Expert = (typeof EXPERTS)[number];

export interface BoardArguments {
	/** Name of an asset: stories.ruvm by default, home.ruvm for the home's expert. */
	model: string;
	mode: BoardMode;
	lanes: number;
	/** Of a closed network, 16 to 128 bytes; without it, an open one. */
	secret?: string;
	channel: number;
	rate: PhyRate;
	/** Positions of a sequence; the model's own by default. */
	context?: number;
	/** Name of an asset with a draft table of the model's vocabulary; without it, the text alone drafts (lookup). */
	draft?: string;
	/** By default "latency" with one lane, "throughput", which spreads layers over all boards, with more. */
	goal?: "latency" | "throughput";
	/** Bytes of RAM to offer to sessions; without it, what there is. */
	memory?: number;
	/** Thousand multiply-accumulates a second to announce; without it, what is measured at the start. */
	speed?: number;
	/** What its model is for; mode "experts" asks for it. */
	expert?: Expert;
	/** Name of an asset that describes the home (floors, areas, entities, as JSON), for experts; home.json by default. */
	home: string;
	/** Whether only programs talk to it. */
	serve: boolean;
}

const MODES = ["auto", "single", "pipeline", "speculative", "tensor", "replication", "experts"], GOALS = ["latency", "throughput"];
const RATES = ["1M", "2M", "5M5", "11M", "6M", "12M", "24M", "36M", "48M", "54M", "MCS0", "MCS7"];
const NUMBERS: Readonly<Record<string, readonly [low: number, high: number]>> = { lanes: [1, 16], channel: [1, 13], context: [1, 32768], memory: [1, 0x7fffff00], speed: [1, 0x7fffffff] };
const CHOICES: Readonly<Record<string, readonly string[]>> = { mode: MODES, rate: RATES, goal: GOALS, expert: EXPERTS };
const TEXTS = ["secret", "draft", "home"];

/** @throws RuvllmError ARGUMENT naming what is wrong */
export function parseBoardArguments(args: readonly string[]): BoardArguments {
	const given: Record<string, string | number | boolean> = {};
	for (let i = 0; i < args.length; i++) {
		const word = args[i]!, name = word.slice(2);
		if (!word.startsWith("--"))
			take(given, "model", word, word);
		else if (name === "serve")
			given.serve = true;
		else
			take(given, name, value(name, args[++i]), word);
	}
	if (given.mode === "experts" && given.expert === undefined)
		throw new RuvllmError("ARGUMENT", `--mode experts asks what this board's model is for; add --expert ${EXPERTS.join(" or ")}`);
	return { model: given.expert === "home" ? "home.ruvm" : "stories.ruvm", home: "home.json", mode: "auto", lanes: 1, channel: 1, rate: "1M", serve: false, ...given };
}

function take(given: Record<string, unknown>, name: string, what: string | number, word: string): void {
	if (given[name] !== undefined)
		throw new RuvllmError("ARGUMENT", `${name === "model" ? `there are two models, ${String(given.model)} and ${word}` : `${word} comes twice`}; give one`);
	given[name] = what;
}

function value(name: string, text: string | undefined): string | number {
	const range = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined, choices = Object.hasOwn(CHOICES, name) ? CHOICES[name] : undefined;
	if (range) {
		const number = text === undefined || text === "" ? NaN : Number(text);
		if (!Number.isInteger(number) || number < range[0] || number > range[1])
			throw new RuvllmError("ARGUMENT", `--${name} is ${text}; it takes a whole number from ${range[0]} to ${range[1]}`);
		return number;
	}
	if (!choices && !TEXTS.includes(name))
		throw new RuvllmError("ARGUMENT", `there is no argument --${name}; there are --serve, ${[...TEXTS, ...Object.keys(CHOICES), ...Object.keys(NUMBERS)].map((known) => `--${known}`).join(", ")}`);
	if (text === undefined || text === "" || choices && !choices.includes(text))
		throw new RuvllmError("ARGUMENT", `--${name} is ${text === undefined ? "missing" : `"${text}"`}; it takes ${choices ? choices.join(", ") : "a text"}`);
	return text;
}
