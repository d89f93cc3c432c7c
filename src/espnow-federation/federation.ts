/**
 * Several boards, one mind: what a program uses. Each board makes one of these; any of them can be asked.
 *
 *   const federation = new FederationCoordinator({ mode: "auto", lanes: 4 }, { network: node, source: new ModelParts(file), random });
 *   federation.generate("Once upon a time", { maxTokens: 100 }, (error, result) => ...);
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { DistributedMicroLora } from "ruvllm-esp32/espnow-federation/learning/distributed-micro-lora";
import type { Member, Network } from "ruvllm-esp32/espnow-federation/network";
import { choose, type Choice, type FederationMode } from "ruvllm-esp32/espnow-federation/sessions/choice";
import { type AdoptedEnd, SessionCoordinator } from "ruvllm-esp32/espnow-federation/sessions/coordinator";
import { Dispatcher, type Selector } from "ruvllm-esp32/espnow-federation/sessions/dispatcher";
import { HopMeter } from "ruvllm-esp32/espnow-federation/sessions/hop-meter";
import type { Done } from "ruvllm-esp32/espnow-federation/sessions/job";
import type { PartSource } from "ruvllm-esp32/espnow-federation/sessions/part";
import { candidates } from "ruvllm-esp32/espnow-federation/sessions/planner";
import type { Goal } from "ruvllm-esp32/espnow-federation/sessions/split";
import { RequestRunner } from "ruvllm-esp32/espnow-federation/sessions/runner";

export interface FederationConfig {
	/**
	 * "auto" (default) predicts all others and takes the best. "experts" sends each request to a board whose model it is for:
	 * see `expert`.
	 */
	mode: FederationMode | "experts" | "auto";
	/** Sequences at a time, 1 by default, up to 16. */
	lanes: number;
	/** What plans make small: "latency" of one sequence (default with one lane) or the slowest board's time, "throughput", which spreads layers. */
	goal: Goal | undefined;
	/** Positions of a sequence; the model's own by default. */
	contextLength: number | undefined;
	/** Of the radio, for predictions; "1M" by default. */
	rate: PhyRate;
	/** Share of drafted tokens that are drawn, 0 to 256, as measured for the draft; 128 by default. Counts what happens once it runs. */
	acceptance: number;
	/** Tokens drafted at a time, at most; the number of stages by default. */
	draftDepth: number | undefined;
	/** A request fails when it takes longer; 60,000 by default. */
	timeoutMilliseconds: number;
}

export const DEFAULT_FEDERATION: Readonly<FederationConfig> = {
	mode: "auto", lanes: 1, goal: undefined, contextLength: undefined, rate: "1M", acceptance: 128, draftDepth: undefined, timeoutMilliseconds: 60_000,
};

const MODES: readonly string[] = ["auto", "single", "pipeline", "speculative", "tensor", "replication", "experts"];

export interface FederationParts {
	network: Network;
	/** The model of this board. */
	source: PartSource;
	/** Unsigned, 32 bits. */
	random: () => number;
	/** Makes what drafts for a sequence; none: "speculative" is not possible. */
	draft?: () => Draft;
	/** Chooses boards for whole requests; the one with the least work for its speed by default. */
	selector?: Selector;
	/** For "experts": the number of the expert that a text is for, by which boards announce themselves (bit 1 << expert of `tags`). */
	expert?: (text: Uint8Array) => number;
	/** Tokens of requests whose board died, and the end of each: see SessionCoordinator. */
	onAdopted?: (owner: number, request: number, index: number, token: number) => void;
	onAdoptedEnd?: AdoptedEnd;
}

export class FederationCoordinator {
	readonly config: Readonly<FederationConfig>;
	readonly sessions: SessionCoordinator;
	readonly dispatcher: Dispatcher;
	readonly hops: HopMeter;
	/** Of initDistributedLora. */
	learning: DistributedMicroLora | undefined;
	learner: TinyModel | undefined;
	/** What was chosen for the last request, and why. */
	choice: Choice | undefined;
	readonly #parts: FederationParts;
	readonly #runner: RequestRunner;

	/** @throws RuvllmError FEDERATION_MODE, FEDERATION_LANES */
	constructor(config: Partial<FederationConfig>, parts: FederationParts) {
		const complete = this.config = { ...DEFAULT_FEDERATION, ...config }, { mode, lanes, goal = lanes > 1 || mode !== "auto" ? "throughput" : "latency", contextLength, draftDepth, timeoutMilliseconds } = complete;
		if (!MODES.includes(mode))
			throw new RuvllmError("FEDERATION_MODE", `there is no mode "${mode}"; modes are ${MODES.join(", ")}`);
		if (!Number.isInteger(lanes) || lanes < 1 || lanes > 16)
			throw new RuvllmError("FEDERATION_LANES", `lanes is ${lanes}; it takes an integer from 1 to 16`);
		const { network, source, random, draft, selector, onAdopted, onAdoptedEnd } = this.#parts = parts;
		this.hops = new HopMeter(network);
		this.sessions = new SessionCoordinator({
			network, source, random, lanes, timeoutMilliseconds, mode: mode === "tensor" || mode === "single" || mode === "speculative" ? mode : "pipeline",
			goal, ...contextLength === undefined ? {} : { contextLength }, ...draftDepth === undefined ? {} : { draftDepth },
			...draft ? { draft } : {}, ...onAdopted ? { onAdopted } : {}, ...onAdoptedEnd ? { onAdoptedEnd } : {}, hop: () => this.hops.hop,
		});
		this.#runner = new RequestRunner({ network, source, contextLength: contextLength ?? source.shape.maxSeqLen, lanes });
		this.dispatcher = new Dispatcher({ network, runner: this.#runner, ...selector ? { selector } : {} });
	}

	/** What each mode would give now, and which is best. All projected. */
	predict(): Choice {
		const { network, source, draft } = this.#parts, { lanes, contextLength, rate, acceptance } = this.config, boards = candidates(network.alive(), network.address, source.model);
		return choose(boards, {
			shape: source.shape, contextLength: contextLength ?? source.shape.maxSeqLen, lanes, hop: this.hops.hop ?? 2000, rate, frameBytes: network.frameBytes, streams: lanes, acceptance: draft ? acceptance : 0,
		});
	}

	/**
	 * Generates text. `done` is called once; tokens come by `onToken` of the settings.
	 * @param prompt a text, or token ids with the model's bos first
	 * @returns the number of the request
	 * @throws RuvllmError CONFIG_*, PROMPT_*, FEDERATION_BUSY
	 */
	generate(prompt: string | ArrayLike<number>, config: Partial<InferenceConfig>, done: Done): number {
		const { source, expert } = this.#parts, { mode } = this.config;
		if (mode === "experts") {
			const number = expert?.(typeof prompt === "string" ? encodeUtf8(prompt) : new Uint8Array(0)) ?? 0;
			return this.dispatcher.generate(prompt, config, done, ({ tags }: Member) => (tags >>> number & 1) === 1, `expert ${number}`);
		}
		let chosen: string = mode;
		if (mode === "auto") {
			this.choice = this.predict();
			chosen = this.choice.mode;
		}
		if (chosen === "replication")
			return this.dispatcher.generate(prompt, config, done, ({ model }: Member) => model === source.model);
		this.sessions.mode = chosen as Exclude<FederationMode, "replication">;
		if (mode === "auto")
			this.sessions.goal = this.config.goal ?? (chosen === "speculative" || this.config.lanes > 1 ? "throughput" : "latency");
		return this.sessions.generate(typeof prompt === "string" ? this.encode(prompt) : prompt, config, done);
	}

	/**
	 * An adapter of this board's own copy of the model that learns with those of all others (docs/learning.md): correct it with
	 * `learning.lora`, then `share`. Sessions over several boards run the model without it.
	 * @param seed the same on all boards
	 * @throws RuvllmError ADAPTER_RANK, LEARNING_*, MODEL_MEMORY
	 */
	initDistributedLora(rank: number, seed: number): DistributedMicroLora {
		const { network, source } = this.#parts;
		this.learning?.close();
		this.learner = source.openLearner(rank, this.config.contextLength ?? source.shape.maxSeqLen);
		return this.learning = DistributedMicroLora.init(network, this.learner, rank, seed);
	}

	/** Ids of a text, bos in front. */
	encode(text: string): Int32Array {
		return this.#parts.source.encode(encodeUtf8(text));
	}

	close(): void {
		this.learning?.close();
		this.sessions.close();
		this.dispatcher.close();
		this.#runner.close();
	}
}
