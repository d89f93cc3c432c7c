/** What a board of a federation is told, and what it measures. */

import { expect } from "chai";
import { parseBoardArguments } from "ruvllm-esp32/espnow-federation/app/arguments";
import { MeasuredParts } from "ruvllm-esp32/espnow-federation/app/measured-parts";
import { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";
import { Memory } from "ruvllm-esp32/platform/kernels";
import { codeOf } from "../support/code-of";
import { tinyModel } from "../support/small-model";

function pinned(bytes: Uint8Array): Memory {
	const memory = new Memory(bytes.length);
	new Uint8Array(memory as unknown as ArrayBuffer).set(bytes);
	return memory;
}

describe("federation/app", () => {
	it("refuses arguments that are none", () => {
		for (const args of [
			["a", "b"], ["--mode"], ["--mode", "magic"], ["--mode", "experts"], ["--mode", "experts", "--expert"], ["--expert", "magic"], ["--expert", "home", "--expert", "home"], ["--home", ""], ["--lanes", "0"], ["--lanes", "17"], ["--lanes", "1.5"], ["--lanes", ""], ["--lanes"], ["--channel", "14"], ["--rate", "3M"],
			["--goal", "joy"], ["--secret"], ["--secret", ""], ["--context", "0"], ["--memory", "-1"], ["--speed", "x"], ["--magic", "1"], ["--constructor", "1"], ["--"], ["--lanes", "1", "--lanes", "2"],
		])
			expect(codeOf(() => parseBoardArguments(args)), args.join(" ")).to.equal("ARGUMENT");
	});
	it("takes what there is", () => {
		expect(parseBoardArguments([])).to.deep.equal({ model: "stories.ruvm", mode: "auto", lanes: 1, channel: 1, rate: "1M", serve: false, home: "home.json" });
		expect(parseBoardArguments(["--mode", "experts", "--expert", "home", "--home", "my.json"])).to.deep.equal({ model: "home.ruvm", expert: "home", mode: "experts", lanes: 1, channel: 1, rate: "1M", serve: false, home: "my.json" });
		expect(parseBoardArguments(["x.ruvm", "--expert", "stories"])).to.deep.equal({ model: "x.ruvm", expert: "stories", mode: "auto", lanes: 1, channel: 1, rate: "1M", serve: false, home: "home.json" });
		expect(parseBoardArguments(["x.ruvm", "--serve", "--mode", "tensor", "--lanes", "4", "--secret", "--its own", "--rate", "MCS7", "--context", "64", "--goal", "latency", "--memory", "1000", "--speed", "7", "--draft", "d", "--channel", "13"]))
			.to.deep.equal({ model: "x.ruvm", serve: true, mode: "tensor", lanes: 4, secret: "--its own", rate: "MCS7", context: 64, goal: "latency", memory: 1000, speed: 7, draft: "d", channel: 13, home: "home.json" });
	});
	it("counts the engine's time without changing a bit", () => {
		const file = pinned(tinyModel()), measured = new MeasuredParts(file), options = { from: 0, to: measured.shape.numLayers, lanes: 1, contextLength: 16 };
		const [one, other] = [measured.open(options), new ModelParts(file).open(options)];
		for (let position = 0; position < 8; position++)
			for (const part of [one, other]) {
				part.embed(position + 3);
				part.runLayers(position);
				part.project();
			}
		expect(Array.from(one.logits)).to.deep.equal(Array.from(other.logits));
		expect(measured.meter.calls).to.equal(16);
		expect(measured.meter.microseconds).to.be.at.least(0);
	});
});
