/** What the parts of a device cost: instructions, counted on the emulated processor, with the shipped home model. */

import { readFileSync } from "node:fs";
import { runProgram } from "../../../tools/bench/program.ts";
import { findModel } from "../../../tools/cli/models.ts";
import { Session } from "../../../tools/cli/session.ts";
import { countFitting } from "../fitting.ts";

export interface ModelCost {
	/** Instructions from reset to the first token: of the firmware that understands a home, and of the plain one with the same model. */
	start: number;
	plainStart: number;
	/** Tokens and instructions of a command's answer, mean. */
	tokens: number;
	instructions: number;
}

async function startOf(path: string, firmware: "main" | "home-main"): Promise<number> {
	const session = await Session.start("riscv", path, { firmware });
	try {
		return (await session.request<{ ticks: number }>({ do: "bench", test: "boot" })).ticks;
	}
	finally {
		session.close();
	}
}

export async function modelCost(): Promise<ModelCost> {
	const path = findModel("home"), start = await startOf(path, "home-main"), plainStart = await startOf(path, "main");
	const [{ answers, tokens, instructions }] = await runProgram<{ answers: number; tokens: number; instructions: number }>("benches/snn/stages/model.ts", { host: "riscv", assets: new Map([["home", readFileSync(path)]]) }) as [{ answers: number; tokens: number; instructions: number }];
	return { start, plainStart, tokens: tokens / answers, instructions: Math.round(instructions / answers) };
}

/** Instructions of the gate for a sample, on the first seconds of a recording of one channel. */
export async function gateCost(table: Uint8Array, samples: Int16Array, rate: number, seconds = 60): Promise<number> {
	return (await countFitting(table, samples.slice(0, seconds * rate))).mean;
}
