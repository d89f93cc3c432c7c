/**
 * node bin/tool.mjs tools/train/router/main.ts load|content [--generations N --epochs N --count N --seed N --out FILE.rvgr]: trains a router and
 * writes it into the file, where the other kind stays as it is. Seeds of content hashes go to native/content-seeds.h, so build again afterwards.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BuildError } from "../../build/errors.ts";
import { packageRoot } from "../../build/paths.ts";
import { crc32 } from "../../convert/crc32.ts";
import { accuracy, chooseSeeds, decide, examplesOf, margin, quantised, trainContent } from "./content.ts";
import { packRouters, type Router, routerOf } from "./file.ts";
import { trainLoad } from "./load.ts";
import { EXPERTS, generatedTexts, splitByWords } from "./texts.ts";

const say = (line: string): void => console.log(line);
const percent = (x: number): string => `${(100 * x).toFixed(2)} %`;

async function content(count: number, epochs: number, seed: number): Promise<Int8Array> {
	const { train, test } = splitByWords(await generatedTexts(count, seed)), seeds = chooseSeeds(train), learned = examplesOf(train, seeds), held = examplesOf(test, seeds);
	writeFileSync(join(packageRoot, "native", "content-seeds.h"), `/* Made by tools/train/router: seeds of the hashes of content-features.c. */\n#define RV_CONTENT_SEEDS { ${seeds.join(", ")} }\n`);
	const floats = trainContent(learned, { epochs, seed, say }), weights = quantised(floats);
	const same = held.filter((one) => decide(weights, one) === (margin(floats, one.x) > 0 ? 1 : 0)).length / held.length;
	say(`${train.length} texts: ${percent(accuracy(weights, learned))} right; ${test.length} with words kept aside: ${percent(accuracy(weights, held))}; INT8 decides as floating point for ${percent(same)} of them`);
	return weights;
}

export async function main(argv: string[]): Promise<void> {
	const { positionals, values } = parseArgs({ args: argv.slice(2), allowPositionals: true, options: {
		generations: { type: "string", default: "150" }, epochs: { type: "string", default: "80" }, count: { type: "string", default: "6000" }, seed: { type: "string", default: "1" },
		out: { type: "string", default: join(packageRoot, "models", "router.rvgr") },
	} });
	const [kind] = positionals, seed = Number(values.seed);
	if (kind !== "load" && kind !== "content")
		throw new BuildError("say what to train: load or content");
	const made = kind === "load" ? trainLoad({ generations: Number(values.generations), seed, say }) : await content(Number(values.count), Number(values.epochs), seed);
	const before = existsSync(values.out) ? readFileSync(values.out) : new Uint8Array(0);
	const routers: Router[] = [];
	for (const [one, experts] of [["load", 0], ["content", EXPERTS.length]] as const) {
		const bytes = one === kind ? made : routerOf(before, one);
		if (bytes)
			routers.push({ kind: one, experts, bytes });
	}
	writeFileSync(values.out, packRouters(routers, (bytes) => crc32(bytes, 0, bytes.length, 0)));
	say(`${values.out}: ${routers.map((one) => one.kind).join(" and ")}`);
}
