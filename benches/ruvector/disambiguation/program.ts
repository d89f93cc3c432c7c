/** On XS: the home model understands, VoiceDisambiguator chooses. Assets: home.json, cases.json and, for "commands", the model. */

import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { TinyModel } from "ruvllm-esp32/engine";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { profile, totalTicks } from "ruvllm-esp32/platform/kernels";
import { args, collect, memoryUse } from "ruvllm-esp32/platform/runtime";
import { actionWith, type HomeDescription, requestOf, VoiceDisambiguator } from "ruvllm-esp32/ruvector";

export interface Case { text: string; area?: string; action?: Record<string, unknown> }
/** `told`: the model knew the speaker's area. `alone`: it did not, and the disambiguator found the place. */
export interface Answer { told?: Record<string, unknown>; alone?: Record<string, unknown>; decision: string; targets: string[]; candidates: string[]; microseconds: number }

const asset = (name: string): ArrayBuffer => openAsset(args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1)) as unknown as ArrayBuffer;
const json = <T>(name: string): T => JSON.parse(decodeUtf8(new Uint8Array(asset(name)))) as T;
const cases = json<Case[]>("cases.json"), homeOf = (): HomeDescription => json<HomeDescription>("home.json");

/** Each case is a dialogue of its own. */
function commands(): void {
	const home = homeOf(), model = new TinyModel(asset("home.ruvm") as never, { contextLength: 96, verify: false }), understand = new HomeCommands(model, new Home(home as never));
	const voice = new VoiceDisambiguator(home);
	for (const { text, area } of cases) {
		const answers = [area, undefined].map((here) => {
			const { action } = understand.understand(text, here), request = requestOf(action, text);
			voice.forget();
			const start = microseconds(), result = voice.resolve(request, { area }), spent = microseconds() - start;
			return { action: actionWith(action, result.slots), result, spent };
		});
		const [told, alone] = answers as [typeof answers[0], typeof answers[0]];
		print(JSON.stringify({ told: told.action, alone: alone.action, decision: told.result.decision, targets: told.result.targets, candidates: told.result.candidates, microseconds: told.spent } satisfies Answer) + "\n");
	}
}

/** Without a model: the disambiguator's own reading of the text. */
function texts(): void {
	const voice = new VoiceDisambiguator(homeOf());
	for (const { text, area } of cases) {
		voice.forget();
		const start = microseconds(), { decision, targets, candidates } = voice.resolve({ text }, { area }), spent = microseconds() - start;
		print(JSON.stringify({ decision, targets, candidates, microseconds: spent } satisfies Answer) + "\n");
	}
}

/** Memory of the home and work of a request, without a model. */
function cost(): void {
	const used = (): number => {
		collect();
		const { slotsUsed, chunksUsed } = memoryUse();
		return slotsUsed + chunksUsed;
	};
	// The description is let go: what stays is the disambiguator's.
	const before = used(), voice = new VoiceDisambiguator(homeOf()), bytes = used() - before;
	// A heap that is nearly full would count collections instead: this leaves it larger.
	let room: object[] | undefined = Array.from({ length: 1500 }, (_, i) => ({ i }));
	room = room.length < 0 ? room : undefined;
	const [understood, alone] = [true, false].map((withAction) => {
		let ticks = 0;
		for (const { text, area, action } of cases) {
			voice.forget();
			collect();
			profile(true);
			voice.resolve(withAction ? requestOf(action!, text) : { text }, { area, time: 600 });
			ticks += totalTicks();
		}
		return Math.round(ticks / cases.length);
	});
	print(JSON.stringify({ bytes, understood, alone }) + "\n");
}

({ commands, texts, cost } as Record<string, () => void>)[args[0]!]!();
