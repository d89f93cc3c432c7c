import { expect } from "chai";
import { CHIPS, chipOf, spareMemory } from "ruvllm-esp32/core/chips";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { availableMemory, Memory } from "ruvllm-esp32/platform/kernels";
import { Esp32Variant, largestContext, memoryBudget, ModelConfig, TinyModel } from "ruvllm-esp32/engine";
import { fittingContext } from "ruvllm-esp32/engine/memory-budget";
import { SHAPE, smallModel } from "../support/small-model";

const total = (contextLength: number): number => memoryBudget(SHAPE, { contextLength }).ram.total;

describe("engine/memory", () => {
	it("refuses options and chips that are none", () => {
		for (const bad of [-1, 0.5, NaN, 2 ** 31])
			expect(() => new TinyModel(smallModel(), { spareMemory: bad }), String(bad)).to.throw(RuvllmError, /spareMemory/);
		for (const bad of ["esp8266", "", "constructor"])
			expect(() => ModelConfig.forVariant(bad as Esp32Variant), bad).to.throw(RuvllmError, /esp32, esp32s2, esp32s3, esp32c3, esp32c6/);
		expect(chipOf("constructor")).to.equal(undefined);
		for (const bad of [-1, 0.5, NaN, 2 ** 31, "x", undefined]) {
			expect(() => availableMemory(bad as never, 0), String(bad)).to.throw(RangeError, /wanted/);
			expect(() => availableMemory(16, bad as never), String(bad)).to.throw(RangeError, /spare/);
		}
	});
	it("names bytes wanted, bytes available and the context that would fit", () => {
		const code = (action: () => unknown): RuvllmError => {
			try {
				action();
			}
			catch (error) {
				return error as RuvllmError;
			}
			throw new Error("nothing was thrown");
		};
		const little = code(() => fittingContext(SHAPE, 48, total(32), 64, false));
		expect(little.code).to.equal("MODEL_MEMORY");
		expect(little.message).to.contain(`wants ${total(48)} bytes`).and.contain(`${total(32)} are available`).and.contain("at most 32 positions");
		const nothing = code(() => fittingContext(SHAPE, 48, 100, 64, true));
		expect(nothing.code).to.equal("MODEL_MEMORY");
		expect(nothing.message).to.contain(`smallest context wants ${total(16)}`);
	});
	it("finds the largest context for any number of bytes", () => {
		let before = 0;
		for (let bytes = 0; bytes < total(48) + 300; bytes += 97) {
			const context = largestContext(SHAPE, bytes);
			expect(context).to.be.at.least(before);
			if (context > 0)
				expect(total(context)).to.be.at.most(bytes);
			if (context < SHAPE.maxSeqLen)
				expect(total(Math.min(context + 16, SHAPE.maxSeqLen))).to.be.above(bytes);
			before = context;
		}
		expect(before).to.equal(SHAPE.maxSeqLen);
		expect(fittingContext(SHAPE, 48, total(32), 64, true)).to.equal(32);
		expect(fittingContext(SHAPE, 48, total(48), 64, false)).to.equal(48);
	});
	it("counts what is allocated", () => {
		const model = new TinyModel(smallModel(), { contextLength: 20, penaltyWindow: 7 });
		const { ram } = model.memoryBudget();
		expect(ram.activations + ram.keyValueCache + ram.sampling).to.equal(model.logits.buffer.byteLength);
		expect(ram.total).to.be.above(model.logits.buffer.byteLength);
		expect(new TinyModel(smallModel(), { spareMemory: 0 }).contextLength).to.equal(SHAPE.maxSeqLen);
	});
	it("knows what can be had without keeping it", () => {
		for (let i = 0; i < 100; i++)
			expect(availableMemory(4096, 4096)).to.equal(4096);
		expect(availableMemory(0, 0)).to.equal(0);
		expect(new Memory(4096).byteLength).to.equal(4096);
	});
	it("each chip has a model of its own that runs in less than it has", () => {
		for (const [name, chip] of Object.entries(CHIPS)) {
			expect(chipOf(name)).to.equal(chip);
			expect(ModelConfig.forVariant(name as Esp32Variant).memoryBudget().ram.total, name).to.be.below(chip.heap - chip.settings - spareMemory(chip, true));
			expect(spareMemory(chip, false)).to.be.below(spareMemory(chip, true));
		}
	});
});
