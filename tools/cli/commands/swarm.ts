/** ruvllm-esp32 swarm: a federation of boards, each a process of this computer, watched at work. */

import type { Command } from "commander";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { GenerationResult, InferenceConfig } from "ruvllm-esp32/engine";
import { EXPERTS } from "ruvllm-esp32/espnow-federation/app/arguments";
import { packageRoot } from "../../build/paths.ts";
import { commandRequest } from "../../swarm/command-request.ts";
import { FigureKeeper } from "../../swarm/figures.ts";
import { checkSwarm, parseKill, type SwarmOptions } from "../../swarm/options.ts";
import { liveScreen, plainScreen, type Screen } from "../../swarm/screen.ts";
import { Swarm } from "../../swarm/swarm.ts";
import type { SwarmText } from "../../swarm/text-request.ts";
import { DEFAULT_MODEL, findModel } from "../models.ts";
import { inferenceOf, integer, list, number, type SamplingOptions, withSampling } from "../options.ts";
import { Session } from "../session.ts";

interface Options extends SamplingOptions {
	boards: number;
	mode: string;
	experts?: string;
	model: string;
	prompt?: string;
	lanes?: number;
	context?: number;
	secret?: string;
	channel?: number;
	rate?: string;
	draft?: string;
	goal?: string;
	memory?: number;
	loss?: number;
	delay?: number;
	kill?: string[];
	timeout?: number;
	check?: boolean;
	once?: boolean;
	json?: boolean;
}

const MODES = ["auto", "single", "pipeline", "speculative", "tensor", "replication", "experts"];

export function addSwarm(program: Command): void {
	withSampling(program.command("swarm"))
		.description("a federation on this computer: a process for each board, which generate a text together; kill them, and it goes on")
		.option("-b, --boards <n>", "how many", integer, 5)
		.option("--mode <mode>", `how they share the work: ${MODES.join(", ")}`, "pipeline")
		.option("--experts <names>", `what boards' models are for, in turn, in mode experts: ${EXPERTS.join(",")} by default`)
		.option("-m, --model <name|file>", "the model of all; of the stories' experts", DEFAULT_MODEL)
		.option("--prompt <text>", "how the text begins; without it, lines of the terminal are prompts")
		.option("--lanes <n>", "sequences that boards hold at a time", integer)
		.option("--context <positions>", "tokens that prompt and answer can have together", integer)
		.option("--secret <text>", "16 to 128 bytes: who does not know it can't take part")
		.option("--channel <n>", "1 to 13", integer)
		.option("--rate <rate>", "of the radio, for predictions: 1M to 54M, MCS0, MCS7")
		.option("--draft <file>", "draft table for speculative mode; the shipped one for shipped story models")
		.option("--goal <goal>", "of plans: throughput spreads layers over all boards, latency takes as few as hold them", "throughput")
		.option("--memory <bytes>", "of RAM that each board offers", integer)
		.option("--loss <share>", "share of frames that receivers lose, 0 to 1", number)
		.option("--delay <microseconds>", "from the air to the program", integer)
		.option("--kill <board@seconds>", "switch a board off so many seconds into the text (2@1.5), or when so many tokens are there (2@40t); may be repeated", list)
		.option("--timeout <seconds>", "a text that takes longer fails", number, 60)
		.option("--check", "compare the tokens with one board's own")
		.option("--once", "leave after the first text")
		.option("--json", "print JSON")
		.action(run);
}

function settingsOf(options: Options, seed: number): SwarmOptions {
	const { boards, mode, lanes, context, secret, channel, rate, goal, memory, loss, delay, kill = [], timeout } = options;
	if (!MODES.includes(mode))
		throw new RuvllmError("ARGUMENT", `there is no mode "${mode}"; modes are ${MODES.join(", ")}`);
	const byExpert = mode === "experts" ? { homeModel: findModel("home"), home: HOME } : {}, experts = options.experts?.split(",");
	const draft = byExpert.home ? undefined : options.draft ?? shippedDraft(options.model), settings = { boards, mode, experts, ...byExpert, model: findModel(options.model), lanes, context, secret, channel, rate, draft, goal, memory, loss, delay, seed, kill: kill.map(parseKill), timeoutSeconds: timeout };
	const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as SwarmOptions;
	checkSwarm(given);
	return given;
}

const HOME = join(packageRoot, "models/home/home.json");

const shippedDraft = (model: string): string | undefined => {
	const file = join(packageRoot, "models/stories-draft.rvng");
	return /^stories(-|$)/.test(model) && existsSync(file) ? file : undefined;
};

async function run(options: Options): Promise<void> {
	const config = inferenceOf(options), swarm = await Swarm.start(settingsOf(options, config.seed)), figures = new FigureKeeper(swarm);
	const leave = (): void => {
		swarm.close();
		process.exit(130);
	};
	process.once("SIGINT", leave);
	let screen: Screen | undefined;
	try {
		await swarm.meet();
		screen = options.json ? undefined : process.stdout.isTTY ? liveScreen(swarm, figures, process.stdout) : plainScreen(swarm, figures, process.stdout);
		const one = async (prompt: string): Promise<void> => {
			figures.begin();
			screen?.begin(prompt);
			const text = await withKeys(swarm, leave, () => swarm.generate(prompt, config));
			screen?.end(prompt, text);
			const equal = options.check ? await equalsOneBoard(options, prompt, config, text) : undefined;
			if (options.json)
				console.log(JSON.stringify(report(prompt, text, figures, config.seed, equal)));
			else if (equal !== undefined)
				console.log(`tokens equal one board's: ${equal ? "yes" : "no"}`);
			if (equal === false)
				throw new RuvllmError("SWARM_TOKENS", "the tokens are not those of one board");
		};
		if (options.prompt !== undefined)
			await one(options.prompt);
		else
			await conversation(one, options);
	}
	finally {
		process.off("SIGINT", leave);
		screen?.close();
		swarm.close();
	}
}

/** Each line is a prompt; a text that fails is told, and the conversation goes on while boards live. */
async function conversation(one: (prompt: string) => Promise<void>, { once, json }: Options): Promise<void> {
	for await (const line of typedLines()) {
		if (/^\/(bye|exit|quit)$/.test(line.trim()))
			break;
		if (!line.trim())
			continue;
		try {
			await one(line);
		}
		catch (error) {
			if (once || !(error instanceof RuvllmError) || error.code === "SWARM_DEAD")
				throw error;
			console.log(json ? JSON.stringify({ error: { code: error.code, message: error.message } }) : error.message);
		}
		if (once)
			break;
	}
}

/** Of a terminal, one line at a time by a reader of its own: between them keys mean boards. */
async function* typedLines(): AsyncGenerator<string> {
	const { stdin } = process;
	if (!stdin.isTTY) {
		yield* createInterface({ input: stdin });
		return;
	}
	for (;;) {
		const reader = createInterface({ input: stdin, output: process.stdout, terminal: true });
		const line = await new Promise<string | undefined>((resolve) => {
			reader.once("close", () => resolve(undefined));
			reader.question("> ", resolve);
		});
		reader.close();
		if (line === undefined)
			return;
		yield line;
	}
}

/** While a text grows, keys of digits kill boards and switch them on, q leaves. */
async function withKeys<T>(swarm: Swarm, leave: () => void, work: () => Promise<T>): Promise<T> {
	const { stdin } = process, keys = stdin.isTTY === true && process.stdout.isTTY === true, raw = stdin.isRaw;
	const pressed = (bytes: Buffer | string): void => {
		for (const key of bytes.toString())
			if (key >= "0" && key <= "9")
				swarm.toggle(Number(key));
			else if (key === "q" || key === "\u0003")
				leave();
	};
	if (keys) {
		stdin.setRawMode(true);
		stdin.on("data", pressed).resume();
	}
	try {
		return await work();
	}
	finally {
		if (keys) {
			stdin.off("data", pressed);
			stdin.setRawMode(raw ?? false);
			stdin.pause();
		}
	}
}

async function equalsOneBoard(options: Options, prompt: string, config: Partial<InferenceConfig>, { tokens, expert }: SwarmText): Promise<boolean> {
	const isCommand = expert === "home", session = await Session.start("desktop", findModel(isCommand ? "home" : options.model), options.context === undefined ? {} : { context: options.context });
	try {
		const alone = await session.request<GenerationResult>({ do: "generate", ...isCommand ? await commandRequest(session, prompt, HOME) : { prompt, config } });
		return alone.tokens.join() === tokens.join();
	}
	finally {
		session.close();
	}
}

function report(prompt: string, text: SwarmText, figures: FigureKeeper, seed: number, equal: boolean | undefined): object {
	const { tokens, result, mode, why, expert, action, milliseconds, finishedBy, adopted, askedAgain, repeated, deaths } = text;
	return {
		prompt, tokens, text: text.text, stop_reason: result.stopReason, digest: result.digest, seed, mode, why, expert, action, finished_by: finishedBy, adopted, asked_again: askedAgain, repeated, deaths,
		...equal === undefined ? {} : { equal }, totals: figures.totals(tokens.length, milliseconds), boards: figures.boards(tokens.length, milliseconds),
	};
}
