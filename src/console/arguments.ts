/**
 * What the firmware is told when it starts: the arguments of a program on the desktop, "arguments" in the
 * "config" of the manifest on a board (see platform/runtime).
 *
 *   [MODEL] [--serve] [--context POSITIONS] [--spare BYTES] [--cores N] [--adapter RANK] [--attention PATTERN]
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";

export interface Arguments {
	/** Name of an asset. */
	model?: string;
	/** Whether only programs talk to it: no greeting, and no self-test before it is asked for. */
	serve: boolean;
	/** Positions of the context; without it, as many as there is memory for. */
	context?: number;
	/** Bytes of RAM to leave free; without it, what the chip's radio takes and a margin. */
	spare?: number;
	/** Cores that multiply; without it, all that the chip has. */
	cores?: number;
	/** Rank of the adapter that learns from corrections; without it, none. */
	adapter?: number;
	/** A pattern of sparse attention, as SparseAttention.parse takes it; without it, all positions. */
	attention?: string;
}

const LIMITS = { context: [1, 32768], spare: [0, 0x7fffff00], cores: [1, 2], adapter: [1, 8] } as const;

/** @throws RuvllmError ARGUMENT naming what is wrong */
export function parseArguments(args: readonly string[]): Arguments {
	const result: Arguments = { serve: false };
	for (let i = 0; i < args.length; i++) {
		const name = args[i]!;
		if (name === "--serve")
			result.serve = true;
		else if (!name.startsWith("--")) {
			if (result.model !== undefined)
				throw new RuvllmError("ARGUMENT", `there are two models, ${result.model} and ${name}; give one`);
			result.model = name;
		}
		else if (name === "--attention")
			result.attention = args[++i] ?? "";
		else if (Object.hasOwn(LIMITS, name.slice(2)))
			result[name.slice(2) as keyof typeof LIMITS] = number(name, args[++i]);
		else
			throw new RuvllmError("ARGUMENT", `there is no argument ${name}; there are --serve, --attention, --${Object.keys(LIMITS).join(", --")}`);
	}
	return result;
}

function number(name: string, text: string | undefined): number {
	const [low, high] = LIMITS[name.slice(2) as keyof typeof LIMITS], value = text === undefined || text === "" ? NaN : Number(text);
	if (!Number.isInteger(value) || value < low || value > high)
		throw new RuvllmError("ARGUMENT", `${name} is ${text}; it takes a whole number from ${low} to ${high}`);
	return value;
}
