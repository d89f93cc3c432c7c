/**
 * node bin/tool.mjs benches/radio/udp/main.ts [--json]
 *
 * The desktop's radio between two processes: round trips, and datagrams a second with their acknowledgements. That is this computer's
 * loopback interface and scheduler: it says what the layers above are tested on, nothing of ESP-NOW.
 */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { ownSwarm } from "../../../tools/build/swarm.ts";
import { table } from "../../../tools/cli/table.ts";

const PROGRAM = "benches/radio/udp/program.ts", ROUNDS = 2000, FRAMES = 20000;

type Result = { kind: "round trip"; bytes: number; times: number[] } | { kind: "stream"; bytes: number; microseconds: number; acknowledged: number; read: number };

const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;

export async function bench(): Promise<Figure[]> {
	process.env.RUVLLM_RADIO_PORT = String(ownSwarm());
	const [, results] = await Promise.all([runProgram(PROGRAM, { args: ["echo"] }), runProgram<Result>(PROGRAM, { args: ["measure", String(ROUNDS), String(FRAMES)] })]);
	return results.flatMap((result): Figure[] => {
		const name = `${result.bytes} bytes`;
		if (result.kind === "round trip") {
			const sorted = [...result.times].sort((a, b) => a - b), note = `${sorted.length} round trips, one after the other`;
			return [["median", 0.5], ["95 %", 0.95], ["99 %", 0.99]].map(([words, share]): Figure => ({ figure: `${name}, round trip, ${words}`, value: quantile(sorted, share as number), unit: "us", tier: "measured", note }));
		}
		const note = `${FRAMES} frames, one at a time on the air, ${result.acknowledged} acknowledged, ${result.read} read: the others found the receiver's queue full`;
		return [
			{ figure: `${name}, datagrams`, value: Math.round(FRAMES * 1e6 / result.microseconds), unit: "a second", tier: "measured", note },
			{ figure: `${name}, read by the other`, value: Math.round(result.read * 1e6 / result.microseconds), unit: "a second", tier: "measured", note },
		];
	});
}

export async function main(argv: string[]): Promise<void> {
	const figures = await bench();
	if (argv.includes("--json"))
		console.log(JSON.stringify({ results: figures }, null, "\t"));
	else
		console.log(table(figures.map(({ figure, value, unit, tier, note }) => ({ figure, value: `${value} ${unit}`, tier, note: note! })), "text"));
}
