import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";

describe("core/errors", () => {
	it("carries a code and a sentence, and is an Error by its own name", () => {
		const error = new RuvllmError("MODEL_CRC", "the file is damaged");
		expect(error).to.be.instanceOf(Error).and.instanceOf(RuvllmError);
		expect([error.code, error.message, error.name, String(error)]).to.deep.equal(["MODEL_CRC", "the file is damaged", "RuvllmError", "RuvllmError: the file is damaged"]);
		expect(() => { throw error; }).to.throw(RuvllmError, "damaged");
	});
});
