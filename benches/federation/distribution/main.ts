/** What it takes to send the shipped model over the radio: time, frames and bytes, in the virtual world. */

import { readFileSync } from "node:fs";
import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { DEFAULT_MODEL, findModel } from "../../../tools/cli/models.ts";

interface Row {
	rate: string;
	givers: number;
	takers: number;
	loss: number;
	flash: boolean;
	bytes: number;
	seconds: number;
	frames: number;
	airBytes: number;
	airtime: number;
	firstSent: number;
}

const NOTE = "time on the virtual radio (docs/radio-model.md), sealed frames of 250 bytes; frames and bytes on the air count retries, heartbeats and MAC headers, but no MAC acknowledgements";
const FLASH = "; a sector of flash takes 51.4 ms (45 to erase, 16 pages of 0.4), in which the board does nothing else";

export async function bench(): Promise<Figure[]> {
	const model = readFileSync(findModel(DEFAULT_MODEL));
	const rows = await runProgram<Row>("benches/federation/distribution/program.ts", { assets: new Map([["model", model]]) });
	return rows.flatMap(({ rate, givers, takers, loss, flash, bytes, seconds, frames, airBytes, airtime, firstSent }): Figure[] => {
		const title = `${rate}, ${givers} to ${takers}${loss ? `, ${100 * loss} % loss` : ""}${flash ? "" : ", no time for flash"}`, kilobytes = takers * bytes / 1024;
		const figure = (what: string, value: number, unit: string): Figure => ({ figure: `${title}: ${what}`, value: Number(value.toPrecision(4)), unit, tier: "projected", note: flash ? NOTE + FLASH : NOTE });
		return [
			figure(`a model of ${bytes} bytes`, seconds, "s"), figure("frames for 1 KB", frames / kilobytes, ""), figure("bytes on the air for 1 KB", airBytes / kilobytes, ""),
			figure("channel in use", 100 * airtime / seconds, "%"), ...takers > 1 ? [figure("chunks that the first board sent", firstSent, "")] : [],
		];
	});
}
