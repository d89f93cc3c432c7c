/** On XS: boards in the virtual world that come, live for hours on a bad radio, and die; a line of JSON for each case. */

import { print } from "ruvllm-esp32/platform/console";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { type VirtualBoard, VirtualWorld, type WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";

const CAPABILITIES = { model: 0, memory: 0, fastMemory: 0, fastSpeed: 0, slowSpeed: 0, services: 0, tags: 0 };
const SECOND = 1_000_000;

interface Scene {
	world: VirtualWorld;
	boards: VirtualBoard[];
	nodes: Node[];
}

function scene(count: number, options: WorldOptions): Scene {
	const world = new VirtualWorld(options), boards = Array.from({ length: count }, () => world.addBoard());
	return { world, boards, nodes: boards.map((board) => new Node({ radio: board.radio, clock: board.clock, random: () => board.random(), capabilities: CAPABILITIES })) };
}
/** Microseconds until all know all. */
function join({ world, nodes }: Scene): number {
	const start = world.now;
	if (!world.runUntil(() => nodes.every((node) => node.alive().length === nodes.length), start + 60 * SECOND))
		throw new Error(`${nodes.length} boards did not find each other in a minute`);
	return world.now - start;
}
const say = (row: object): void => print(`${JSON.stringify(row)}\n`);

for (const [count, rate, loss] of [[2, "1M", 0], [5, "1M", 0], [25, "1M", 0], [25, "54M", 0], [25, "54M", 0.1]] as const)
	say({ kind: "join", count, rate, loss, milliseconds: join(scene(count, { seed: 1, rate, loss })) / 1000 });

for (const [count, hours, loss] of [[2, 10, 0.2], [5, 2, 0.2], [12, 0.25, 0.2]] as const) {
	const here = scene(count, { seed: 2, rate: "54M", loss });
	join(here);
	const frames = here.world.statistics.frames, airtime = here.world.statistics.airtimeMicroseconds;
	let deaths = 0;
	for (const node of here.nodes)
		node.watch((event) => { deaths += Number(event === "left"); });
	const seconds = 3600 * hours;
	here.world.run(here.world.now + seconds * SECOND);
	say({ kind: "deaths", count, hours, loss, deaths, frames: (here.world.statistics.frames - frames) / seconds / count, airtime: (here.world.statistics.airtimeMicroseconds - airtime) / seconds / SECOND });
}

for (const [loss, busy] of [[0, false], [0.2, false], [0, true], [0.2, true]] as const) {
	let longest = 0, sum = 0, found = 0;
	for (let seed = 1; seed <= 60; seed++) {
		const here = scene(4, { seed, rate: "54M", loss }), { world, boards, nodes } = here;
		join(here);
		world.run(world.now + SECOND + 7919 * seed);
		const at = world.now, dead = boards[3]!;
		for (const node of nodes.slice(0, 3))
			node.watch((event, member) => {
				if (event !== "left" || member.address !== dead.address)
					return;
				longest = Math.max(longest, world.now - at);
				sum += world.now - at;
				found++;
			});
		dead.kill();
		if (busy)
			for (const node of nodes.slice(0, 3))
				node.send(dead.address, Service.Test, new Uint8Array(10));
		world.run(at + 3 * SECOND);
	}
	say({ kind: "detection", loss, busy, found, longest: longest / 1000, mean: sum / found / 1000 });
}

for (const [rate, loss] of [["1M", 0], ["54M", 0], ["54M", 0.05], ["54M", 0.2]] as const) {
	const here = scene(2, { seed: 3, rate, loss }), { world, nodes: [a, b] } = here, message = new Uint8Array(206);
	join(here);
	let came = 0, sum = 0, sentAt = 0, answers = 0;
	b!.handle(Service.Test, () => { came++; });
	const push = (): void => {
		while (a!.send(b!.address, Service.Test, message));
	};
	a!.onDrain(push);
	push();
	const seconds = 5;
	world.run(world.now + seconds * SECOND);
	say({ kind: "stream", rate, loss, bytes: message.length, perSecond: came / seconds, frames: (a!.statistics.framesSent + b!.statistics.framesSent) / came });
	const quiet = scene(2, { seed: 4, rate, loss }), [c, d] = quiet.nodes;
	join(quiet);
	d!.handle(Service.Test, (from) => { d!.send(from, Service.Session, message); });
	const ask = (): void => {
		sentAt = quiet.world.now;
		c!.send(d!.address, Service.Test, message);
	};
	c!.handle(Service.Session, () => {
		sum += quiet.world.now - sentAt;
		if (++answers < 500)
			ask();
	});
	ask();
	quiet.world.runUntil(() => answers === 500, quiet.world.now + 60 * SECOND);
	say({ kind: "roundTrip", rate, loss, answers, microseconds: sum / answers });
}
