/** On XS: a gate's long days. Arguments: table=ASSET, recording=ASSET (with events). Prints a line of JSON for each case. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { SNNEventDetector, SnnTable } from "ruvllm-esp32/snn";
import { eventsOf, lostByRestart, lostByWrap, wakesIn } from "./cases";
import { hiss, square, stuck } from "./signals";

const option = (name: string): string => args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1);
const table = new SnnTable(openAsset(option("table")) as never), { rate, channels } = table, DAY = 86400, HOUR = 3600;

function wakes(what: string, samples: Int16Array, seconds: number): void {
	const start = microseconds();
	print(`${JSON.stringify({ what, wakes: wakesIn(table, samples, seconds), hours: seconds / HOUR, microseconds: microseconds() - start })}\n`);
}
const each = (value: number): number[] => new Array<number>(channels).fill(value);

if (table.kind === "sound") {
	wakes("silence", new Int16Array(rate), DAY);
	wakes("soft hiss", hiss(600 * rate, 20), DAY);
	wakes("noise that clips", hiss(60 * rate, 60000), HOUR);
	wakes("full scale, 125 Hz", square(rate, 32), HOUR);
	wakes("stuck at the highest", stuck(rate, [32767]), HOUR);
}
else {
	wakes("stuck at 0", stuck(rate, each(0)), DAY);
	wakes("stuck at the highest", stuck(rate, each(32767)), DAY);
	wakes("stuck at the lowest", stuck(rate, each(-32768)), DAY);
	wakes("noise of 20 units", hiss(600 * rate * channels, 20), DAY);
}

const recording = new Int16Array(openAsset(option("recording"))), frames = recording.length / channels, PLACES = 8;
const cuts = Array.from({ length: PLACES }, (_, i) => Math.round(frames * (i + 1) / (PLACES + 1)));
print(`${JSON.stringify({
	what: "restart", events: eventsOf(new SNNEventDetector({ table }), recording).length, places: PLACES, seconds: frames / rate,
	restart: cuts.reduce((sum, at) => sum + lostByRestart(table, recording, at), 0),
	wrap: [32, 256, 1024].reduce((sum, ticks) => sum + lostByWrap(table, recording, ticks), 0),
})}\n`);
