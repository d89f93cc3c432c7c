/**
 * A device that sleeps until somebody speaks: microphone, spiking gate, memory, model, action. What is cheap decides whether the next,
 * dearer thing runs. The room and its voices are simulated (room.ts), and there is no speech recogniser: each utterance carries its
 * sentence. Gate, router, memory and model are the real ones; what they would cost on a board is projected.
 *
 *     npx ruvllm-esp32 run examples/snn-gated-inference
 *     npx ruvllm-esp32 run --host riscv examples/snn-gated-inference
 */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { TinyModel } from "ruvllm-esp32/engine";
import { Home, HomeCommands } from "ruvllm-esp32/engine/home/commands";
import { type Route, ROUTES, type SNNEvent, SNNEventDetector, SNNRouter, SnnTable } from "ruvllm-esp32/snn";
import { costTable, Costs } from "./costs";
import { DeviceMemory, type Recalled } from "./memory";
import { Room, type Utterance } from "./room";
import { RATE } from "./voice";

const SECONDS = 200, CHUNK = RATE / 10;
const SAID: readonly (readonly [number, string])[] = [
	[24, "thank you"], [45, "turn on the main light"], [66, "which bulb is in the kitchen light"], [88, "stop"], [110, "set a timer for ten minutes"], [133, "when is the bin collected"],
	[155, "turn off the lights"], [180, "good night"],
];

const detector = new SNNEventDetector({ table: new SnnTable(openAsset("gate-sound.rvsn") as never) });
const router = new SNNRouter();
const memory = new DeviceMemory();
const home = new Home({ areas: [{ name: "Kitchen", id: "kitchen" }], entities: [{ name: "Main Light", id: "light.main", area: "kitchen" }] });
const commands = new HomeCommands(new TinyModel(openAsset("home-int4.ruvm") as never, { contextLength: 48, verify: false }), home);
const costs = new Costs(SECONDS);

/** What is done about a sentence; each way is dearer than the one before. */
function act(route: Route, sentence: string, { answer }: Recalled): string {
	if (route === "Sleep")
		return "-";
	if (route !== "RunLLM")
		return `says "${answer}"`;
	const { action, tokens } = commands.understand(sentence, "Kitchen");
	costs.model(tokens);
	return JSON.stringify(action);
}

const room = new Room(SAID), answered = new Set<Utterance>();
let inVain = 0;

function hear(event: SNNEvent): void {
	costs.wake();
	const utterance = room.heardAt(event.at), time = `${event.seconds.toFixed(2).padStart(6)} s`;
	if (!utterance) {
		inVain++;
		print(`${time}  nobody spoke: sleeps on\n`);
		return;
	}
	if (answered.has(utterance))
		return;
	answered.add(utterance);
	const { sentence } = utterance, known = memory.recall(sentence), { route } = router.route(event, known.confidence);
	costs.memory();
	print(`${time}  ${sentence.padEnd(34)} ${route.padEnd(13)} ${act(route, sentence, known)}\n`);
	costs.action();
}

print(`${detector.table.describe()}\n\n`);
const samples = new Int16Array(CHUNK);
for (let at = 0; at < SECONDS * RATE; at += CHUNK) {
	room.read(samples);
	detector.processAll(samples, hear);
}

print(`\n${answered.size} of ${SAID.length} utterances answered, ${inVain} wakes in vain in ${SECONDS} s of simulated sound; ${ROUTES.slice(1).map((route) => `${route} ${router.count(route)}`).join(", ")}\n\n`);
print(costTable(costs));
