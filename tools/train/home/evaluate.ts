/**
 * How well a model understands commands, on XS as it ships:
 *
 *     node bin/tool.mjs tools/train/home/evaluate.ts MODEL DATA HELD [--caution NATS] [--random N] [--host riscv] [--show]
 *
 * DATA has the folder homeassistant, HELD is held.json of generate.ts. Prints JSON: share of sentences whose intent and
 * slots are all right, share of foreign sentences refused, share of commands refused, invalid answers to random prompts.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { WantedAction } from "ruvllm-esp32/engine/home/encode";
import type { Action, HomeConfig, Understanding } from "ruvllm-esp32/engine/home/commands";
import { Session } from "../../cli/session.ts";
import { type Example, readHomeConfig } from "./home-assistant.ts";
import { Chooser } from "./random.ts";
import { faultOf } from "./validate.ts";

/** Whether an answer has the intent and exactly the slots; spellings without regard to case. */
export function isExact(action: Action, wanted: WantedAction): boolean {
	const { intent, ...slots } = action, names = new Set([...Object.keys(slots), ...Object.keys(wanted.slots)]);
	const plain = (value: unknown): string => String(value).trim().toLowerCase();
	return intent === wanted.intent && [...names].every((name) => {
		const value = wanted.slots[name], given = slots[name];
		return value !== undefined && given !== undefined && (Array.isArray(value) ? value : [value]).some((one) => plain(one) === plain(given));
	});
}

/** Prompts of words of commands, names of the home, numbers and noise in any order. */
function randomPrompt(random: Chooser, config: HomeConfig, words: readonly string[]): string {
	return Array.from({ length: random.below(14) }, () => {
		const way = random.below(12);
		return way < 7 ? random.pick(words) : way < 8 ? random.pick(config.entities!).name : way < 9 ? random.pick([...config.areas!, ...config.floors!]).name : way < 10 ? String(random.below(400))
			: way < 11 ? random.pick(["half an hour", "20.5 degrees", "fifty percent", "maximum", "all", "here", "red", "%", "°"])
			: String.fromCodePoint(...Array.from({ length: 1 + random.below(6) }, () => 33 + random.below(random.chance(0.5) ? 90 : 60000)).filter((c) => c < 0xd800 || c > 0xdfff), 33);
	}).join(" ");
}

export async function main(): Promise<void> {
	const { positionals, values } = parseArgs({
		args: process.argv.slice(3), allowPositionals: true,
		options: { caution: { type: "string", default: "0" }, random: { type: "string", default: "10000" }, host: { type: "string", default: "desktop" }, show: { type: "boolean" } },
	});
	const [model, data, heldFile] = positionals.slice(-3) as [string, string, string];
	const config = readHomeConfig(join(data, "homeassistant"));
	const { held, outOfScope } = JSON.parse(readFileSync(heldFile, "utf8")) as { held: Example[]; outOfScope: string[] };
	const session = await Session.start(values.host, model, { firmware: "home-main" });
	try {
		await session.request({ do: "home", home: config, caution: Math.round(Number(values.caution) * 65536) });
		const ask = (text: string, area?: string): Promise<Understanding> => session.request({ do: "command", text, ...(area !== undefined && { area }) });
		let exact = 0, refused = 0, refusedOutside = 0, invalid = 0, tokens = 0;
		for (const { sentence, here, wanted } of held) {
			const result = await ask(sentence, here);
			tokens += result.tokens;
			exact += Number(isExact(result.action, wanted));
			refused += Number(result.action.intent === "none");
			if (values.show && !isExact(result.action, wanted))
				console.error(`${sentence} (${here ?? "elsewhere"}): ${JSON.stringify(result.action)}, not ${JSON.stringify(wanted)}`);
		}
		for (const text of outOfScope) {
			const { action } = await ask(text);
			refusedOutside += Number(action.intent === "none");
			if (values.show && action.intent !== "none")
				console.error(`out of scope: ${text}: ${JSON.stringify(action)}`);
		}
		const random = new Chooser(20261123), words = held.flatMap(({ sentence }) => sentence.split(" "));
		for (let i = 0; i < Number(values.random); i++) {
			const text = randomPrompt(random, config, words), area = random.chance(0.3) ? random.pick(config.areas!).name : undefined;
			const { action } = await ask(text, area), fault = faultOf(action, text, config, area);
			invalid += Number(fault !== undefined);
			if (fault !== undefined && values.show)
				console.error(`invalid (${fault}): ${text}: ${JSON.stringify(action)}`);
		}
		const share = (n: number, of: number): number => Math.round(n / of * 1e4) / 1e4;
		console.log(JSON.stringify({
			model, host: values.host, sentences: held.length, exact: share(exact, held.length), commands_refused: share(refused, held.length),
			out_of_scope: outOfScope.length, out_of_scope_refused: share(refusedOutside, outOfScope.length),
			random_prompts: Number(values.random), invalid, tokens_per_command: Math.round(tokens / held.length * 10) / 10, tier: "measured",
		}));
	}
	finally {
		session.close();
	}
}
