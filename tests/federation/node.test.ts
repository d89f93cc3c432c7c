import { expect } from "chai";
import { Service } from "ruvllm-esp32/espnow-federation/network";
import { complete, Stream, town } from "../support/network";

describe("federation: Node", () => {
	it("boards find each other and exchange messages", () => {
		const here = town(3, { seed: 1 });
		expect(here.world.runUntil(() => complete(here), 2_000_000)).to.equal(true);
		const stream = new Stream(here.nodes[0]!, here.nodes[1]!, (n) => 3 + n * 37 % 600);
		here.nodes[0]!.onDrain(() => stream.push(500));
		stream.push(500);
		here.world.runUntil(() => stream.arrived.length === 500, here.world.now + 5_000_000);
		console.log(here.world.now, JSON.stringify(here.nodes[0]!.statistics), JSON.stringify(here.nodes[1]!.statistics), here.nodes[0]!.member(here.nodes[1]!.address)!.roundTrip);
		expect(stream.arrived.length).to.equal(500);
		expect([stream.inOrder, stream.damaged]).to.deep.equal([true, 0]);
	});
	for (const loss of [0.05, 0.2])
	it("lossy " + loss, () => {
		const here = town(4, { seed: 2, loss, duplicate: 0.05, reorder: 0.1, jitterMicroseconds: 2000 });
		let left = 0;
		here.nodes[0]!.watch((e) => { left += Number(e === "left"); });
		const ok = here.world.runUntil(() => complete(here), 4_000_000);
		console.log("complete", here.world.now);
		expect(ok).to.equal(true);
		const t0 = here.world.now;
		const stream = new Stream(here.nodes[0]!, here.nodes[1]!, (n) => n % 50 === 49 ? 16384 : 3 + n * 37 % 300);
		here.nodes[0]!.onDrain(() => stream.push(500));
		stream.push(500);
		here.world.runUntil(() => stream.arrived.length === 500, here.world.now + 30_000_000);
		console.log(here.world.now - t0, JSON.stringify(here.nodes[0]!.statistics), JSON.stringify(here.nodes[1]!.statistics), here.nodes[0]!.member(here.nodes[1]!.address)!.roundTrip, left);
		expect(stream.arrived.length).to.equal(500);
		expect([stream.inOrder, stream.damaged]).to.deep.equal([true, 0]);
	});
	it("25", () => {
		const here = town(25, { seed: 3 });
		const ok = here.world.runUntil(() => complete(here), 9_000_000);
		console.log("complete", here.world.now);
		expect(ok).to.equal(true);
	});
	it("detect", () => {
		const here = town(5, { seed: 3 });
		here.world.runUntil(() => complete(here), 9_000_000);
		here.world.run(here.world.now + 3_000_000);
		here.boards[2]!.kill();
		const t = here.world.now;
		here.world.runUntil(() => complete(here), t + 9_000_000);
		console.log("detected", here.world.now - t);
		here.restart(2);
		const t2 = here.world.now;
		here.world.runUntil(() => complete(here), t2 + 9_000_000);
		console.log("back", here.world.now - t2);
		here.restart(2);
		const t3 = here.world.now;
		here.world.run(t3 + 1000);
		here.world.runUntil(() => complete(here), t3 + 9_000_000);
		console.log("rebooted", here.world.now - t3, here.nodes[0]!.alive().length);
		expect(complete(here)).to.equal(true);
	});
});
void Service;
