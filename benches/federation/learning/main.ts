/**
 * Boards that learn together: five that were each told a fifth of the corrections, beside one that was told all; with loss,
 * and with a poisoned board among them. The home model, rank 8; sentences of benches/learning, a virtual world of radios.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { packageRoot } from "../../../tools/build/paths.ts";
import { findModel } from "../../../tools/cli/models.ts";

const ROUNDS = 24, PHRASINGS = 2;
/** What one poisoned board may cost: of what the others were told, and of the 60 other sentences. */
const LOST = 2, SPOILT = 8;

interface Result {
	poison: "alone" | "none" | "random" | "flipped" | "quiet";
	loss: number;
	right: number;
	phrasings: number;
	kept: number;
	told: number;
	rounds: number;
	excluded: number;
	same: boolean;
	seconds: number;
	frames: number;
}

const TITLES: Readonly<Record<Result["poison"], string>> = {
	alone: "one board, told all", none: "five boards, each told a fifth", random: "one of five sends random changes of any size",
	flipped: "one of five sends its changes reversed, ten times", quiet: "one of five sends its changes reversed, of usual size",
};

export async function bench(): Promise<Figure[]> {
	const read = (path: string): Uint8Array => readFileSync(join(packageRoot, path));
	const assets = new Map<string, Uint8Array>([["model", readFileSync(findModel("home"))], ["corrections", read("benches/learning/corrections.json")], ["home", read("models/home/home.json")], ["rehearsal", read("models/home/rehearsal.txt")]]);
	const figures: Figure[] = [];
	for (const { poison, loss, right, phrasings, kept, told, rounds, excluded, same, seconds, frames } of await runProgram<Result>("benches/federation/learning/program.ts", { assets, args: ["learn", String(ROUNDS)] })) {
		const title = `${TITLES[poison]}${poison === "alone" ? "" : `, ${100 * loss} % of the frames lost`}`, note = poison === "alone" ? "" : `after ${rounds} rounds, ${seconds.toFixed(1)} s of simulated time and ${frames} frames, training not counted`;
		const figure = (what: string, value: number, limit?: number): Figure => ({ figure: `${title}: ${what}`, value, tier: "measured", ...limit !== undefined && { limit, atLeast: true }, ...note && { note } });
		figures.push(
			figure(`right of ${told} corrections`, right, poison === "alone" ? undefined : told - LOST), figure(`right of ${PHRASINGS * told} new phrasings`, phrasings), figure("kept of 60 others", kept, 60 - SPOILT),
			...poison === "alone" ? [] : [figure("all boards have the same bits", Number(same), 1)],
			...poison === "random" || poison === "flipped" ? [figure("boards excluded", excluded, 1)] : [],
		);
	}
	for (const { boards, ticks } of await runProgram<{ boards: number; ticks: number }>("benches/federation/learning/cost.ts", { host: "riscv" }))
		figures.push({ figure: `a merge of ${boards} boards' changes, rank 8, width 64`, value: ticks, unit: "instructions", tier: "emulated" });
	return figures;
}
