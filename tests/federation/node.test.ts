import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { codeOf } from "../support/code-of";
import { CAPABILITIES, complete, nodeOn, Stream, town } from "../support/network";
import { carry, ManualClock, TapRadio } from "../support/tap-radio";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";

function pair(): { clock: ManualClock; radios: TapRadio[]; nodes: Node[]; step: () => void } {
	const clock = new ManualClock(), radios = [1, 2].map((i) => new TapRadio(i));
	let next = 0;
	const nodes = radios.map((radio) => new Node({ radio, clock, random: () => next++, capabilities: CAPABILITIES }));
	const step = (): void => carry(radios);
	clock.pass(500_000, step);
	expect(nodes.map((node) => node.alive().length)).to.deep.equal([2, 2]);
	return { clock, radios, nodes, step };
}

describe("federation: Node", () => {
	it("refuses settings that can't work, and says which", () => {
		const wrong: object[] = [
			{ heartbeatMilliseconds: 0 }, { heartbeatMilliseconds: 1.5 }, { heartbeatMilliseconds: 700 }, { deadAfterMilliseconds: 499 }, { frameBytes: 99 }, { segments: 15 },
			{ segments: NaN }, { maxMembers: 0 }, { network: -1 }, { network: 2 ** 32 }, { versions: [0, 1] }, { versions: [2, 1] }, { versions: [1, 16] }, { channels: [0] },
			{ channels: [1, 14] }, { counterLimit: 999 }, { counterLimit: 2 ** 32 },
		];
		for (const options of wrong)
			expect(codeOf(() => new Node({ radio: new TapRadio(1), clock: new ManualClock(), random: () => 1, capabilities: CAPABILITIES, ...options })), JSON.stringify(options)).to.equal("FEDERATION_CONFIG");
	});
	it("refuses messages that can't be sent, and sends none to strangers", () => {
		const { nodes } = pair(), a = nodes[0]!, bytes = new Uint8Array(20000);
		for (const service of [-1, 16, 0.5, NaN]) {
			expect(codeOf(() => a.send(2, service as Service, bytes, 1))).to.equal("NETWORK_SERVICE");
			expect(codeOf(() => a.broadcast(service as Service, bytes, 1))).to.equal("NETWORK_SERVICE");
			expect(codeOf(() => a.handle(service as Service, undefined))).to.equal("NETWORK_SERVICE");
		}
		for (const count of [-1, 16385, 20001, 0.5, NaN])
			expect(codeOf(() => a.send(2, Service.Test, bytes, count)), String(count)).to.equal("NETWORK_LENGTH");
		expect(codeOf(() => a.send(2, Service.Test, bytes))).to.equal("NETWORK_LENGTH");
		expect(codeOf(() => a.broadcast(Service.Test, bytes, 250))).to.equal("NETWORK_LENGTH");
		expect(codeOf(() => a.send(1, Service.Test, bytes, 1))).to.equal("NETWORK_SELF");
		expect(a.send(3, Service.Test, bytes, 1)).to.equal(false);
	});
	it("messages go to the handler of their service, from 0 to 16384 bytes; broadcasts to all members", () => {
		const { nodes, step, clock } = pair(), [a, b] = nodes as [Node, Node], came: [number, number, number][] = [];
		for (const service of [Service.Session, Service.Test])
			b.handle(service, (from, bytes, count) => came.push([service, from, count]));
		for (const [service, count] of [[Service.Test, 0], [Service.Session, 1], [Service.Router, 5], [Service.Test, 229], [Service.Test, 16384]] as const)
			expect(a.send(2, service, new Uint8Array(count))).to.equal(true);
		expect(a.broadcast(Service.Test, new Uint8Array(239))).to.equal(true);
		step();
		clock.pass(100_000, step);
		expect(came.sort((x, y) => x[2] - y[2])).to.deep.equal([[15, 1, 0], [0, 1, 1], [15, 1, 229], [15, 1, 239], [15, 1, 16384]]);
		b.handle(Service.Test, undefined);
		a.send(2, Service.Test, new Uint8Array(3));
		step();
		expect(came.length).to.equal(5);
	});
	it("handlers may send, stop watching, and close the node; what they throw comes out, and loses nothing", () => {
		const { nodes, step, clock, radios } = pair(), [a, b] = nodes as [Node, Node], came: number[] = [];
		let thrown = 0;
		b.handle(Service.Test, (from, bytes) => {
			came.push(bytes[0]!);
			b.send(from, Service.Session, bytes, 1);
			if (bytes[0] === 1)
				throw new RuvllmError("TEST", "a handler's own");
		});
		const answers: number[] = [], stop = b.watch(() => {
			stop();
			throw new RuvllmError("TEST", "a watcher's own");
		}), others: string[] = [];
		b.watch((event) => others.push(event));
		b.self.load = 3;
		a.self.tags = 5;
		a.announce();
		a.handle(Service.Session, (_from, bytes) => answers.push(bytes[0]!));
		for (let i = 0; i < 4; i++)
			a.send(2, Service.Test, new Uint8Array([i]));
		for (let i = 0; i < 50; i++)
			try {
				clock.pass(30_000, step);
			}
			catch (error) {
				thrown++;
				expect(codeOf(() => { throw error; })).to.equal("TEST");
			}
		expect([thrown, came, answers, others]).to.deep.equal([2, [0, 1, 2, 3], [0, 1, 2, 3], ["changed"]]);
		b.handle(Service.Test, () => b.close());
		a.send(2, Service.Test, new Uint8Array([9]));
		a.send(2, Service.Test, new Uint8Array([10]));
		clock.pass(100_000, step);
		expect(a.alive().length).to.equal(1);
		expect([b.send(1, Service.Test, new Uint8Array(1)), b.broadcast(Service.Test, new Uint8Array(1))]).to.deep.equal([false, false]);
		expect(radios[1]!.onReadable).to.equal(undefined);
	});
	it("what was sent to a board before it rebooted does not reach it afterwards, even if it admits the sender first", () => {
		const { nodes, radios, clock } = pair(), a = nodes[0]!, came: number[] = [], events: string[] = [];
		a.watch((event) => events.push(event));
		expect(a.send(2, Service.Test, new Uint8Array([1]))).to.equal(true);
		// It is lost; then board 2 starts again, and board 1 does not hear it.
		carry(radios, () => false);
		let next = 1000, deaf = true;
		radios[1]!.room = 0;
		nodes[1]!.close();
		radios[1]!.room = Infinity;
		const again = new Node({ radio: radios[1]!, clock, random: () => next++, capabilities: CAPABILITIES });
		again.handle(Service.Test, (_from, bytes) => came.push(bytes[0]!));
		// Of Auth (2), challenges alone (1) do not reach board 2, and answers (2) do not reach board 1.
		const step = (): void => carry(radios, (frame, to) => !(deaf && frame.bytes[1] === 2 && (to === 1 ? frame.bytes[64]! & 2 : frame.bytes[64] === 1)));
		let admitted = 0;
		clock.pass(600_000, () => {
			step();
			admitted ||= again.alive().length > 1 ? again.statistics.unknownSender : 0;
		});
		expect([events, came]).to.deep.equal([[], []]);
		expect(again.statistics.unknownSender, "tries of the first message, after admission").to.be.above(admitted);
		expect(admitted, "tries before").to.be.above(0);
		deaf = false;
		clock.pass(1_500_000, step);
		expect(a.send(2, Service.Test, new Uint8Array([2]))).to.equal(true);
		clock.pass(50_000, step);
		expect([events, came]).to.deep.equal([["left", "joined"], [2]]);
	});
	it("a radio without room loses nothing: the node goes on at onWritable", () => {
		const { nodes, radios, step, clock } = pair(), [a, b] = nodes as [Node, Node], stream = new Stream(a, b, () => 100);
		a.onDrain(() => stream.push(50));
		radios[0]!.room = 0;
		stream.push(50);
		step();
		expect([stream.arrived.length, a.broadcast(Service.Test, new Uint8Array(1))]).to.deep.equal([0, false]);
		for (let i = 0; i < 80; i++) {
			radios[0]!.room = 3;
			radios[0]!.onWritable!();
			clock.pass(2000, step);
		}
		expect([stream.arrived.length, stream.inOrder, stream.damaged]).to.deep.equal([50, true, 0]);
	});
	it("a radio that reports nothing about its frames stops nobody", () => {
		const { nodes, radios, step, clock } = pair(), [a, b] = nodes as [Node, Node], stream = new Stream(a, b, () => 200);
		for (const radio of radios)
			radio.onSent = undefined;
		stream.push(40);
		clock.pass(5_000_000, step);
		expect([stream.arrived.length, stream.inOrder]).to.deep.equal([40, true]);
	});
	it("a node made when the radio has frames already reads them", () => {
		const world = new VirtualWorld({ seed: 1, rate: "54M" }), first = nodeOn(world.addBoard()), late = world.addBoard();
		world.run(1_000_000);
		const second = nodeOn(late);
		world.run(2_000_000);
		expect([first.alive().length, second.alive().length]).to.deep.equal([2, 2]);
	});
	it("the same world gives the same frames", () => {
		const once = (): string => {
			const here = town(3, { seed: 4, loss: 0.1, reorder: 0.1 }), stream = new Stream(here.nodes[0]!, here.nodes[2]!, (n) => 3 + n % 500);
			here.world.runUntil(() => complete(here), 5_000_000);
			stream.push(60);
			here.world.run(6_000_000);
			return JSON.stringify([here.nodes.map(({ statistics }) => statistics), stream.arrived.length]);
		};
		expect(once()).to.equal(once());
	});
});
