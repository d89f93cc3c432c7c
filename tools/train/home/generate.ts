/**
 * Writes the sentences that models/home learns from, one a line: kind, prompt, answer, separated by tabs; words as they
 * are, symbols as ~N.
 *
 *     node bin/tool.mjs tools/train/home/generate.ts DATA OUT [--count N] [--seed N] [--hold-out N]
 *
 * DATA has the folder homeassistant, and others by choice (data-sets.ts). A tenth of Home Assistant's sentences (--hold-out
 * 10), drawn by lot, is kept out and written to OUT/held.json for measuring; all of them with --hold-out 1.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { answerParts, type Part, promptParts, type WantedAction } from "ruvllm-esp32/engine/home/encode";
import { Home, type HomeConfig } from "ruvllm-esp32/engine/home/home";
import { link } from "ruvllm-esp32/engine/home/linker";
import { type DataSets, readDataSets } from "./data-sets.ts";
import { rowExamples } from "./data-set-commands.ts";
import { type Example, readHomeAssistant, readHomeConfig } from "./home-assistant.ts";
import { randomHome } from "./homes.ts";
import { DEVICES, PARTS, type Phrase } from "./phrases.ts";
import { SERVICES } from "./phrases-media.ts";
import { STATES } from "./phrases-state.ts";
import { Chooser } from "./random.ts";
import { expand } from "./template.ts";
import { draw, type Value } from "./values.ts";

const PHRASES = [...DEVICES, ...SERVICES, ...STATES];
const HOMES = 300;

interface Line {
	kind: string;
	prompt: Part[];
	answer: Part[];
}

class Generator {
	readonly #random: Chooser;
	readonly #data: DataSets;
	readonly #homes: { config: HomeConfig; home: Home }[];
	readonly #total: number;
	/** Phrases that came to nothing, by the reason. */
	readonly failures = new Map<string, number>();

	constructor(random: Chooser, data: DataSets) {
		this.#random = random;
		this.#data = data;
		this.#homes = Array.from({ length: HOMES }, () => {
			const config = randomHome(random);
			return { config, home: new Home(config) };
		});
		this.#total = PHRASES.reduce((sum, phrase) => sum + (phrase.weight ?? 1), 0);
	}

	#phrase(list: readonly Phrase[], total: number): Phrase {
		let at = this.#random.below(1_000_000) / 1_000_000 * total;
		return list.find((phrase) => (at -= phrase.weight ?? 1) < 0) ?? list.at(-1)!;
	}

	/** A sentence of a phrase in a home, and what it means. */
	#say(phrase: Phrase, config: HomeConfig): { sentence: string; here: string | undefined; slots: Record<string, string | number> } | undefined {
		const random = this.#random, used = new Set<number>();
		const own = phrase.values ? random.pick(phrase.values) : {};
		const here = phrase.here ?? random.chance(0.4) ? random.pick(config.areas!).name : undefined;
		const pattern = random.pick(phrase.patterns), values: Record<string, Value> = {};
		for (const key of this.#keys(pattern, phrase)) {
			if (key in own) {
				values[key] = { said: expand(String(own[key]), PARTS, {}, random), means: own[key]! };
				continue;
			}
			const value = draw(key, config, this.#data.pools, random, used, () => this.#command(config));
			if (!value)
				return undefined;
			values[key] = value;
		}
		const sentence = expand(pattern, PARTS, Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.said])), random);
		const slots: Record<string, string | number> = {};
		for (const [slot, value] of Object.entries(phrase.slots))
			slots[slot] = value === "here" ? here! : typeof value === "string" && value.startsWith("{") ? values[value.slice(1, -1)]!.means : value;
		return { sentence, here, slots };
	}

	#keys(pattern: string, phrase: Phrase): Set<string> {
		const keys = [...pattern.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]!);
		for (const value of Object.values(phrase.slots))
			if (typeof value === "string" && value.startsWith("{"))
				keys.push(value.slice(1, -1));
		return new Set(keys);
	}

	#command(config: HomeConfig): string {
		for (;;) {
			const said = this.#say(this.#phrase(DEVICES, DEVICES.reduce((sum, phrase) => sum + (phrase.weight ?? 1), 0)), config);
			if (said && !/\d/.test(said.sentence))
				return said.sentence;
		}
	}

	#polite(sentence: string): string {
		const random = this.#random;
		const before = random.chance(0.25) ? random.pick(["please ", "can you ", "could you ", "would you ", "hey ", "ok ", "I want you to ", "could you please ", "go ahead and ", "I'd like you to ", "will you "]) : "";
		return before + sentence + (random.chance(0.15) ? random.pick([" please", " for me", " now", " right now", " thanks", " please now"]) : "");
	}

	line(kind: string, home: Home, example: Example): Line | undefined {
		const linked = link(example.sentence, home, example.here);
		const answer = answerParts(linked, example.wanted);
		if (typeof answer === "string") {
			this.failures.set(answer, (this.failures.get(answer) ?? 0) + 1);
			return undefined;
		}
		return { kind, prompt: promptParts(linked), answer };
	}

	phrase(): Line | undefined {
		const { config, home } = this.#random.pick(this.#homes);
		const phrase = this.#phrase(PHRASES, this.#total), said = this.#say(phrase, config);
		if (said && phrase.named) {
			const sensor = link(said.sentence, home).places.name.flat().find(({ domain, deviceClass }) => domain === said.slots.domain && deviceClass === said.slots.device_class);
			if (sensor)
				said.slots.name = sensor.name;
		}
		return said && this.line("phrase", home, { sentence: this.#polite(said.sentence), here: said.here, wanted: { intent: phrase.intent, slots: said.slots } });
	}

	/** A command for another home: nothing of what it names is here. */
	stranger(): Line | undefined {
		const there = this.#random.pick(this.#homes), { home, config } = this.#random.pick(this.#homes);
		const phrase = this.#phrase(DEVICES, DEVICES.length), said = this.#say(phrase, there.config);
		if (!said || there.home === home)
			return undefined;
		const named = Object.entries(phrase.slots).filter(([slot, value]) => ["name", "area", "floor"].includes(slot) && String(value).startsWith("{"));
		const linked = link(said.sentence, home);
		if (!named.length || linked.places.area.length + linked.places.floor.length + linked.places.name.length > 0)
			return undefined;
		return this.line("stranger", home, { sentence: this.#polite(said.sentence), here: this.#random.chance(0.4) ? config.areas![0]!.name : undefined, wanted: { intent: "none", slots: {} } });
	}

	/** A command for another time, which the home doesn't serve. */
	later(): Line | undefined {
		const { config, home } = this.#random.pick(this.#homes), random = this.#random;
		const said = this.#say(this.#phrase(DEVICES, DEVICES.length), config), hour = 1 + random.below(12);
		if (!said)
			return undefined;
		const when = random.pick([`at ${hour} ${random.pick(["am", "pm", "o'clock", "in the morning", "tonight"])}`, `at ${hour}:${10 + random.below(50)}`, "tomorrow", "tomorrow morning", "every day", "every morning", "on monday", "at sunset", "when I get home", "next week"]);
		const sentence = random.chance(0.8) ? `${said.sentence} ${when}` : `${when} ${said.sentence}`;
		return this.line("later", home, { sentence, here: said.here, wanted: { intent: "none", slots: {} } });
	}

	foreign(): Line | undefined {
		const { config, home } = this.#random.pick(this.#homes);
		const sentence = this.#random.pick(this.#data.foreign);
		return this.line("foreign", home, { sentence, here: this.#random.chance(0.4) ? this.#random.pick(config.areas!).name : undefined, wanted: { intent: "none", slots: {} } });
	}

	given(examples: readonly { example: Example; home: Home }[], kind: string): Line | undefined {
		if (!examples.length)
			return undefined;
		const { example, home } = this.#random.pick(examples);
		return this.line(kind, home, { ...example, sentence: this.#random.chance(0.3) ? this.#polite(example.sentence) : example.sentence });
	}
}

const write = (parts: readonly Part[]): string => parts.map((part) => typeof part === "number" ? `~${part}` : part).join(" ");

/** How often each kind of line comes, of 100. */
const SHARES = { phrase: 56, given: 12, commands: 6, foreign: 20, stranger: 4, later: 2 } as const;

export async function main(): Promise<void> {
	const { positionals, values } = parseArgs({ args: process.argv.slice(3), allowPositionals: true, options: { count: { type: "string", default: "200000" }, seed: { type: "string", default: "1" }, "hold-out": { type: "string", default: "10" } } });
	const [folder, out] = positionals.slice(-2) as [string, string];
	const random = new Chooser(Number(values.seed));
	const homeFolder = join(folder, "homeassistant"), home = new Home(readHomeConfig(homeFolder));
	const examples = new Chooser(1).shuffle(readHomeAssistant(homeFolder)), tenth = Math.round(examples.length / Number(values["hold-out"]));
	const held = examples.slice(0, tenth), kept = examples.slice(tenth).map((example) => ({ example, home }));
	const data = readDataSets(folder), commands = rowExamples(data.rows);
	const generator = new Generator(random, data);
	const makers: Record<keyof typeof SHARES, () => Line | undefined> = {
		phrase: () => generator.phrase(), given: () => generator.given(kept, "given"), commands: () => generator.given(commands, "commands"),
		foreign: () => generator.foreign(), later: () => generator.later(), stranger: () => generator.stranger(),
	};
	const lines: string[] = [], kinds = Object.entries(SHARES).flatMap(([kind, share]) => Array.from({ length: share }, () => kind as keyof typeof SHARES));
	while (lines.length < Number(values.count)) {
		const line = makers[random.pick(kinds)]();
		if (line)
			lines.push(`${line.kind}\t${write(line.prompt)}\t${write(line.answer)}`);
	}
	mkdirSync(out, { recursive: true });
	writeFileSync(join(out, "lines.tsv"), lines.join("\n") + "\n");
	const check = (list: readonly Example[]): string[] => list.map((example) => generator.line("held", home, example)).filter((line) => line !== undefined).map((line) => `held\t${write(line.prompt)}\t${write(line.answer)}`);
	const outside = data.outOfScope.map((sentence) => generator.line("outside", home, { sentence, wanted: { intent: "none", slots: {} } })!).map((line) => `outside\t${write(line.prompt)}\t${write(line.answer)}`);
	writeFileSync(join(out, "held.tsv"), [...check(held), ...outside].join("\n") + "\n");
	writeFileSync(join(out, "held.json"), JSON.stringify({ held, outOfScope: data.outOfScope } satisfies { held: readonly { sentence: string; wanted: WantedAction }[]; outOfScope: string[] }, null, "\t"));
	console.log(`${lines.length} lines, ${new Set(lines).size} different; ${held.length} sentences held out, ${commands.length} commands of data sets`);
	for (const [reason, count] of [...generator.failures].sort((a, b) => b[1] - a[1]).slice(0, 12))
		console.log(`  left out ${count}: ${reason}`);
}
