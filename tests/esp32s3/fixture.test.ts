/** The assembled code is that of the sources as they are. */

import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";
import { asC, digest, type Fixture, FIXTURE, IN_C, sources } from "../../tools/esp32s3/sources.ts";

const HOW = "assemble again: node bin/tool.mjs tools/esp32s3/main.ts";

describe("esp32s3: the assembled code", () => {
	const fixture = JSON.parse(readFileSync(join(packageRoot, FIXTURE), "utf8")) as Fixture;
	it("was made of every source, as it is now", () => {
		expect(Object.keys(fixture.sources), HOW).to.deep.equal(sources());
		for (const file of sources())
			expect(digest(file), `${file} has changed; ${HOW}`).to.equal(fixture.sources[file]);
	});
	it("is what the C file says too", () => {
		expect(readFileSync(join(packageRoot, IN_C), "utf8") === asC(), `${IN_C} is older than its sources; ${HOW}`).to.equal(true);
	});
});
