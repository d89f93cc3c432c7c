/**
 * A probe that decides alone: telemetry that leaves what it has learned to be normal becomes a question to its flight rules, and
 * the rule it finds names the action. What no rule covers makes it safe and waits for the ground. The telemetry is simulated from a
 * seed; deviations, retrieval and decisions are what the board computes.
 *
 *     npx ruvllm-esp32 run examples/space-probe-rag
 *     npx ruvllm-esp32 run --host riscv examples/space-probe-rag
 */

import { print } from "ruvllm-esp32/platform/console";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { host } from "ruvllm-esp32/platform/runtime";
import { MicroHNSW, MicroRAG, SemanticMemory } from "ruvllm-esp32/ruvector";
import { CHANNELS, FAULTS, RULES, telemetry } from "./probe";

let clock = 0;
const rules = new MicroRAG({ capacity: 32, storeBytes: 12288, chunkBytes: 400, threshold: 200 });
const diary = new SemanticMemory({ capacity: 64, storeBytes: 8192 }, { now: () => clock });
for (const { text } of RULES)
	rules.addKnowledge(text);

// What is normal: telemetry of a thousand minutes, and how far from its nearest neighbour each of the next two hundred lies.
// Manhattan distance: the nearest minute then differs in the channel that is wrong, not a little in all.
const normal = new MicroHNSW({ dimensions: CHANNELS.length, capacity: 1000, metric: "manhattan" });
for (; clock < 1000; clock++)
	normal.insert(telemetry(clock));
let usual = 0;
for (; clock < 1200; clock++)
	usual = Math.max(usual, normal.search(telemetry(clock), 1)[0]!.key);

/** The channel that differs most from the nearest normal minute, and in which direction. */
function explain(sample: Int8Array, nearest: Int8Array): { channel: string; high: boolean } {
	let most = 0;
	for (let i = 1; i < sample.length; i++)
		if (Math.abs(sample[i]! - nearest[i]!) > Math.abs(sample[most]! - nearest[most]!))
			most = i;
	return { channel: CHANNELS[most]!, high: sample[most]! > nearest[most]! };
}

interface Decision {
	question: string;
	rule: string;
	action: string;
}

function decide(sample: Int8Array): Decision | undefined {
	const { id, key } = normal.search(sample, 1)[0]!;
	if (key <= 2 * usual)
		return undefined;
	const { channel, high } = explain(sample, normal.read(id) as Int8Array), question = `${channel} is ${high ? "high" : "low"}`;
	const { known, passages } = rules.answer(question), rule = known ? RULES[passages[0]!.document]! : undefined;
	return { question, rule: rule?.text ?? "no rule", action: rule?.action ?? "SAFE MODE" };
}

print("Minute  Deviation                    Action            By the rule\n");
let right = 0, falseAlarms = 0, quiet = 0, decisions = 0;
const start = microseconds();
for (const { at, minutes, action } of FAULTS) {
	for (; clock < at; clock++, quiet++)
		falseAlarms += Number(decide(telemetry(clock)) !== undefined);
	let decision: Decision | undefined;
	for (; clock < at + minutes; clock++)
		decision ??= decide(telemetry(clock));
	decisions++;
	if (decision) {
		const before = diary.recall(decision.question, 1)[0], again = before && before.coverage === 256 ? ", as before" : "";
		diary.remember(`${decision.question}: ${decision.action}`, { kind: "episode" });
		print(`${String(at).padStart(6)}  ${decision.question.padEnd(28)} ${(decision.action + again).padEnd(24)} ${decision.rule.slice(0, 60)}...\n`);
	}
	right += Number(decision?.action === action);
}
const each = Math.round((microseconds() - start) / (quiet + decisions)), tier = host === "riscv" ? "emulated, 1 instruction = 1 ns" : "measured";
print(`\n${right} of ${decisions} faults met by the right action, ${falseAlarms} false alarms in ${quiet} quiet minutes (measured, simulated telemetry); ${each} us a minute (${tier})\n`);
print(`RAM: ${normal.memoryBudget().total} bytes of normal telemetry, ${rules.memoryBudget().total} of rules, ${diary.memoryBudget().total} of diary\n`);
