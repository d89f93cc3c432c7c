/**
 * Search over five boards on real vectors: it finds what one index finds, over radios that lose frames and when a board dies;
 * and what it costs in frames, bytes and time of a virtual world.
 */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure, SuiteOptions } from "../../../tools/bench/suites.ts";
import { rowsOf } from "../../ruvector/data.ts";
import { measured, projected, round } from "../../snn/figures.ts";

/** Microseconds of a distance of 128 bytes: 481 instructions for 64 on RV32IMC (bench ruvector search, emulated), twice that at 160 MHz. */
const DISTANCE = 6;
const SEED = 2026;

interface Asked {
	equal: number;
	complete: number;
	milliseconds: number;
	longest: number;
	frames: number;
	bytes: number;
	boards: number;
	retries: number;
}
interface Row {
	name: string;
	recall: number;
	held: number[];
	adding: { milliseconds: number; frames: number; failed: number };
	first?: Asked;
	recovery: number;
	copied: number;
	exact: Asked;
	graph: Asked;
	perSecond: number;
}

export async function bench({ data }: SuiteOptions): Promise<Figure[]> {
	const flat = (name: string): Uint8Array => Uint8Array.from(rowsOf(data, name, 128).flatMap((row) => [...row]));
	const assets = new Map([["base", flat("sift/base_1000x128.u8")], ["queries", flat("sift/query_in_100x128.u8")]]);
	const rows = await runProgram<Row>("benches/federation/search/program.ts", { assets, args: [`seed=${SEED}`, `distance=${DISTANCE}`] }), figures: Figure[] = [];
	const note = `simulated: a virtual channel at that PHY rate from seed ${SEED}, heartbeats included, ${DISTANCE} us assumed for a distance of 128 bytes (ESP32-C3)`;
	for (const { name, recall, held, adding, first, recovery, copied, exact, graph, perSecond } of rows) {
		if (!held) {
			figures.push(measured(`sift 1000x128, ${name}: recall@10 of its graph`, round(recall)));
			continue;
		}
		const title = `five boards, two copies, ${name}`, simulated = (what: string, value: number, unit = ""): Figure => projected(`${title}: ${what} (simulated)`, round(value, 2), unit, { note });
		figures.push(
			measured(`${title}: exact queries equal to one index`, round(exact.equal), "", { limit: 1, atLeast: true }),
			measured(`${title}: graph, recall@10`, round(recall), "", { limit: 0.98, atLeast: true }),
			measured(`${title}: searches that covered all shards`, round(Math.min(exact.complete, graph.complete)), "", { limit: 1, atLeast: true }),
			simulated("boards that take part in an exact query", exact.boards),
			simulated("frames per exact query", exact.frames), simulated("bytes on the air per exact query", exact.bytes, "bytes"),
			simulated("exact query", exact.milliseconds, "ms"), simulated("longest exact query", exact.longest, "ms"), simulated("query of the graph", graph.milliseconds, "ms"),
			simulated("queries a second, all at a time", perSecond),
			simulated("frames per added vector", adding.frames), simulated("added vector, eight at a time", adding.milliseconds, "ms"),
			measured(`${title}: additions that failed`, adding.failed, "", { limit: 0 }),
		);
		if (first)
			figures.push(
				measured(`${title}: of 20 queries at once after the death, equal to one index`, round(first.equal), "", { limit: 1, atLeast: true }),
				simulated("longest of those", first.longest, "ms"), simulated("until two copies of all are there again", recovery, "ms"), simulated("vectors copied for that", copied),
			);
	}
	return figures;
}
