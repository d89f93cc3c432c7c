/** The firmware of a board of a federation: who types a line gets a text from all boards, who sends JSON is a program (program.ts). */

import { after } from "ruvllm-esp32/platform/clock";
import { onLine, print, write } from "ruvllm-esp32/platform/console";
import { exit, host } from "ruvllm-esp32/platform/runtime";
import type { GenerationResult } from "ruvllm-esp32/engine/generation";
import type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
import { parseBoardArguments } from "ruvllm-esp32/espnow-federation/app/arguments";
import { FederationBoard } from "ruvllm-esp32/espnow-federation/app/board";
import { errorOf, ProgramConsole, say } from "ruvllm-esp32/espnow-federation/app/program";

/** Until what was queued has left the radio. */
const GOODBYE_MILLISECONDS = 50;

/** What goes wrong at the start is said as JSON, and ends the program with 1. */
export function startBoard(args: readonly string[]): void {
	try {
		start(args);
	}
	catch (error) {
		say({ error: errorOf(error as Error) });
		exit(1);
	}
}

function start(args: readonly string[]): void {
	const options = parseBoardArguments(args);
	let serves = options.serve, previous = -1, busy = 0;
	const board = new FederationBoard(options, {
		onAdopted: (owner, request, index, token) => {
			if (serves)
				programs.token({ adopted: { owner, request } }, index, token, index === 0 ? -1 : previous);
			else {
				const { tokenizer } = board.parts, count = tokenizer.copyPiece(previous, token, piece, 0);
				write(piece, 0, count);
			}
			previous = token;
		},
		onAdoptedEnd: (error, result, owner, request) => {
			if (serves)
				programs.end({ adopted: { owner, request } }, error, result);
			else
				print(`\n[${error ? error.message : `this was the rest of a request of ${name(owner)}, which died`}]\n`);
		},
	}), programs = new ProgramConsole(board), piece = new Uint8Array(256);

	const leaveWhenDone = (): void => {
		if (busy + programs.pending > 0)
			after(100, leaveWhenDone);
		else {
			board.close();
			after(GOODBYE_MILLISECONDS, () => exit(0));
		}
	};
	const ask = (prompt: string): void => {
		const start = board.parts.meter.microseconds, { experts } = board, expert = experts?.of(prompt), isCommand = expert === "home";
		const given: Partial<InferenceConfig> = { onToken: (_token, bytes, count) => isCommand || write(bytes, 0, count) };
		busy++;
		try {
			board.federation.generate(prompt, expert ? experts!.settings(expert, given) : given, (error, result) => {
				busy--;
				if (result && isCommand) {
					const { text, action } = experts!.answer(prompt, result.text);
					print(action ? JSON.stringify(action) : `no action:${text}`);
				}
				print(`\n[${error ? error.message : summary(board, result!, board.parts.meter.microseconds - start)}]\n`);
			});
		}
		catch (error) {
			busy--;
			print(`[${(error as Error).message}]\n`);
		}
	};
	onLine((line) => {
		if (line === undefined)
			leaveWhenDone();
		else if (line.startsWith("{")) {
			serves = true;
			programs.answer(line);
		}
		else if (!serves && line.trim().length > 0)
			ask(line);
	});

	const { shape, model } = board.parts;
	if (serves)
		say({ board: { address: board.node.address, host, model, layers: shape.numLayers } });
	else {
		print(`board ${name(board.node.address)} host=${host} model=${options.model} mode=${options.mode}${options.expert === undefined ? "" : ` expert=${options.expert}`} channel=${board.radio.channel}${options.secret === undefined ? "" : " sealed"}\n`);
		board.node.watch((event, { address }) => event === "changed" || print(`[${name(address)} ${event}; ${board.node.alive().length} boards are here]\n`));
	}
}

function summary({ federation, node }: FederationBoard, { tokens, microseconds, firstTokenMicroseconds }: GenerationResult, engine: number): string {
	const count = Math.max(1, tokens.length), all = firstTokenMicroseconds + microseconds, { mode } = federation.config;
	return `measured: ${tokens.length} tokens by ${node.alive().length} boards, ${(all / count / 1000).toFixed(2)} ms each, ${(engine / count / 1000).toFixed(2)} of them in this board's engine; ${mode === "auto" ? federation.choice!.why : mode}`;
}

const name = (address: number): string => address.toString(16).padStart(12, "0").replace(/(..)(?=.)/g, "$1:");
