/** How boards find each other, find the dead, and what messages cost: in the virtual world. */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";

type Row =
	| { kind: "join"; count: number; rate: string; loss: number; milliseconds: number }
	| { kind: "deaths"; count: number; hours: number; loss: number; deaths: number; frames: number; airtime: number }
	| { kind: "detection"; loss: number; busy: boolean; found: number; longest: number; mean: number }
	| { kind: "stream"; rate: string; loss: number; bytes: number; perSecond: number; frames: number }
	| { kind: "roundTrip"; rate: string; loss: number; answers: number; microseconds: number };

const NOTE = "time on the virtual radio (docs/radio-model.md), open network; boards compute in no time";
const lossy = (loss: number): string => loss ? `, ${100 * loss} % loss` : "";

export async function bench(): Promise<Figure[]> {
	const rows = await runProgram<Row>("benches/federation/membership/program.ts", {});
	return rows.flatMap((row): Figure[] => {
		const figure = (title: string, value: number, unit: string, limits: Partial<Figure> = {}): Figure => ({ figure: title, value: Number(value.toPrecision(4)), unit, tier: "projected", note: NOTE, ...limits });
		switch (row.kind) {
			case "join":
				return [figure(`${row.count} boards, switched on together, know each other: ${row.rate}${lossy(row.loss)}`, row.milliseconds, "ms")];
			case "deaths": {
				const title = `${row.count} boards, ${row.hours} h${lossy(row.loss)}`;
				return [figure(`${title}: found dead, but alive`, row.deaths, "", { limit: 0, atLeast: false }), figure(`${title}: frames of a board in a second`, row.frames, ""), figure(`${title}: channel in use`, 100 * row.airtime, "%")];
			}
			case "detection": {
				const title = `a dead board is found${row.busy ? " by those who talk with it" : ""}${lossy(row.loss)}`;
				return [figure(`${title}: mean of ${row.found}`, row.mean, "ms"), figure(`${title}: longest`, row.longest, "ms", { limit: 1500, atLeast: false })];
			}
			case "stream":
				return [figure(`messages of ${row.bytes} bytes, ${row.rate}${lossy(row.loss)}: in a second`, row.perSecond, ""), figure(`messages of ${row.bytes} bytes, ${row.rate}${lossy(row.loss)}: frames for one, acknowledgements too`, row.frames, "")];
			case "roundTrip":
				return [figure(`206 bytes there and back, ${row.rate}${lossy(row.loss)}: mean of ${row.answers}`, row.microseconds / 1000, "ms")];
		}
	});
}
