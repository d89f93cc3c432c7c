/** The emulated board says what the desktop says, token by token. */

import { expect } from "chai";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GenerationResult } from "ruvllm-esp32/engine";
import { cacheRoot, packageRoot } from "../../tools/build/paths.ts";
import { missingForRiscv } from "../../tools/build/qemu.ts";
import { findModel, shippedModels } from "../../tools/cli/models.ts";
import { Session } from "../../tools/cli/session.ts";
import type { Info } from "../../tools/cli/statistics.ts";
import { assemble } from "../../tools/convert/assemble.ts";
import { parseLlama2cTokenizer } from "../../tools/convert/llama2c-tokenizer.ts";
import { readLlama2c } from "../../tools/convert/llama2c.ts";
import { hostArguments } from "../../tools/test/data.ts";
import { type Sizes, writeTokenizer, writeV0 } from "./support/checkpoint.ts";

const TOKENS = 200, SEEDS = [1, 2, 3];

function requireRiscv(context: Mocha.Context): void {
	const install = missingForRiscv();
	if (install && process.env.CI === "true")
		throw new Error(`the emulated board is missing, and CI skips nothing: ${install}`);
	if (install)
		context.skip();
}

/** A model of random weights, with heads of another size than the shipped one's. */
function randomModel(): string {
	const sizes: Sizes = { dim: 48, hidden: 100, layers: 3, heads: 3, kvHeads: 3, vocab: 300, length: 256 };
	const path = join(cacheRoot(), "tests", "random.ruvm");
	mkdirSync(join(cacheRoot(), "tests"), { recursive: true });
	writeFileSync(path, assemble(readLlama2c(writeV0(sizes, 5)), parseLlama2cTokenizer(writeTokenizer(sizes), sizes.vocab), { name: "random" }));
	return path;
}

async function models(): Promise<string[]> {
	const given = await hostArguments(), reference = given.find((text) => text.startsWith("stories260k="))?.slice("stories260k=".length);
	return [join(packageRoot, "models", "stories.ruvm"), randomModel(), ...(reference && existsSync(reference) ? [reference] : [])];
}

async function onBoth<T>(model: string, ask: (session: Session) => Promise<T>, context = 240): Promise<T[]> {
	const results: T[] = [];
	for (const host of ["desktop", "riscv"]) {
		const session = await Session.start(host, model, { context });
		try {
			results.push(await ask(session));
		}
		finally {
			session.close();
		}
	}
	return results;
}

describe("hosts/riscv", () => {
	it(`gives the desktop's tokens: each model, ${SEEDS.length} seeds, ${TOKENS} tokens`, async function () {
		requireRiscv(this);
		for (const model of await models()) {
			const [desktop, riscv] = await onBoth(model, async (session) => {
				const all: number[][] = [];
				for (const seed of SEEDS) {
					const config = { seed, maxTokens: TOKENS, stopAtEnd: false, repetitionPenalty: 1.1 };
					all.push((await session.request<GenerationResult>({ do: "generate", ids: [1], config })).tokens);
				}
				return all;
			});
			expect(desktop!.map(({ length }) => length), model).to.deep.equal(SEEDS.map(() => TOKENS));
			expect(riscv, model).to.deep.equal(desktop);
		}
	}).timeout(600000);
	it("gives the desktop's tokens for each type of weights that is shipped", async function () {
		requireRiscv(this);
		for (const name of shippedModels().filter((model) => model !== "stories")) {
			const [desktop, riscv] = await onBoth(findModel(name), async (session) =>
				(await session.request<GenerationResult>({ do: "generate", ids: [1], config: { seed: 4, maxTokens: 60, stopAtEnd: false } })).tokens, name.startsWith("home") ? 120 : 240);
			expect(desktop!.length, name).to.equal(60);
			expect(riscv, name).to.deep.equal(desktop);
		}
	}).timeout(600000);
	it("gives the desktop's answers to commands, and learns the same from a correction", async function () {
		requireRiscv(this);
		const home: unknown = JSON.parse(readFileSync(join(packageRoot, "models/home/home.json"), "utf8"));
		for (const model of ["home", "home-int4"]) {
			const answers = [];
			for (const host of ["desktop", "riscv"]) {
				const session = await Session.start(host, findModel(model), { firmware: "home-main", context: 80, adapter: 2 });
				try {
					await session.request({ do: "home", home, rehearsal: ["turn off the desk lamp", "tell me a joke"] });
					const ask = (text: string): Promise<unknown> => session.request({ do: "command", text, area: "Kitchen" });
					const first = [await ask("turn off the lights"), await ask("set a pizza timer for half an hour"), await ask("who won the world cup")];
					const learned = await session.request({ do: "correct", text: "crank the radio", wanted: { intent: "HassSetVolumeRelative", slots: { name: "Radio", volume_step: "up" } } });
					answers.push([...first, learned, await ask("crank the TV"), await session.request({ do: "adapter" })]);
				}
				finally {
					session.close();
				}
			}
			expect(answers[1], model).to.deep.equal(answers[0]);
			expect((answers[0] as { action?: unknown }[])[0]!.action).to.deep.equal({ intent: "HassTurnOff", domain: "light", area: "Kitchen" });
		}
	}).timeout(600000);
	it("names what does not fit, before it runs", async function () {
		requireRiscv(this);
		const session = await Session.start("riscv", join(packageRoot, "models", "stories.ruvm"), { context: 512 });
		try {
			const error: unknown = await session.request<Info>({ do: "info" }).catch((e: unknown) => e);
			expect(error).to.include({ code: "MODEL_MEMORY" });
			expect((error as Error).message).to.match(/512 positions wants \d+ bytes of RAM, \d+ are available; a context of at most \d+ positions fits/);
		}
		finally {
			session.close();
		}
	}).timeout(120000);
	it("keeps RAM below 300 KB with a context of 256, and flash below 600 KB", async function () {
		requireRiscv(this);
		const session = await Session.start("riscv", join(packageRoot, "models", "stories.ruvm"), { context: 256 });
		try {
			await session.request({ do: "generate", prompt: "Once upon a time", config: { maxTokens: 240, stopAtEnd: false, seed: 1 } });
			const { heap } = await session.request<Info & { heap: { ramPeak: number } }>({ do: "info" });
			expect(heap.ramPeak).to.be.within(100_000, 300 * 1024);
			const elf = readFileSync(join(cacheRoot(), "riscv", "firmware.elf")), view = new DataView(elf.buffer, elf.byteOffset);
			// Bytes of the file that are loaded: p_filesz of each PT_LOAD program header.
			let loaded = 0;
			for (let i = 0; i < view.getUint16(44, true); i++) {
				const at = view.getUint32(28, true) + i * view.getUint16(42, true);
				loaded += view.getUint32(at, true) === 1 ? view.getUint32(at + 16, true) : 0;
			}
			expect(loaded).to.be.within(200_000, 600 * 1024);
		}
		finally {
			session.close();
		}
	}).timeout(120000);
});
