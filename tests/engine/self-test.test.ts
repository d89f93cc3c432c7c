import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { kernelSelfTest, Memory, tickUnit, variant } from "ruvllm-esp32/platform/kernels";
import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import { requireKernels, selfTest } from "ruvllm-esp32/engine/self-test";
import { tinyModel } from "../support/small-model";

function failure(action: () => unknown): RuvllmError {
	try {
		action();
	}
	catch (error) {
		expect(error).to.be.instanceOf(RuvllmError);
		return error as RuvllmError;
	}
	throw new Error("nothing was thrown");
}

/** The model in memory that stays writable, so that it can be damaged after it was loaded. */
function loaded(): { engine: MicroEngine; bytes: Uint8Array } {
	const file = tinyModel(), memory = new Memory(file.length), bytes = new Uint8Array(memory as unknown as ArrayBuffer);
	bytes.set(file);
	return { engine: new MicroEngine(new TinyModel(memory, { verify: false })), bytes };
}

describe("engine/self-test", () => {
	it("names a kernel that is wrong, its variant and the chip", () => {
		const error = failure(() => requireKernels("attend", "esp32s3"));
		expect(error.code).to.equal("SELF_TEST_KERNEL");
		expect(error.message).to.contain('"attend"').and.contain(variant()).and.contain("esp32s3");
		requireKernels(undefined, "esp32s3");
	});
	it("tells a damaged file that was loaded without its checksum", () => {
		const { engine, bytes } = loaded();
		expect(selfTest(engine, "here").digest).to.match(/^[0-9a-f]{8}$/);
		bytes[5000]! ^= 1;
		expect(failure(() => selfTest(engine, "here")).code).to.equal("MODEL_CRC");
		expect(failure(() => engine.model.verify()).code).to.equal("MODEL_CRC");
		bytes[5000]! ^= 1;
		expect(selfTest(engine, "here").kernels).to.equal(variant());
	});
	it("tells a model that says something else than when it was made", () => {
		const { engine } = loaded();
		expect(selfTest(engine, "here").matches).to.equal(undefined);
		engine.model.metadata.digest = "00000000";
		const error = failure(() => selfTest(engine, "here"));
		expect(error.code).to.equal("MODEL_DIGEST");
		expect(error.message).to.contain("00000000").and.contain("here");
		engine.model.metadata.digest = engine.generate([engine.model.tokenizer.bos], { greedy: true, maxTokens: 32, stopAtEnd: false }).digest;
		expect(selfTest(engine, "here").matches).to.equal(true);
	});
	it("finds the kernels of this host right, again and again", () => {
		for (let i = 0; i < 10; i++)
			expect(kernelSelfTest()).to.equal(undefined);
		expect(tickUnit()).to.match(/^(instructions|cycles|microseconds)$/);
	});
});
