/**
 * What a message costs a session beside the network and the engine: a pipeline of two boards on one machine that hand each other
 * their buffers. Prints the profile's ticks outside of kernels (instructions on the emulated board), the median over tokens. Asset:
 * "model", any RUVM file.
 */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { kernelTicks, type Pinned, profile, tickUnit, totalTicks } from "ruvllm-esp32/platform/kernels";
import { args } from "ruvllm-esp32/platform/runtime";
import { completeConfig, Generation, TinyModel } from "ruvllm-esp32/engine";
import { type Clock, type Member, type MessageHandler, type Network, Service } from "ruvllm-esp32/espnow-federation/network";
import { SessionCoordinator } from "ruvllm-esp32/espnow-federation/sessions/coordinator";
import { Kind } from "ruvllm-esp32/espnow-federation/sessions/messages";
import { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";

const CONTEXT = 64, TOKENS = 40;

class Timers implements Clock {
	now = 0;
	readonly waiting: (() => void)[] = [];
	microseconds(): number {
		return this.now;
	}
	/** Long ones never ring: nothing dies here. */
	after(milliseconds: number, callback: () => void): unknown {
		if (milliseconds === 0)
			this.waiting.push(callback);
		return undefined;
	}
	cancel(): void {}
}

/** One message at a time is under way, and stays in its sender's buffer. */
class Direct implements Network {
	readonly messageBytes = 16384;
	readonly frameBytes = 227;
	readonly statistics = {} as Network["statistics"];
	readonly clock = new Timers();
	handler: MessageHandler | undefined;
	bytes: Uint8Array | undefined;
	count = 0;
	messages = 0;
	constructor(readonly self: Member, readonly members: readonly Member[]) {}
	get address(): number {
		return this.self.address;
	}
	alive(): readonly Member[] {
		return this.members;
	}
	member(address: number): Member | undefined {
		return this.members.find((member) => member.address === address);
	}
	announce(): void {}
	send(_to: number, _service: Service, bytes: Uint8Array, count = bytes.length): boolean {
		this.bytes = bytes;
		this.count = count;
		this.messages++;
		if (bytes[0] !== Kind.Chunk && bytes[0] !== Kind.States)
			other(this).handler!(this.address, bytes.slice(), count);
		return true;
	}
	broadcast(): boolean {
		return true;
	}
	handle(_service: Service, handler: MessageHandler | undefined): void {
		this.handler = handler;
	}
	watch(): () => void {
		return () => {};
	}
	onDrain(): () => void {
		return () => {};
	}
}

const file: Pinned = openAsset(args.find((text) => text.startsWith("model="))!.slice(6)) as never, parts = new ModelParts(file);
const members = [1, 2].map((address): Member => ({ address, boot: 1, load: 0, roundTrip: 0, alive: true, model: parts.model, memory: 100_000, fastMemory: 0, fastSpeed: 20_000, slowSpeed: 20_000, services: 0, tags: 0 }));
const networks = members.map((self) => new Direct(self, members)), [first, second] = networks as [Direct, Direct];
const other = (network: Direct): Direct => network === first ? second : first;
const boards = networks.map((network) => new SessionCoordinator({ network, source: parts, goal: "throughput", contextLength: CONTEXT, random: () => 7 }));

/** Outside of kernels. */
function ticks(run: () => void): number {
	profile(true);
	run();
	const all = totalTicks() - kernelTicks();
	profile(false);
	return all;
}
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const times = (run: () => void): number => median(Array.from({ length: 5 }, () => ticks(run)));
const empty = times(() => {});

let over = false;
boards[0]!.generate([1], { maxTokens: TOKENS, seed: 3, stopAtEnd: false }, (error) => {
	if (error)
		throw error;
	over = true;
});
const worked: number[] = [], coordinated: number[] = [], run = (network: Direct): void => {
	for (let callback = network.clock.waiting.shift(); callback; callback = network.clock.waiting.shift())
		callback();
};
run(first);
while (!over) {
	const { bytes, count } = first, before = second.messages;
	worked.push(ticks(() => { second.handler!(1, bytes!, count); }) - empty);
	if (second.messages !== before + 1)
		throw new Error("the worker sent nothing");
	coordinated.push(ticks(() => {
		first.handler!(2, second.bytes!, second.count);
		run(first);
	}) - empty);
}
const worker = [...boards[1]!.workers.values()][0]!.part!, leader = boards[0]!.leader!.part!, layers = times(() => worker.runLayers(5)) - empty;
const own = times(() => {
	leader.embed(5);
	leader.runLayers(5);
	leader.project();
}) - empty;
const whole = new TinyModel(file, { contextLength: 16, verify: false }), generation = new Generation(whole, [1], completeConfig({ seed: 3, stopAtEnd: false, maxTokens: 12 })), draws: number[] = [];
whole.forward(1, 0, true);
for (let i = 0; i < 9; i++)
	draws.push(ticks(() => generation.next()) - empty);
const unit = tickUnit(), drawing = median(draws);
print(`${JSON.stringify({ name: "a worker, from chunk to chunk or states", unit, ticks: median(worked) - layers, engine: layers })}\n`);
print(`${JSON.stringify({ name: "the coordinator, from states to the next chunk", unit, ticks: median(coordinated) - own - drawing, engine: own + drawing })}\n`);
