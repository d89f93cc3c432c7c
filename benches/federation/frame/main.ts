/** What the federation's own code costs a board's processor: a message through the network's layers, a chunk through a session. */

import { readFileSync } from "node:fs";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { DEFAULT_MODEL, findModel } from "../../../tools/cli/models.ts";

interface Line {
	name: string;
	ticks: number;
	frames?: number;
	engine?: number;
}

export async function bench(): Promise<Figure[]> {
	const figure = (name: string, value: number, note?: string): Figure => ({ figure: name, value: Math.round(value), unit: "instructions", tier: "emulated", ...note ? { note } : {} });
	const messages = await runProgram<Line>("benches/federation/frame/program.ts", { host: "riscv" });
	const sessions = await runProgram<Line>("benches/federation/hop/program.ts", { host: "riscv", assets: new Map([["model", readFileSync(findModel(DEFAULT_MODEL))]]) });
	return [
		...messages.map(({ name, ticks, frames }) => figure(`a message of 206 bytes, both ends: ${name}`, ticks, `on rv32imc, ${frames} frames a message; the radio itself is not in it`)),
		...sessions.map(({ name, ticks, engine }) => figure(name, ticks, `on rv32imc; besides the network's layers and ${engine} of the engine`)),
	];
}
