/** On XS: what decisions take, with the calls. Prints a line of JSON for each way. Arguments: router=ASSET, count=N. */

import { MicroFastGRNN } from "ruvllm-esp32/espnow-federation/router/micro-fast-grnn";
import { RoutingFeatures } from "ruvllm-esp32/espnow-federation/router/routing-features";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";

const option = (name: string): string => args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1);
const file = new Uint8Array(openAsset(option("router"))).slice(), count = Number(option("count")), router = new MicroFastGRNN({ numChips: 5, file });
const features = new RoutingFeatures({ embedMean: 32, embedVar: 16, position: 10, chipLoads: [50, 30, 20, 40, 35], chipHops: [0, 2000, 3000, 2500, 4000] });
let sum = 0;

function time(what: string, decisions: number, run: (i: number) => number): void {
	const start = microseconds();
	for (let i = 0; i < decisions; i++)
		sum += run(i);
	print(`${JSON.stringify({ what, decisions, microseconds: microseconds() - start })}\n`);
}

time("loop", count, (i) => i);
time("step and route", count, () => {
	router.step(features);
	return router.route();
});
const { loads } = router;
time("decide", count, (i) => {
	loads[i % 5] = i & 63;
	return router.decide(10);
});
const texts = new MicroFastGRNN({ numChips: 2, kind: "content", file });
time("read a text of 8 words, and route", count, () => {
	texts.read("turn on the lights in the living room");
	return texts.route();
});
print(`${JSON.stringify({ what: "bytes", decisions: 1, microseconds: 0, bytes: router.memoryBytes, request: router.requestBytes, sum })}\n`);
