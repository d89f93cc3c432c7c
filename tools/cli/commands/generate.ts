/** ruvllm-esp32 generate: one text, or a conversation. */

import type { Command } from "commander";
import { basename } from "node:path";
import type { GenerationResult } from "ruvllm-esp32/engine";
import { isEmulated } from "../hosts.ts";
import { findModel } from "../models.ts";
import { CommonOptions, inferenceOf, SamplingOptions, withCommon, withSampling } from "../options.ts";
import { repl } from "../repl.ts";
import { Session } from "../session.ts";
import { Info, instructionsPerToken, statistics } from "../statistics.ts";

type Options = CommonOptions & SamplingOptions;

export function addGenerate(program: Command): void {
	withSampling(withCommon(program.command("generate")))
		.description("continue a text; without one, ask for texts until you leave")
		.argument("[prompt]", "how the text begins")
		.action(async (prompt: string | undefined, options: Options) => {
			const session = await Session.start(options.host, findModel(options.model), options);
			try {
				const info = await session.request<Info>({ do: "info" });
				if (prompt === undefined && !options.json)
					await repl(session, info, options);
				else if (options.json)
					await json(session, info, prompt ?? "", options);
				else {
					process.stdout.write(prompt!);
					await stream(session, info, prompt!, options);
				}
			}
			finally {
				session.close();
			}
		});
}

/** Streams what follows the prompt, then the figures. */
export async function stream(session: Session, info: Info, prompt: string, options: SamplingOptions): Promise<void> {
	const config = inferenceOf(options);
	const result = await session.request<GenerationResult>({ do: "generate", prompt, config, stream: true }, (_token, text) => { process.stdout.write(text); });
	process.stdout.write("\n");
	process.stderr.write(`${statistics(result, info, config.seed)}\n`);
}

async function json(session: Session, info: Info, prompt: string, options: Options): Promise<void> {
	const config = inferenceOf(options);
	const result = await session.request<GenerationResult & { collections: number }>({ do: "generate", prompt, config });
	const rest = result.tokens.length - 1, emulated = isEmulated(info.host);
	console.log(JSON.stringify({
		model: info.metadata.name ?? basename(options.model), host: info.host, prompt, tokens: result.tokens, text: result.text,
		...(emulated
			? { instructions_per_token: instructionsPerToken(result), first_token_instructions: result.firstTokenMicroseconds * 1000 }
			: { tokens_per_second: rest > 0 && result.microseconds > 0 ? Math.round(rest / result.microseconds * 1e7) / 10 : null, first_token_ms: result.firstTokenMicroseconds / 1000 }),
		seed: config.seed, digest: result.digest,
		stop_reason: result.stopReason, prompt_tokens: result.promptTokens, memory: info.budget, collections: result.collections, tier: emulated ? "emulated" : "measured",
	}));
}
