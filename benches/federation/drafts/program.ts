/** On XS: what drafts foresee of what a model says, and what a draft costs; prints a line of JSON each. */

import { MicroEngine, TinyModel } from "ruvllm-esp32/engine";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import { ModelDraft } from "ruvllm-esp32/engine/draft/model-draft";
import { LookupDraft, MixedDraft, NgramDraft } from "ruvllm-esp32/engine/draft/text-draft";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { type Asset, openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { profile, totalTicks } from "ruvllm-esp32/platform/kernels";
import { args } from "ruvllm-esp32/platform/runtime";

const asset = (name: string): Asset => openAsset(args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1));
const line = (value: unknown): void => print(JSON.stringify(value) + "\n");
const SEEDS = 3, DEPTHS = [1, 2, 3, 4];

interface Text {
	/** The prompt, then what the model said. */
	tokens: Int32Array;
	prompt: number;
}

/** What the model says to each prompt. */
function said(engine: MicroEngine, prompts: readonly string[], greedy: boolean): Text[] {
	return prompts.flatMap((prompt, p) => Array.from({ length: greedy ? 1 : SEEDS }, (_, s): Text => {
		const ids = engine.encode(prompt), { tokens } = engine.generate(ids, greedy ? { greedy } : { seed: 900000 + 10 * p + s });
		return { tokens: Int32Array.of(...ids, ...tokens), prompt: ids.length };
	}));
}

/** As it is used: the model checks a draft, takes what is right of it, and adds a token of its own. */
function speculate(draft: Draft, texts: readonly Text[], depth: number): { drafted: number; accepted: number; checks: number; tokens: number } {
	const into = new Int32Array(depth), sum = { drafted: 0, accepted: 0, checks: 0, tokens: 0 };
	for (const { tokens, prompt } of texts) {
		draft.reset(tokens, prompt);
		for (let at = prompt; at < tokens.length;) {
			const most = Math.min(depth, tokens.length - at), count = draft.propose(into, most);
			let right = 0;
			while (right < count && into[right] === tokens[at + right])
				right++;
			sum.drafted += count;
			sum.accepted += right;
			sum.checks++;
			for (const end = Math.min(tokens.length, at + right + 1); at < end; at++, sum.tokens++)
				draft.push(tokens[at]!);
		}
	}
	return sum;
}

/** At every token, whatever came before: how many the draft foresees. */
function foreseen(draft: Draft, texts: readonly Text[]): number {
	const into = new Int32Array(1);
	let right = 0, all = 0;
	for (const { tokens, prompt } of texts) {
		draft.reset(tokens, prompt);
		for (let at = prompt; at < tokens.length; at++, all++) {
			right += draft.propose(into, 1) && into[0] === tokens[at] ? 1 : 0;
			draft.push(tokens[at]!);
		}
	}
	return right / all;
}

function accept(): void {
	const engine = new MicroEngine(new TinyModel(asset("model"))), prompts = JSON.parse(decodeUtf8(new Uint8Array(asset("prompts")))) as string[], table = asset("table");
	const smaller = args.filter((text) => text.startsWith("small-")).map((text) => text.slice(0, text.indexOf("=")));
	const drafts: [string, Draft][] = [["table", new NgramDraft(table)], ["lookup", new LookupDraft(engine.model.shape.vocabSize)], ["table and lookup", new MixedDraft(table)],
		...smaller.map((name): [string, Draft] => [name.slice(6), new ModelDraft(new TinyModel(asset(name)))])];
	for (const greedy of [true, false]) {
		const texts = said(engine, prompts, greedy);
		line({ longest: Array.from(texts.reduce((most, text) => text.tokens.length > most.tokens.length ? text : most).tokens) });
		for (const [name, draft] of drafts) {
			// Models take their time: a third of the texts are enough.
			const some = greedy || !(draft instanceof ModelDraft) ? texts : texts.filter((_, i) => i % SEEDS === 0);
			line({ draft: name, greedy, tokens: some.reduce((sum, { tokens, prompt }) => sum + tokens.length - prompt, 0), foreseen: foreseen(draft, some), depths: DEPTHS.map((depth) => speculate(draft, some, depth)) });
		}
	}
}

/** What a draft of 1 and of 4 tokens costs behind 240 tokens, a push included; and a layer of the model, which is what drafts are to be cheaper than. */
function cost(): void {
	const model = new TinyModel(asset("model"), { contextLength: 64 }), text = Int32Array.from(new Uint16Array(asset("text") as never)), table = asset("table");
	const into = new Int32Array(4), clock = args[1] === "ticks" ? (profile(true), totalTicks) : microseconds, rounds = args[1] === "ticks" ? 16 : 20000;
	for (const [name, draft] of [["table", new NgramDraft(table)], ["lookup", new LookupDraft(model.shape.vocabSize)], ["table and lookup", new MixedDraft(table)]] as [string, Draft][])
		for (const depth of [1, 4]) {
			draft.reset(text, 240);
			const start = clock();
			for (let i = 0; i < rounds; i++) {
				draft.propose(into, depth);
				draft.push(text[240 + i % 16]!);
			}
			line({ draft: name, depth, cost: (clock() - start) / rounds });
		}
	const start = clock();
	for (let i = 0; i < 32; i++)
		model.forward(text[i]!, i, true);
	line({ draft: "layer", depth: 0, cost: (clock() - start) / 32 / model.shape.numLayers });
}

({ accept, cost } as Record<string, () => void>)[args[0]!]!();
