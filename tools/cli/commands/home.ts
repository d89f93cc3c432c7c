/** ruvllm-esp32 home: what a sentence asks of a home. */

import type { Command } from "commander";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { HomeConfig, Understanding } from "ruvllm-esp32/engine/home/commands";
import { BuildError } from "../../build/errors.ts";
import { packageRoot } from "../../build/paths.ts";
import { findModel } from "../models.ts";
import { integer, number } from "../options.ts";
import { Session } from "../session.ts";

interface Options {
	model: string;
	host: string;
	home?: string;
	area?: string;
	caution?: number;
	context?: number;
	adapter?: number;
	json?: boolean;
}

export function addHome(program: Command): void {
	program.command("home")
		.description("the action that a sentence asks of a home, as JSON; without one, of each line that is typed or piped in")
		.argument("[sentence]", "for example \"turn off the lights in the kitchen\"")
		.option("-m, --model <name|file>", "the model", "home")
		.option("--host <name>", "where it runs: desktop, or riscv (the ESP32-C3's instruction set, emulated)", "desktop")
		.option("--home <file>", "floors, areas and entities of the home, as JSON; models/home/home.json by default")
		.option("--area <name>", "where it is said")
		.option("--caution <nats>", "how much likelier than \"none\" a command must be, in nats; more refuses more", number)
		.option("--context <positions>", "tokens that sentence and answer can have together", integer)
		.option("--adapter <rank>", "learn from corrections with an adapter of this rank, 1 to 8: a line {\"text\": ..., \"wanted\": {\"intent\": ..., \"slots\": {...}}} teaches", integer)
		.option("--json", "answers have margin and tokens too; lines may be JSON: {\"text\": ..., \"area\": ...}")
		.action(async (sentence: string | undefined, options: Options) => {
			const config = readHome(options.home ?? join(packageRoot, "models", "home", "home.json"));
			const session = await Session.start(options.host, findModel(options.model), { ...options, firmware: "home-main" });
			try {
				const rehearsal = options.adapter ? readFileSync(join(packageRoot, "models", "home", "rehearsal.txt"), "utf8").split("\n").filter((line) => line) : undefined;
				await session.request({ do: "home", home: config, rehearsal, ...(options.caution !== undefined && { caution: Math.round(options.caution * 65536) }) });
				const ask = async (text: string, area = options.area): Promise<void> => {
					const result = await session.request<Understanding>({ do: "command", text, ...(area !== undefined && { area }) });
					console.log(JSON.stringify(options.json ? { text, ...result.action, margin_nats: Math.round(result.margin / 655.36) / 100, tokens: result.tokens } : result.action));
				};
				if (sentence !== undefined)
					await ask(sentence);
				else
					for await (const line of createInterface({ input: process.stdin, prompt: "> " }))
						if (line.trim())
							await (line.trimStart().startsWith("{") ? askJson(line, ask, session, options.area) : ask(line));
			}
			finally {
				session.close();
			}
		});
}

/** {"text", "area"} asks; with "wanted" it teaches. */
async function askJson(line: string, ask: (text: string, area?: string) => Promise<void>, session: Session, here: string | undefined): Promise<void> {
	let value: { text?: unknown; area?: unknown; wanted?: unknown };
	try {
		value = JSON.parse(line) as typeof value;
	}
	catch {
		throw new BuildError(`this line is no JSON: ${line.slice(0, 60)}`);
	}
	if (typeof value.text !== "string" || (value.area !== undefined && value.area !== null && typeof value.area !== "string"))
		throw new BuildError(`a line is {"text": "...", "area": "..."}, not ${line.slice(0, 60)}`);
	const area = typeof value.area === "string" ? value.area : undefined;
	if (value.wanted === undefined)
		return ask(value.text, area);
	const learned = await session.request<object>({ do: "correct", text: value.text, area: area ?? here, wanted: value.wanted });
	console.log(JSON.stringify({ text: value.text, ...learned }));
}

function readHome(path: string): HomeConfig {
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	}
	catch {
		throw new BuildError(`there is no file ${path}`);
	}
	try {
		return JSON.parse(text) as HomeConfig;
	}
	catch {
		throw new BuildError(`${path} is no JSON`);
	}
}
