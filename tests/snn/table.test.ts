import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32, Memory } from "ruvllm-esp32/platform/kernels";
import { SNNEventDetector, SnnTable } from "ruvllm-esp32/snn";
import { codeOf } from "../support/code-of";
import { sealed, smallTable } from "../support/small-gate";

describe("snn/table", () => {
	it("refuses damaged tables and names the field", () => {
		const fields: [number, number, string][] = [[0, 1, "magic"], [4, 2, "version"], [6, 2, "flags"], [7, 33, "feeding"], [16, 2, "kind"], [17, 2, "channels"], [18, 17, "encoders"], [19, 9, "lines"], [20, 33, "hidden"],
			[21, 0, "delays"], [24, 16, "delay"], [29, 255, "rate"], [30, 65, "hop"], [37, 255, "threshold"], [39, 8, "bias"], [41, 17, "drop"], [43, 16, "fade"], [75, 1, "name"], [8, 1, "bytes"], [84, 1, "encoder 0: kind"],
			[105, 10, "encoder 1: source"]];
		for (const [at, value, field] of fields) {
			const bytes = smallTable({ wait: 1, drop: 8 });
			bytes[at] = value;
			expect(() => SnnTable.copy(sealed(bytes)), field).to.throw(RuvllmError, field);
		}
		const bytes = smallTable();
		expect(() => SnnTable.copy(bytes.subarray(0, 83))).to.throw(RuvllmError, "size");
		expect(() => SnnTable.copy(bytes.slice(0, -1))).to.throw(RuvllmError, "size");
		bytes[bytes.length - 1]! ^= 1;
		expect(() => SnnTable.copy(bytes)).to.throw(RuvllmError, "crc");
		for (const bad of [new Uint8Array(0), undefined, "table", new ArrayBuffer(500)])
			expect(codeOf(() => SnnTable.copy(bad as never))).to.equal("SNN_TABLE");
		for (const offset of [-4, 2, 0.5, 1 << 30])
			expect(codeOf(() => new SnnTable(new Memory(500), offset))).to.equal("SNN_TABLE");
		expect(codeOf(() => new SnnTable(new ArrayBuffer(500)))).to.equal("SNN_TABLE");
	});
	it("describes itself", () => {
		const table = SnnTable.copy(smallTable({ kind: "sensor", channels: 3, encoders: 5, name: "three axes" }));
		expect([table.kind, table.channels, table.lines, table.hidden, table.rate, table.hop, table.name]).to.deep.equal(["sensor", 3, 10, 4, 100, 4, "three axes"]);
		expect(table.delays).to.deep.equal([0, 3]);
		expect([0, 1, 2, 6, 9].map((line) => table.sourceOf(line))).to.deep.equal([0, 0, 1, 0, 1]);
		expect(table.sourcesOf(0b1001000000)).to.equal(0b11);
		expect(() => table.sourceOf(10)).to.throw(RangeError);
		const other = SnnTable.copy(smallTable({ flags: 1, threshold: -300, bias: -45, wait: 70, drop: 9, raise: 20, fade: 3 }));
		expect([other.threshold, other.bias, other.wait, other.drop, other.raise, other.fade]).to.deep.equal([-300, -45, 70, 9, 80, 3]);
		expect(table.describe()).to.contain("three axes: sensor, 3 channels at 100 Hz");
	});
	it("is read at an offset of its file", () => {
		const bytes = smallTable(), memory = new Memory(bytes.length + 8), view = new Uint8Array(memory as unknown as ArrayBuffer);
		view.set(bytes, 8);
		const table = new SnnTable(memory, 8), detector = new SNNEventDetector({ table });
		detector.process(new Int16Array(640));
		view[8 + 20] = 33;
		expect(() => detector.process(new Int16Array(64))).to.throw(RangeError, "changed");
	});
});
