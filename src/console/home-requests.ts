/** Requests about a home: which one it is, and what a sentence asks of it. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { MicroEngine } from "ruvllm-esp32/engine";
import { Home, HomeCommands, type HomeConfig, type Understanding } from "ruvllm-esp32/engine/home/commands";

let commands: HomeCommands | undefined;

/** Takes the home that later sentences are about. */
export function setHome(engine: MicroEngine, config: unknown, caution?: number): { names: number } {
	const home = new Home(config as HomeConfig);
	commands = new HomeCommands(engine.model, home, { caution });
	return { names: home.size };
}

/** @throws RuvllmError HOME_MISSING before setHome */
export function understand(sentence: string, area: unknown): Understanding {
	if (!commands)
		throw new RuvllmError("HOME_MISSING", "which home is it? Send {\"do\":\"home\",\"home\":{...}} first");
	if (area !== undefined && typeof area !== "string")
		throw new RuvllmError("REQUEST_FIELD", "\"area\" is no text");
	return commands.understand(sentence, area);
}
