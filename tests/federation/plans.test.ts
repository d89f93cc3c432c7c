/** How work is cut: splits of layers, portions, plans on the wire, stages of one's own. */

import { expect } from "chai";
import { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { Capabilities } from "ruvllm-esp32/espnow-federation/network";
import { PipelineConfig, PipelineNode } from "ruvllm-esp32/espnow-federation/sessions/pipeline-node";
import { type Plan, planBytes, readPlan, writePlan } from "ruvllm-esp32/espnow-federation/sessions/plan";
import { portions } from "ruvllm-esp32/espnow-federation/sessions/planner";
import { splitLayers } from "ruvllm-esp32/espnow-federation/sessions/split";
import { stageMicroseconds, workloadOf } from "ruvllm-esp32/espnow-federation/sessions/workload";
import { codeOf } from "../support/code-of";
import { type Random, seeded } from "../support/random";
import { SHAPE, smallModel } from "../support/small-model";

const board = (fastSpeed: number, fastMemory = 1 << 20, slowSpeed = fastSpeed): Capabilities => ({ model: 1, memory: 1 << 20, fastMemory, fastSpeed, slowSpeed, services: 0, tags: 0 });
const work = workloadOf({ ...SHAPE, numLayers: 8 });

/** All ways to give `layers` to boards. */
function* ways(boards: number, layers: number): Generator<number[]> {
	if (boards === 1)
		yield [layers];
	else
		for (let first = 0; first <= layers; first++)
			for (const rest of ways(boards - 1, layers - first))
				yield [first, ...rest];
}

describe("federation: plans", () => {
	it("refuses what does not fit all boards together", () => {
		expect(codeOf(() => splitLayers(work, [board(1000), board(1000)], [3, 4], 0, "latency"))).to.equal("FEDERATION_MEMORY");
	});

	it("finds the best split of all there are", () => {
		const random = seeded("splits", 61);
		for (let round = 0; round < 40; round++) {
			const boards = Array.from({ length: random.from(1, 4) }, () => board(random.from(50, 2000), random.from(0, 40_000), random.from(20, 50))), most = boards.map(() => random.from(2, 8)), hop = random.below(3000);
			if (most.reduce((sum, n) => sum + n, 0) < 8)
				continue;
			for (const goal of ["latency", "throughput"] as const) {
				const split = splitLayers(work, boards, most, hop, goal);
				expect(split.counts.reduce((sum, n) => sum + n, 0)).to.equal(8);
				let best = Infinity;
				for (const way of ways(boards.length, 8)) {
					if (way.some((count, b) => count > most[b]!))
						continue;
					const times = way.map((count, b) => stageMicroseconds(work, boards[b]!, count, b === 0)), others = way.filter((count, b) => b > 0 && count > 0).length;
					best = Math.min(best, goal === "throughput" ? Math.max(...times) : times.reduce((sum, time) => sum + time, 0) + others * hop);
				}
				const away = split.counts.some((count, b) => b > 0 && count > 0);
				expect(goal === "throughput" ? split.slowest : split.latency - (away ? hop : 0)).to.equal(best);
			}
		}
	});

	it("gives the faster board more layers", () => {
		expect(splitLayers(work, [board(1000), board(3000)], [8, 8], 0, "throughput").counts[1]).to.be.above(4);
	});

	it("portions add up and follow the weights", () => {
		const random = seeded("portions", 62);
		for (let round = 0; round < 100; round++) {
			const weights = Array.from({ length: random.from(1, 8) }, () => random.from(1, 1000)), count = random.below(50), parts = portions(count, weights), all = weights.reduce((sum, n) => sum + n, 0);
			expect(parts.reduce((sum, n) => sum + n, 0)).to.equal(count);
			parts.forEach((part, i) => expect(Math.abs(part - count * weights[i]! / all)).to.be.below(1));
		}
	});

	it("plans come back from the wire; anything else is no plan", () => {
		const random = seeded("plans", 63), reader = new ByteReader();
		const stage = (address: number, from: number, to: number) => ({ address, from, to, headFrom: 0, headTo: 0, columnFrom: 0, columnTo: 0 });
		const plan: Plan = { mode: "pipeline", stages: [stage(0x123456789abc, 0, 2), stage(5, 2, 2), stage(0xffffffffffff, 2, 8)] }, out = new ByteWriter(planBytes(plan));
		writePlan(out, plan);
		expect(out.at).to.equal(planBytes(plan));
		expect(readPlan(reader.open(out.bytes, out.at), 8)).to.deep.equal(plan);
		expect(readPlan(reader.open(out.bytes, out.at), 9)).to.equal(undefined);
		for (let cut = 0; cut < out.at; cut++)
			expect(readPlan(reader.open(out.bytes, cut), 8)).to.equal(undefined);
		for (let round = 0; round < 300; round++) {
			const bytes = random.bytes(random.from(0, 60)), read = readPlan(reader.open(bytes, bytes.length), 8);
			expect(read === undefined || read.stages.length <= 20).to.equal(true);
		}
	});
});

describe("federation: PipelineNode", () => {
	it("refuses stages that can't be, and tokens that have no place", () => {
		for (const [chip, chips, layers, width] of [[5, 5, 10, 64], [0, 0, 10, 64], [0, 5, 0, 64], [0, 5, 10, 0], [0.5, 5, 10, 64]] as const)
			expect(codeOf(() => PipelineConfig.forChip(chip, chips, layers, width))).to.equal("PIPELINE_CONFIG");
		expect(codeOf(() => new PipelineNode(PipelineConfig.forChip(0, 2, 4, 8), 0))).to.equal("PIPELINE_CONFIG");
		const second = new PipelineNode(PipelineConfig.forChip(1, 2, 4, 8), 1);
		expect(codeOf(() => second.startToken(1))).to.equal("PIPELINE_STAGE");
		expect(codeOf(() => second.receive(1, new Int32Array(7)))).to.equal("PIPELINE_STATE");
		second.receive(1, new Int32Array(8));
		expect(codeOf(() => second.receive(2, new Int32Array(8)))).to.equal("PIPELINE_FULL");
	});

	it("shares out all layers once", () => {
		for (let chips = 1; chips <= 8; chips++) {
			const layers = Array.from({ length: chips }, (_, chip) => PipelineConfig.forChip(chip, chips, 10, 64)).flatMap(({ layerStart, layerCount }) => Array.from({ length: layerCount }, (_, i) => layerStart + i));
			expect(layers).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
		}
	});

	it("a chain of nodes makes one board's states, several tokens on the way", () => {
		const file = smallModel(1, SHAPE), whole = new TinyModel(file, { contextLength: 16 }), tokens = [5, 9, 200, 33, 7], random: Random = seeded("nodes", 64);
		const nodes = [0, 1].map((chip) => new PipelineNode(PipelineConfig.forChip(chip, 2, SHAPE.numLayers, SHAPE.embedDim))), parts = nodes.map(({ config }) => new TinyModel(file, { layers: { from: config.layerStart, to: config.layerStart + config.layerCount }, contextLength: 16 }));
		const positions = [0, 0], results: number[][] = [];
		let next = 0;
		const step = (n: number): boolean => nodes[n]!.processStep((layer, data, token) => {
			const part = parts[n]!;
			if (layer === 0)
				data.set(part.embed(token));
			part.hidden.set(data);
			part.runLayers(positions[n]!++);
			data.set(part.hidden);
		});
		while (results.length < tokens.length) {
			if (next < tokens.length && nodes[0]!.inFlight < nodes[0]!.capacity && random.below(2))
				nodes[0]!.startToken(tokens[next++]!);
			step(random.below(2));
			if (nodes[1]!.inFlight < nodes[1]!.capacity)
				nodes[0]!.take((token, state) => nodes[1]!.receive(token, state));
			nodes[1]!.take((_token, state) => results.push([...state]));
		}
		tokens.forEach((token, position) => {
			whole.forward(token, position, false);
			expect(results[position]).to.deep.equal([...whole.hidden]);
		});
	});
});
