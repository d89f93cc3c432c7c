/** Runs whole requests for other boards, each on this board alone, and sends the tokens back as they come. */

import { ByteReader, ByteWriter } from "ruvllm-esp32/core/byte-stream";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import { completeConfig, type InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import { type Network, Service } from "ruvllm-esp32/espnow-federation/network";
import { Job } from "ruvllm-esp32/espnow-federation/sessions/job";
import { Leader } from "ruvllm-esp32/espnow-federation/sessions/leader";
import { Outbox } from "ruvllm-esp32/espnow-federation/sessions/outbox";
import type { PartSource } from "ruvllm-esp32/espnow-federation/sessions/part";
import { pipelinePlan } from "ruvllm-esp32/espnow-federation/sessions/planner";
import { FAILED_TEXT_BYTES, REASONS, RequestKind, TOKENS_IN_MESSAGE } from "ruvllm-esp32/espnow-federation/sessions/request-messages";

export interface RunnerSettings {
	network: Network;
	/** The model of this board, whole. */
	source: PartSource;
	contextLength: number;
	/** Requests that run at a time; others wait. */
	lanes: number;
	/** Tokens wait for company for so long; 50 by default. The first one does not. */
	flushMilliseconds?: number;
}

/** A request that runs here. */
interface Run {
	from: number;
	number: number;
	/** Tokens sent, and those that wait with their text. */
	sent: number;
	tokens: number[];
	text: number[];
	timer: unknown;
	cancelled: boolean;
}

export class RequestRunner {
	readonly #settings: RunnerSettings;
	readonly #outbox: Outbox;
	readonly #leader: Leader;
	readonly #runs = new Map<string, Run>();
	readonly #reader = new ByteReader();
	readonly #unwatch: () => void;
	/** What answers to requests of this board go to. */
	onAnswer: ((from: number, kind: number, reader: ByteReader) => void) | undefined;
	malformed = 0;

	constructor(settings: RunnerSettings) {
		const { network, source, contextLength, lanes } = this.#settings = settings;
		this.#outbox = new Outbox(network, Service.Request);
		this.#leader = new Leader({
			session: 0, epoch: 0, network, random: () => 0, outbox: this.#outbox, source, contextLength, lanes, stallMilliseconds: 60_000, draft: undefined,
			plan: (boards) => pipelinePlan(boards.slice(0, 1), { shape: source.shape, contextLength, lanes, goal: "latency", hop: 0 }).plan,
		});
		network.handle(Service.Request, (from, bytes, count) => this.#message(from, bytes, count));
		this.#unwatch = network.watch((event, { address }) => {
			if (event === "left")
				for (const run of this.#runs.values())
					run.cancelled ||= run.from === address;
		});
	}

	/** Requests here, waiting ones too. */
	get running(): number {
		return this.#runs.size;
	}

	/** To a board, this one too. */
	post(to: number, out: ByteWriter): void {
		const { network } = this.#settings;
		if (to === network.address)
			network.clock.after(0, () => this.#message(to, out.bytes, out.at));
		else
			this.#outbox.post(to, out.bytes, out.at);
	}

	#message(from: number, bytes: Uint8Array, count: number): void {
		const reader = this.#reader.open(bytes, count), kind = reader.u8();
		if (kind === RequestKind.Run)
			this.#run(from, reader);
		else if (kind === RequestKind.Cancel) {
			const run = this.#runs.get(key(from, reader.u16()));
			if (run)
				run.cancelled = true;
		}
		else
			this.onAnswer?.(from, kind, reader);
	}

	#run(from: number, reader: ByteReader): void {
		const number = reader.u16(), isText = reader.u8() === 1, promptLength = reader.u16(), known = new Int32Array(reader.u16());
		const { source, network } = this.#settings;
		if (!reader.ok || reader.left < (isText ? promptLength : 2 * promptLength) + 2 * known.length) {
			this.malformed++;
			return;
		}
		try {
			const text = isText ? reader.take(promptLength) : undefined, prompt = text ? source.encode(text) : new Int32Array(promptLength);
			for (let i = 0; i < prompt.length && !isText; i++)
				prompt[i] = reader.u16();
			for (let i = 0; i < known.length; i++)
				known[i] = reader.u16();
			const settings = reader.take(reader.left), run: Run = { from, number, sent: known.length, tokens: [], text: [], timer: undefined, cancelled: false };
			const config = completeConfig({ ...JSON.parse(decodeUtf8(settings, 0, settings.length)) as Partial<InferenceConfig>, onToken: (token, bytes, count) => this.#token(run, token, bytes, count) });
			const request = { request: number, owner: from, config: "", prompt };
			this.#runs.set(key(from, number), run);
			this.#leader.add(new Job(request, config, (error, result) => this.#over(run, error, result), known));
			network.self.load = Math.min(255, 32 * this.#runs.size);
		}
		catch (error) {
			this.#failed(from, number, error as Error);
		}
	}

	#token(run: Run, token: number, bytes: Uint8Array, count: number): boolean {
		if (token >= 0)
			run.tokens.push(token);
		for (let i = 0; i < count; i++)
			run.text.push(bytes[i]!);
		if (run.sent === 0 || run.tokens.length >= TOKENS_IN_MESSAGE)
			this.#flush(run);
		else
			run.timer ??= this.#settings.network.clock.after(this.#settings.flushMilliseconds ?? 50, () => this.#flush(run));
		return !run.cancelled;
	}

	#flush(run: Run): void {
		this.#settings.network.clock.cancel(run.timer);
		run.timer = undefined;
		if (run.tokens.length === 0 && run.text.length === 0)
			return;
		const out = new ByteWriter(8 + 2 * run.tokens.length + run.text.length);
		out.u8(RequestKind.Tokens).u16(run.number).u16(run.sent).u8(run.tokens.length);
		for (const token of run.tokens)
			out.u16(token);
		this.post(run.from, out.append(run.text));
		run.sent += run.tokens.length;
		run.tokens = [];
		run.text = [];
	}

	#over(run: Run, error: Error | undefined, result: GenerationResult | undefined): void {
		this.#flush(run);
		this.#runs.delete(key(run.from, run.number));
		this.#settings.network.self.load = Math.min(255, 32 * this.#runs.size);
		if (result)
			this.post(run.from, new ByteWriter(8).u8(RequestKind.Done).u16(run.number).u8(REASONS.indexOf(result.stopReason)).u16(run.sent).u16(result.promptTokens));
		else
			this.#failed(run.from, run.number, error!);
	}

	#failed(to: number, number: number, error: Error): void {
		const code = error instanceof RuvllmError ? error.code : "FEDERATION_RUN", text = `${code}\n${error.message}`.slice(0, FAILED_TEXT_BYTES), out = new ByteWriter(8 + FAILED_TEXT_BYTES);
		out.u8(RequestKind.Failed).u16(number);
		for (let i = 0; i < text.length; i++)
			out.u8(text.charCodeAt(i) & 127);
		this.post(to, out);
	}

	close(): void {
		this.#leader.close(false);
		this.#unwatch();
		this.#outbox.close();
		this.#settings.network.handle(Service.Request, undefined);
	}
}

const key = (from: number, number: number): string => `${from}:${number}`;
