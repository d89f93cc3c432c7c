/** The port flash on the desktop: its tests run on XS, see support/flash-program.ts. */

import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../tools/bench/program.ts";

describe("the port flash, on the desktop", () => {
	it("keeps NOR's rules, and memories through power cuts", async () => {
		const folder = mkdtempSync(join(tmpdir(), "ruvllm-esp32-flash-"));
		try {
			const tests = await runProgram<{ title: string; error?: string }>("tests/tools/support/flash-program.ts", { args: [folder] });
			expect(tests.filter(({ error }) => error !== undefined)).to.deep.equal([]);
			expect(tests.length).to.equal(3);
		}
		finally {
			rmSync(folder, { recursive: true, force: true });
		}
	}).timeout(120000);
});
