/** Requests about a home: which one it is, what a sentence asks of it, and what it should have been understood as. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { MicroEngine } from "ruvllm-esp32/engine";
import { MicroLoRA } from "ruvllm-esp32/engine/micro-lora";
import { Home, HomeCommands, type HomeConfig, type Understanding, type WantedAction } from "ruvllm-esp32/engine/home/commands";

let commands: HomeCommands | undefined;
let adapter: MicroLoRA | undefined;

/** Takes the home that later sentences are about; `rehearsal` are sentences that learning must not spoil. */
export function setHome(engine: MicroEngine, config: unknown, caution?: number, rehearsal?: unknown): { names: number; adapter: boolean } {
	const { model } = engine, home = new Home(config as HomeConfig);
	adapter = model.adapterRank > 0 ? adapter ?? new MicroLoRA(model) : undefined;
	adapter?.reset();
	commands = new HomeCommands(model, home, { caution, adapter });
	if (adapter && Array.isArray(rehearsal))
		for (const sentence of rehearsal)
			commands.rehearse(textOf("rehearsal", sentence));
	return { names: home.size, adapter: adapter !== undefined };
}

/** @throws RuvllmError HOME_MISSING before setHome */
function current(): HomeCommands {
	if (!commands)
		throw new RuvllmError("HOME_MISSING", "which home is it? Send {\"do\":\"home\",\"home\":{...}} first");
	return commands;
}

function textOf(name: string, value: unknown): string {
	if (typeof value !== "string")
		throw new RuvllmError("REQUEST_FIELD", `"${name}" is no text`);
	return value;
}

const areaOf = (area: unknown): string | undefined => area === undefined ? undefined : textOf("area", area);

export function understand(sentence: unknown, area: unknown): Understanding {
	return current().understand(textOf("text", sentence), areaOf(area));
}

/** Notes a correction, and learns all that were noted. */
export function correct(sentence: unknown, area: unknown, wanted: unknown): { passes: number; right: number; lessons: number } {
	if (typeof wanted !== "object" || wanted === null || typeof (wanted as WantedAction).intent !== "string")
		throw new RuvllmError("REQUEST_FIELD", "\"wanted\" is no {intent, slots}");
	const { intent, slots } = wanted as WantedAction;
	current().correct(textOf("text", sentence), areaOf(area), { intent, slots: slots ?? {} });
	return current().learn();
}

/** The adapter's bytes in hexadecimal digits; with `bytes`, takes them; with `reset`, forgets them. */
export function adapterState(bytes: unknown, reset: unknown): { adapter: string } {
	if (!adapter)
		throw new RuvllmError("HOME_ADAPTER", "there is no adapter: start with --adapter RANK, and send the home first");
	if (reset === true)
		adapter.reset();
	else if (bytes !== undefined) {
		const digits = textOf("adapter", bytes);
		adapter.load(Uint8Array.from({ length: digits.length >> 1 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16)));
	}
	return { adapter: Array.from(adapter.save(), (byte) => byte.toString(16).padStart(2, "0")).join("") };
}
