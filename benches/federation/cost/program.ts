/**
 * On XS: what the steps of one board cost, in ticks with the calls into them, while it writes a text. Asset: "model", any
 * RUVM file. One line of JSON, a Costs.
 */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { type Pinned, profile, tickUnit, totalTicks } from "ruvllm-esp32/platform/kernels";
import { args } from "ruvllm-esp32/platform/runtime";
import { packedBytes, packStates, unpackStates } from "ruvllm-esp32/platform/states";
import { completeConfig, Generation, shares, TensorPart, TinyModel } from "ruvllm-esp32/engine";

export interface TensorCosts {
	boards: number;
	/** Of the first of so many equal boards, a layer: attention of its heads by position, its columns, the last product. */
	attend: Record<string, number>;
	feed: number;
	finish: number;
}

export interface Costs {
	unit: string;
	layers: number;
	embedDim: number;
	hiddenDim: number;
	/** A layer, by position. */
	layer: Record<string, number>;
	embed: number;
	/** Last norm and output matrix. */
	project: number;
	/** A draw by the default settings, and the token's way through text and stop texts. */
	sample: number;
	/** A hidden state, and the largest number of bytes that one took. */
	pack: number;
	unpack: number;
	stateBytes: number;
	tensor: TensorCosts[];
}

const POSITIONS = [0, 64, 128], CONTEXT = 144, SEED = 1;

/** Of three runs the shortest: XS may collect garbage in one. */
function ticks(run: () => void): number {
	let least = Infinity;
	for (let i = 0; i < 3; i++) {
		profile(true);
		run();
		least = Math.min(least, totalTicks());
	}
	profile(false);
	return least;
}

const empty = ticks(() => {});
const cost = (run: () => void): number => Math.max(0, ticks(run) - empty);
const file: Pinned = openAsset(args.find((text) => text.startsWith("model="))!.slice(6)) as never;

function measure(): Costs {
	const model = new TinyModel(file, { contextLength: Math.min(CONTEXT, new TinyModel(file, { layers: { from: 0, to: 0 } }).shape.maxSeqLen) });
	const { shape: { embedDim, hiddenDim, numLayers } } = model, generation = new Generation(model, [Math.max(0, model.tokenizer.bos)], completeConfig({ seed: SEED, stopAtEnd: false, maxTokens: CONTEXT }));
	const bytes = new Uint8Array(packedBytes(embedDim)), back = new Int32Array(embedDim), layer: Record<string, number> = {};
	let embed = 0, project = 0, pack = 0, unpack = 0, stateBytes = 0, sample = 0, draws = 0;
	for (let position = 0; !generation.ended; position++) {
		const token = generation.sequence[position]!;
		if (POSITIONS.includes(position)) {
			embed = cost(() => model.embed(token));
			layer[position] = Math.round((cost(() => {
				model.embed(token);
				model.runLayers(position);
			}) - embed) / numLayers);
			project = cost(() => model.project());
			pack = cost(() => packStates(model.hidden, embedDim, bytes));
			unpack = cost(() => unpackStates(back, embedDim, bytes));
		}
		model.forward(token, position, true);
		stateBytes = Math.max(stateBytes, packStates(model.hidden, embedDim, bytes));
		profile(true);
		generation.next();
		sample += totalTicks() - empty;
		draws++;
	}
	return { unit: tickUnit(), layers: numLayers, embedDim, hiddenDim, layer, embed, project, sample: Math.round(sample / draws), pack, unpack, stateBytes, tensor: [] };
}

/** What all boards gathered, as one that has all heads and columns makes it: kernels take shorter ways for zeros. */
let gathered: { mixed: Int32Array; products: Int32Array } | undefined;

function measureTensor(boards: number): TensorCosts {
	const whole = new TinyModel(file, { layers: { from: 0, to: 0 }, contextLength: 1 }), share = shares(whole.shape, new Array<number>(boards).fill(1))[0]!;
	const model = new TinyModel(file, { layers: { from: 0, to: 1 }, share, contextLength: Math.min(CONTEXT, whole.shape.maxSeqLen) }), part = new TensorPart(model), attend: Record<string, number> = {};
	for (let position = 0; position < model.contextLength; position++) {
		model.embed(1 + position % (whole.shape.vocabSize - 1));
		if (POSITIONS.includes(position))
			attend[position] = cost(() => part.attend(0, position));
		else
			part.attend(0, position);
	}
	if (gathered)
		part.mixed.set(gathered.mixed);
	const feed = cost(() => part.feed(0));
	if (gathered)
		part.products.set(gathered.products);
	else
		gathered = { mixed: part.mixed.slice(), products: part.products.slice() };
	return { boards, attend, feed, finish: cost(() => part.finish(0)) };
}

const costs = measure();
for (const boards of [1, 2, 4, 8])
	try {
		costs.tensor.push(measureTensor(boards));
	}
	catch (error) {
		// Not measured: heads that can't be cut, a model too large to be loaded once more beside itself.
		if (!["TENSOR_SHAPE", "MODEL_MEMORY"].includes((error as { code?: string }).code!))
			throw error;
	}
print(JSON.stringify(costs) + "\n");
