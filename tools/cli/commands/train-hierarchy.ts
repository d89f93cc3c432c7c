/** ruvllm-esp32 train-hierarchy: Poincare embeddings of a hierarchy, as 16 bit vectors. */

import type { Command } from "commander";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { BuildError } from "../../build/errors.ts";
import { floatKeys, integerKeys, reconstruct } from "../../train/poincare/evaluate.ts";
import { decodeEmbeddings, encodeEmbeddings } from "../../train/poincare/file.ts";
import { readHierarchy } from "../../train/poincare/hierarchy.ts";
import { DEFAULTS, ONE, type PoincareOptions, quantisePoincare, trainPoincare } from "../../train/poincare/train.ts";
import { integer, number } from "../options.ts";

interface Options extends Omit<PoincareOptions, "rate"> {
	output: string;
	lr: number;
	evaluate?: boolean;
	json?: boolean;
}

export function addTrainHierarchy(program: Command): void {
	program.command("train-hierarchy")
		.description("Poincare embeddings of a hierarchy, as 16 bit vectors for a device (needs gcc)")
		.argument("<pairs>", "a line child<TAB>parent for each; what is below a child is below its parents too")
		.requiredOption("-o, --output <file>", "the vectors to write; the names go to <file>.names")
		.option("--dims <n>", "coordinates of a point, 2 to 64", integer, DEFAULTS.dims)
		.option("--epochs <n>", "times that each pair is learned", integer, DEFAULTS.epochs)
		.option("--lr <rate>", "learning rate", number, DEFAULTS.rate)
		.option("--negatives <n>", "points that each pair is compared with", integer, DEFAULTS.negatives)
		.option("--burn-in <n>", "epochs at a tenth of the rate before the others", integer, DEFAULTS.burnIn)
		.option("--max-norm <x>", "largest norm, below 1", number, DEFAULTS.maxNorm)
		.option("--seed <n>", "the same seed gives the same vectors", integer, DEFAULTS.seed)
		.option("--evaluate", "train nothing: measure the vectors that <file> already has")
		.option("--json", "print JSON")
		.action((pairs: string, options: Options) => {
			if (!existsSync(pairs))
				throw new BuildError(`there is no file ${pairs}`);
			const hierarchy = readHierarchy(pairs), started = performance.now();
			const { dims, points } = options.evaluate ? stored(options.output, hierarchy.names) : { dims: options.dims, points: quantisePoincare(trainPoincare(hierarchy, { ...options, rate: options.lr }), options.dims) };
			const seconds = Math.round((performance.now() - started) / 100) / 10;
			if (!options.evaluate) {
				writeFileSync(options.output, encodeEmbeddings(points, dims));
				writeFileSync(`${options.output}.names`, `${hierarchy.names.join("\n")}\n`);
			}
			const exact = reconstruct(hierarchy, floatKeys(points, dims, ONE)), whole = reconstruct(hierarchy, integerKeys(points, dims));
			const four = (x: number): number => Math.round(x * 1e4) / 1e4;
			const result = {
				output: options.output, points: hierarchy.names.length, pairs: hierarchy.pairs.length, dims, seconds,
				map: four(exact.map), mean_rank: four(exact.meanRank), map_integer: four(whole.map), mean_rank_integer: four(whole.meanRank), tier: "measured",
			};
			console.log(options.json ? JSON.stringify(result)
				: `${options.output}: ${result.points} points of ${dims} coordinates, ${result.pairs} pairs, ${seconds} s; MAP ${result.map_integer}, mean rank ${result.mean_rank_integer} (in whole numbers)`);
		});
}

/** @throws BuildError when the file or its names are of another hierarchy */
function stored(file: string, names: readonly string[]): { dims: number; points: Int16Array } {
	if (!existsSync(file) || !existsSync(`${file}.names`))
		throw new BuildError(`there is no ${file} with ${file}.names: train it first, without --evaluate`);
	const embeddings = decodeEmbeddings(readFileSync(file));
	if (readFileSync(`${file}.names`, "utf8") !== `${names.join("\n")}\n` || embeddings.points.length !== names.length * embeddings.dims)
		throw new BuildError(`${file} has the points of another hierarchy`);
	return embeddings;
}
