/**
 * The log of memories under power cuts: a run of a thousand appends, overwrites and deletions in a small flash, so that compaction
 * goes on all the time; at every single write the power is cut, twice, each time with another part of the write done. The log is then
 * opened again, must have what was acknowledged and nothing half-written, and must go on.
 */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import type { CutReport } from "./cut.ts";

const OPERATIONS = 1000;
const SEED = 2026;

export async function bench(): Promise<Figure[]> {
	const [report] = await runProgram<CutReport>("benches/ruvector/power-cut/program.ts", { args: [String(OPERATIONS), String(SEED)] }), { cuts, lost, amplification, erasures, wear } = report!;
	for (const sentence of lost.slice(0, 10))
		process.stderr.write(`${sentence}\n`);
	return [
		{ figure: `run of ${OPERATIONS} operations (seed ${SEED}): writes, and power cuts at each of them, two each`, value: cuts, tier: "measured" },
		{ figure: "times that something acknowledged was lost, or something half-written was there", value: lost.length, tier: "measured", limit: 0 },
		{ figure: "bytes programmed for each byte of payload", value: Number(amplification.toFixed(2)), tier: "measured" },
		{ figure: "erasures of six sectors", value: erasures, tier: "measured", note: `${wear.least} to ${wear.most} a sector` },
	];
}
