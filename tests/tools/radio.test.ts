/** Radios of several processes on the desktop host: what a swarm of one computer does. */

import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { buildDesktopHost } from "../../tools/build/desktop.ts";
import { packageRoot } from "../../tools/build/paths.ts";
import { ownSwarm } from "../../tools/build/swarm.ts";
import { bundleForXs, removeBundle } from "../../tools/build/user-script.ts";

let host = "", script = "", swarm = 0;
const running = new Set<ChildProcess>();

/** A process of support/radio-program.ts. */
class Board {
	readonly child: ChildProcess;
	readonly ended: Promise<number | null>;
	readonly lines: Record<string, unknown>[] = [];
	errors = "";
	#waiting: (() => void) | undefined;
	#text = "";
	#over = false;

	constructor(args: readonly (string | number)[], environment: Record<string, string> = {}) {
		this.child = spawn(host, [script, ...args.map(String)], { stdio: "pipe", env: { ...process.env, RUVLLM_RADIO_PORT: String(ownSwarm(swarm)), ...environment } });
		running.add(this.child);
		this.child.stderr!.on("data", (text: Buffer) => { this.errors += text.toString(); });
		this.child.stdout!.on("data", (text: Buffer) => {
			const lines = (this.#text + text.toString()).split("\n");
			this.#text = lines.pop()!;
			this.lines.push(...lines.filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>));
			this.#waiting?.();
		});
		this.ended = new Promise((resolve) => {
			this.child.on("close", (code) => {
				running.delete(this.child);
				this.#over = true;
				this.#waiting?.();
				resolve(code);
			});
		});
	}
	/** Its line of this number, when it comes. */
	async line<T>(n: number): Promise<T> {
		while (this.lines.length <= n) {
			if (this.#over)
				throw new Error(`the process ended after ${this.lines.length} lines: ${this.errors}`);
			await new Promise<void>((resolve) => { this.#waiting = resolve; });
		}
		return this.lines[n] as T;
	}
	async address(): Promise<number> {
		return (await this.line<{ address: number }>(0)).address;
	}
}

interface Sent { sent: number; delivered: number; echoed: number; inOrder: boolean; first: number }

/** Sends frames to an echo; what both said at their ends. */
async function exchange(frames: number, environment: Record<string, string> = {}, patience = 2000): Promise<Sent & { heard: number; dropped: number }> {
	const echo = new Board(["echo"], environment), sender = new Board(["send", await echo.address(), frames, patience], environment);
	const sent = await sender.line<Sent>(1), heard = await echo.line<{ heard: number; dropped: number }>(1);
	expect([await sender.ended, await echo.ended]).to.deep.equal([0, 0]);
	return { ...sent, ...heard };
}

describe("radio: processes on the desktop", () => {
	before(async () => {
		host = (await buildDesktopHost()).executable;
		script = await bundleForXs(join(packageRoot, "tests/tools/support/radio-program.ts"));
	});
	beforeEach(() => { swarm++; });
	afterEach(() => {
		for (const child of running)
			child.kill("SIGKILL");
	});
	after(() => removeBundle(script));

	it("refuses settings that are none, by their names", async () => {
		for (const [name, values] of Object.entries({ PORT: ["80", "65500", "x"], LOSS: ["2", "-0.1", "much"], SEED: ["-1", "1x"], DELAY: ["-1", "2000000"] }))
			for (const value of values) {
				const board = new Board(["echo"], { [`RUVLLM_RADIO_${name}`]: value });
				expect(await board.ended).to.equal(1);
				expect(board.errors).to.include(`RUVLLM_RADIO_${name}`);
			}
	}).timeout(60000);
	it("takes the first free port, 64 in all, and says what to do when none is left", async () => {
		const board = new Board(["many"]);
		const { message, ...rest } = await board.line<{ message: string }>(0);
		expect(rest).to.deep.equal({ radios: 64, different: 64, code: "RADIO_START" });
		expect(message).to.match(/RUVLLM_RADIO_PORT/);
		expect(await board.ended).to.equal(0);
		const first = new Board(["chat"]), second = new Board(["chat"]);
		const addresses = [await first.address(), await second.address()].map((address) => address - 0x02007f000000 - ownSwarm(swarm));
		expect(addresses.sort()).to.deep.equal([0, 1]);
	}).timeout(60000);
	it("exchange 1,000 datagrams: all acknowledged, all echoed, in order", async () => {
		const { first, ...rest } = await exchange(1000);
		expect(rest).to.deep.equal({ sent: 1000, delivered: 1000, echoed: 1000, inOrder: true, heard: 1000, dropped: 0 });
		expect(first).to.be.above(0);
	}).timeout(60000);
	it("lose a share of them behind the acknowledgement, the same ones again by the same seed", async () => {
		const lossy = { RUVLLM_RADIO_LOSS: "0.2", RUVLLM_RADIO_SEED: "7" };
		const one = await exchange(1000, lossy, 20), other = await exchange(1000, lossy, 20);
		expect(one.delivered).to.equal(1000);
		// 800 and 640 in the mean; five standard deviations.
		expect(one.heard + one.dropped).to.be.within(737, 863);
		expect(one.echoed).to.be.within(564, 716);
		expect(other.heard + other.dropped).to.equal(one.heard + one.dropped);
		const third = await exchange(1000, { ...lossy, RUVLLM_RADIO_SEED: "8" }, 20);
		expect(third.heard + third.dropped).not.to.equal(one.heard + one.dropped);
	}).timeout(60000);
	it("delay each, in order", async () => {
		const { first, delivered, echoed, inOrder } = await exchange(30, { RUVLLM_RADIO_DELAY: "30000" });
		expect({ delivered, echoed, inOrder }).to.deep.equal({ delivered: 30, echoed: 30, inOrder: true });
		expect(first).to.be.within(60000, 5000000);
	}).timeout(60000);
	it("say false as soon as the other process is killed", async () => {
		const echo = new Board(["echo"]), watcher = new Board(["watch", await echo.address()]);
		expect(await watcher.line(1)).to.deep.equal({ acknowledged: true });
		echo.child.kill("SIGKILL");
		const killed = Date.now();
		expect(await watcher.line(2)).to.deep.equal({ acknowledged: false });
		expect(Date.now() - killed).to.be.below(2000);
		expect(await watcher.ended).to.equal(0);
		expect(watcher.lines.length).to.equal(3);
	}).timeout(60000);
	it("hear each other's broadcasts, beside lines of input and after their end; other swarms do not", async () => {
		const [one, two, three] = [new Board(["chat"]), new Board(["chat"]), new Board(["chat"])];
		const stranger = new Board(["chat"], { RUVLLM_RADIO_PORT: String(ownSwarm(swarm + 100)) });
		const address = await one.address();
		await Promise.all([two, three, stranger].map((board) => board.address()));
		two.child.stdin!.end();
		one.child.stdin!.write("hello\nall of you\n");
		for (const board of [two, three])
			expect([await board.line(1), await board.line(2)]).to.deep.equal([{ from: address, text: "hello" }, { from: address, text: "all of you" }]);
		for (const board of [one, three, stranger])
			board.child.stdin!.end("end\n");
		expect(await Promise.all([one.ended, three.ended, stranger.ended])).to.deep.equal([0, 0, 0]);
		expect([one.lines.length, stranger.lines.length]).to.deep.equal([1, 1]);
	}).timeout(60000);
});
