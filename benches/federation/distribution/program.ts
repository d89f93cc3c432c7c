/** On XS: a model goes over the virtual radio; a line of JSON for each case. Argument: model=path. */

import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { sha256 } from "ruvllm-esp32/platform/crypto";
import { args } from "ruvllm-esp32/platform/runtime";
import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { type ChunkStore, FixedStore } from "ruvllm-esp32/espnow-federation/distribution/chunk-store";
import { Distribution } from "ruvllm-esp32/espnow-federation/distribution/distribution";
import { FlashStore } from "ruvllm-esp32/espnow-federation/distribution/flash-store";
import { makeManifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { AeadSealer } from "ruvllm-esp32/espnow-federation/frames/aead";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { NorFlash } from "../../ruvector/power-cut/nor-flash";

/** Microseconds of a sector's erasure and its 16 pages' programming: W25Q32JV, typical (45 ms, 0.4 ms). */
const FLASH = 45_000 + 16 * 400;

const path = args.find((text) => text.startsWith("model="))!.slice("model=".length), model = new Uint8Array(openAsset(path)).slice();
const crc = new DataView(model.buffer).getUint32(28, true), manifest = makeManifest(model, "model", sha256);
const CAPABILITIES = { model: 0, memory: 0, fastMemory: 0, fastSpeed: 0, slowSpeed: 0, services: 0, tags: 0 };

interface Case {
	rate: PhyRate;
	givers: number;
	takers: number;
	loss: number;
	/** Whether writing takes its time. */
	flash: boolean;
}

function run({ rate, givers, takers, loss, flash }: Case): void {
	const world = new VirtualWorld({ seed: 7, rate, loss }), boards: { network: Node; part: Distribution }[] = [];
	for (let i = 0; i < givers + takers; i++) {
		const board = world.addBoard(), sealer = new AeadSealer("a secret that is long enough");
		const network = new Node({ radio: board.radio, clock: board.clock, random: () => board.random(), capabilities: CAPABILITIES, sealer });
		const store = i < givers ? new FixedStore(model, manifest) : storeOf(flash ? (time) => board.spend(time) : () => undefined);
		boards.push({ network, part: new Distribution({ network, store }) });
	}
	world.runUntil(() => boards.every(({ network }) => network.alive().length === boards.length), 20_000_000);
	world.run(world.now + 1_000_000);
	const start = world.now, { frames, bytes, airtimeMicroseconds } = world.statistics;
	let waiting = takers, failure = "";
	for (const { part } of boards.slice(givers))
		part.fetch(crc, {
			onDone: () => { waiting--; },
			onFailed: (error) => {
				waiting--;
				failure = error.message;
			},
		});
	world.runUntil(() => waiting === 0, start + 600_000_000);
	if (waiting || failure)
		throw new Error(`${waiting} boards do not have the model: ${failure}`);
	const sent = boards.map(({ part }) => part.chunksSent);
	print(`${JSON.stringify({
		rate, givers, takers, loss, flash, bytes: model.length, seconds: (world.now - start) / 1e6, frames: world.statistics.frames - frames, airBytes: world.statistics.bytes - bytes,
		airtime: (world.statistics.airtimeMicroseconds - airtimeMicroseconds) / 1e6, firstSent: sent[0],
	})}\n`);
}

/** Each sector costs its time once, when it is erased. */
function storeOf(spend: (microseconds: number) => void): ChunkStore {
	const chunks = Math.ceil(model.length / 4096) + 1, device = new NorFlash(4096 * (chunks + 2 * Math.ceil((184 + 16 * chunks) / 4096)), 4096);
	device.onWrite = ({ bytes }) => {
		if (!bytes)
			spend(FLASH);
	};
	return new FlashStore(device, sha256);
}

for (const flash of [false, true])
	for (const rate of ["1M", "54M"] as const)
		run({ rate, givers: 1, takers: 1, loss: 0, flash });
for (const rate of ["1M", "54M"] as const) {
	run({ rate, givers: 1, takers: 1, loss: 0.1, flash: true });
	run({ rate, givers: 2, takers: 1, loss: 0, flash: true });
	run({ rate, givers: 1, takers: 4, loss: 0, flash: true });
}
