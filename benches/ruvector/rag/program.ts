/** On XS: MicroRAG over paragraphs. Arguments: what to do; assets as JSON lines. */

import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { profile, totalTicks } from "ruvllm-esp32/platform/kernels";
import { args } from "ruvllm-esp32/platform/runtime";
import { MemoryStore, MicroRAG } from "ruvllm-esp32/ruvector";

const asset = (name: string): ArrayBuffer => openAsset(args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1)) as unknown as ArrayBuffer;
const json = <T>(name: string): T => JSON.parse(decodeUtf8(new Uint8Array(asset(name)))) as T;
const line = (value: unknown): void => print(JSON.stringify(value) + "\n");
const CONFIG = { capacity: 1024, chunkBytes: 3000, storeBytes: 1 << 22 };

/** Documents of the five best passages, and whether the answer's sentence has one of the right answers. */
function retrieve(): void {
	const paragraphs = json<string[]>("paragraphs"), rag = new MicroRAG(CONFIG);
	for (const text of paragraphs)
		rag.addKnowledge(text);
	for (const { question, answers } of json<{ question: string; answers: string[] }[]>("questions")) {
		const documents = rag.retrieve(question, 5).map(({ document }) => document), { known, text, confidence } = rag.answer(question);
		line({ documents, known, confidence, right: answers.some((answer) => text.includes(answer)) });
	}
}

/** Chunks of the usual size, as a flash image. */
function save(): void {
	const store = new MemoryStore(1 << 22), rag = new MicroRAG({}, { store });
	for (const text of json<string[]>("paragraphs"))
		try {
			rag.addKnowledge(text);
		}
		catch {
			// 256 chunks are all there is room for.
			break;
		}
	const bytes = store.save();
	for (let at = 0; at < bytes.length; at += 4096)
		line({ bytes: Array.from(bytes.subarray(at, at + 4096)) });
}

/** The same from flash. */
function cost(): void {
	const rag = new MicroRAG({}, { store: new MemoryStore(asset("store")) }), questions = json<{ question: string }[]>("questions");
	let ticks = 0;
	for (const { question } of questions) {
		profile(true);
		rag.retrieve(question, 3);
		ticks += totalTicks();
	}
	line({ chunks: rag.size, ram: rag.memoryBudget().total, instructions: Math.round(ticks / questions.length) });
}

({ retrieve, save, cost } as Record<string, () => void>)[args[0]!]!();
