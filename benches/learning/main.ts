/**
 * node bin/tool.mjs benches/learning/main.ts [text | markdown | csv | --json]
 *
 * What MicroLoRA learns from ten corrections of the home model, at each rank: corrections that are right then, new phrasings
 * of them, and commands that it understood before and still does. Measured; the sentences stand in corrections.json.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Understanding } from "ruvllm-esp32/engine/home/commands";
import { packageRoot } from "../../tools/build/paths.ts";
import { findModel } from "../../tools/cli/models.ts";
import { Session } from "../../tools/cli/session.ts";
import { table } from "../../tools/cli/table.ts";

interface Correction { text: string; wanted: { intent: string; slots: Record<string, string> }; again: { text: string; slots: Record<string, string> }[] }

const read = <T>(path: string): T => JSON.parse(readFileSync(join(packageRoot, path), "utf8")) as T;

export async function main(argv: string[]): Promise<void> {
	const { corrections, others } = read<{ corrections: Correction[]; others: string[] }>("benches/learning/corrections.json");
	const home = read<unknown>("models/home/home.json"), rehearsal = readFileSync(join(packageRoot, "models/home/rehearsal.txt"), "utf8").split("\n").filter((line) => line);
	const rows: Record<string, string>[] = [];
	for (const model of ["home", "home-int4"])
		for (const rank of [1, 2, 4, 8]) {
			const session = await Session.start("desktop", findModel(model), { firmware: "home-main", adapter: rank });
			try {
				await session.request({ do: "home", home, rehearsal });
				const ask = async (text: string): Promise<string> => {
					const { intent, ...slots } = (await session.request<Understanding>({ do: "command", text })).action;
					return key(intent, slots);
				};
				const before = await all(others, ask), known = await all(corrections, ({ text }) => ask(text)), start = performance.now();
				for (const { text, wanted } of corrections)
					await session.request({ do: "correct", text, wanted });
				const seconds = (performance.now() - start) / 1000;
				const right = (await all(corrections, ({ text }) => ask(text))).filter((answer, i) => answer === key(corrections[i]!.wanted.intent, corrections[i]!.wanted.slots)).length;
				const again = corrections.flatMap(({ wanted, again: list }) => list.map(({ text, slots }) => ({ text, answer: key(wanted.intent, slots) })));
				const phrased = (await all(again, ({ text }) => ask(text))).filter((answer, i) => answer === again[i]!.answer).length;
				const kept = (await all(others, ask)).filter((answer, i) => answer === before[i]).length;
				rows.push({
					model, rank: String(rank), "adapter (bytes)": String(4 * rank * 64), "right before": `${known.filter((answer, i) => answer === key(corrections[i]!.wanted.intent, corrections[i]!.wanted.slots)).length} of ${corrections.length}`,
					"right after": `${right} of ${corrections.length}`, "new phrasings right": `${phrased} of ${again.length}`, "others kept": `${kept} of ${others.length}`, "s (measured)": seconds.toFixed(2),
				});
			}
			finally {
				session.close();
			}
		}
	console.log(argv[2] === "--json" ? JSON.stringify(rows, null, "\t") : table(rows, argv[2] ?? "text"));
}

const key = (intent: string, slots: Readonly<Record<string, unknown>>): string => `${intent} ${Object.entries(slots).map(([slot, value]) => `${slot}=${String(value)}`).sort().join(" ")}`;

async function all<T>(list: readonly T[], ask: (item: T) => Promise<string>): Promise<string[]> {
	const out: string[] = [];
	for (const item of list)
		out.push(await ask(item));
	return out;
}
