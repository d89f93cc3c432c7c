/**
 * The virtual radio's side of the comparison: senders that always have a frame, each to a receiver of its own. Runs inside XS.
 *
 * Arguments: payload, seed, microseconds, "short" or "long" slots, then rates. A line of JSON for each rate and number of senders.
 */

import { microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";
import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";

const [payload = 250, seed = 1, duration = 1e6] = args.slice(0, 3).map(Number);
const bytes = new Uint8Array(payload), into = new Uint8Array(payload), MOST_SENDERS = 8;

for (const rate of args.slice(4) as PhyRate[])
	for (let senders = 1; senders <= MOST_SENDERS; senders++) {
		const world = new VirtualWorld({ seed, rate, shortSlots: args[3] === "short" });
		let delivered = 0;
		for (let i = 0; i < senders; i++) {
			const receiver = world.addBoard(), { radio } = world.addBoard(), to = receiver.address;
			receiver.radio.onReadable = () => {
				while (receiver.radio.read(into))
					delivered++;
			};
			radio.addPeer(to);
			radio.onWritable = () => {
				while (radio.send(to, bytes)) ;
			};
			radio.onWritable();
		}
		const started = microseconds();
		world.run(duration);
		const { collisions, frames, retries, failed } = world.statistics;
		print(`${JSON.stringify({ rate, senders, framesPerSecond: delivered * 1e6 / duration, collisions, frames, retries, failed, events: world.events.happened, wall: microseconds() - started })}\n`);
	}
