/** The conversation: each line is a prompt, lines that begin with "/" are commands. */

import { createInterface } from "node:readline";
import { stream } from "./commands/generate.ts";
import { integer, number, type SamplingOptions } from "./options.ts";
import { FirmwareError, type Session } from "./session.ts";
import type { Info } from "./statistics.ts";

type Parse = (text: string) => unknown;
const truth: Parse = (text) => text === "on" || text === "true" || text === "1";

/** Settings by the name that /set takes. */
const SETTINGS: Record<string, [keyof SamplingOptions, Parse]> = {
	"max-tokens": ["maxTokens", integer], temperature: ["temperature", number], "top-k": ["topK", integer], "top-p": ["topP", number],
	"min-p": ["minP", number], "repetition-penalty": ["repetitionPenalty", number], seed: ["seed", integer], greedy: ["greedy", truth],
	stop: ["stop", (text) => [text]],
};

const HELP = `/set NAME VALUE   ${Object.keys(SETTINGS).join(", ")}
/show             the settings and the model
/help             this
/bye              leave (or Ctrl-D)`;

export async function repl(session: Session, info: Info, options: SamplingOptions): Promise<void> {
	const settings: SamplingOptions = { ...options };
	const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "> ", terminal: process.stdin.isTTY });
	if (process.stdin.isTTY)
		console.log(`${info.metadata.name} on ${info.host}: ${info.parameters} parameters, context of ${info.contextLength} tokens. /help lists commands.`);
	lines.prompt();
	for await (const line of lines) {
		const text = line.trimEnd();
		if (text === "/bye" || text === "/exit" || text === "/quit")
			break;
		if (text.startsWith("/"))
			console.log(command(text, settings, info));
		else if (text)
			try {
				process.stdout.write(text);
				await stream(session, info, text, settings);
			}
			catch (error) {
				// A bad setting or a long prompt is told; the conversation goes on.
				if (!(error instanceof FirmwareError))
					throw error;
				console.log(`\n${error.message}`);
			}
		lines.prompt();
	}
	lines.close();
}

function command(text: string, settings: SamplingOptions, info: Info): string {
	const [name, key, ...rest] = text.split(/\s+/);
	if (name === "/help")
		return HELP;
	if (name === "/show")
		return JSON.stringify({ settings: Object.fromEntries(Object.values(SETTINGS).map(([k]) => [k, settings[k]])), model: info.metadata, shape: info.shape, memory: info.budget }, null, 2);
	if (name !== "/set")
		return `there is no command ${name}; /help lists them`;
	const setting = SETTINGS[key ?? ""];
	if (!setting)
		return `there is no setting "${key ?? ""}"; there are ${Object.keys(SETTINGS).join(", ")}`;
	try {
		(settings as Record<string, unknown>)[setting[0]] = setting[1](rest.join(" "));
		return `${key} = ${String(settings[setting[0]])}`;
	}
	catch (error) {
		return `${key}: ${(error as Error).message}`;
	}
}
