/**
 * On XS: runs a gate over a recording. Arguments: table=ASSET, samples=ASSET, conservative, cut=N (the least cut), trace. Prints a line of
 * JSON for the table, each event and the end; with trace, for each tick too.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import { SNNEventDetector, SnnTable } from "ruvllm-esp32/snn";

const option = (name: string): string | undefined => args.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
const say = (line: unknown): void => print(`${JSON.stringify(line)}\n`);

function listen(detector: SNNEventDetector, samples: Int16Array): void {
	if (!args.includes("trace"))
		return detector.processAll(samples, (event) => say({ event }));
	const { hop, channels, lines } = detector.table, step = hop * channels;
	for (let at = 0; at + step <= samples.length; at += step) {
		const event = detector.process(samples.subarray(at, at + step));
		let spiked = 0;
		for (let line = 0; line < lines; line++)
			spiked |= (detector.raster[line]! & 1) << line;
		say({ tick: [detector.output, detector.threshold, spiked >>> 0] });
		if (event)
			say({ event });
	}
}

try {
	const table = new SnnTable(openAsset(option("table")!) as never), cut = option("cut");
	const detector = new SNNEventDetector({ table, conservative: args.includes("conservative"), ...(cut !== undefined && { leastCut: Number(cut) }) });
	const { name, kind, channels, rate, hop, lines, encoders } = table;
	say({ table: { name, kind, channels, rate, hop, lines, encoders, description: table.describe(), sources: Array.from({ length: lines }, (_, line) => table.sourceOf(line)) } });
	const file = option("samples")!, start = microseconds();
	listen(detector, new Int16Array(openAsset(file)));
	say({ done: { samples: detector.samples, dropped: detector.dropped, bytes: detector.bytes, microseconds: microseconds() - start } });
}
catch (error) {
	if (!(error instanceof RuvllmError))
		throw error;
	say({ error: { code: error.code, message: error.message } });
}
