/** A federation of real processes, whose text goes on whoever is killed. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";
import { ownSwarm } from "../../tools/build/swarm.ts";
import type { BoardLine } from "../../tools/swarm/board-process.ts";
import type { BoardFigures, SwarmFigures } from "../../tools/swarm/figures.ts";
import { TextMerge } from "../../tools/swarm/merge.ts";
import { parseKill } from "../../tools/swarm/options.ts";
import { Swarm } from "../../tools/swarm/swarm.ts";
import { codeOf } from "../support/code-of.ts";

const CLI = join(packageRoot, "bin/ruvllm-esp32.mjs"), PROMPT = "Once upon a time", SECRET = "a secret of 16 bytes and more", MODEL = join(packageRoot, "models/stories.ruvm");

function swarm(...args: string[]): { status: number | null; stdout: string; stderr: string } {
	return spawnSync(process.execPath, [CLI, "swarm", ...args], { encoding: "utf8", timeout: 60000, input: "" });
}

interface Report {
	tokens: number[];
	text: string;
	equal: boolean;
	mode: string;
	why: string;
	expert?: string;
	action?: object | null;
	adopted: boolean;
	finished_by: number;
	asked_again: number;
	deaths: { board: number; tokens: number }[];
	totals: SwarmFigures;
	boards: BoardFigures[];
}

/** A text of 150 tokens, compared with one board's. */
function report(...args: string[]): Report {
	const { status, stdout, stderr } = swarm("--prompt", PROMPT, "--seed", "7", "-n", "150", "--check", "--json", ...args);
	expect(status, stderr + stdout).to.equal(0);
	const result = JSON.parse(stdout) as Report;
	expect([result.equal, result.tokens.length]).to.deep.equal([true, 150]);
	return result;
}

describe("swarm: refuses", () => {
	it("options that are none, with their codes", () => {
		for (const [what, ...args] of [
			["--boards is 0", "--boards", "0"], ["--boards is 21", "--boards", "21"], ["--loss is 1", "--loss", "1"], ["--loss is -0.1", "--loss=-0.1"], ["--delay", "--delay", "2000000"],
			["--secret has 5 bytes", "--secret", "short"], ["no mode", "--mode", "magic"], ["--kill", "--kill", "2"], ["--kill names board 5", "--kill", "5@1"],
			["--experts names \"magic\"", "--mode", "experts", "--experts", "home,magic"], ["--experts names \"\"", "--mode", "experts", "--experts", ""], ["--experts goes with", "--experts", "home"],
		] as const) {
			const { status, stdout, stderr } = swarm("--prompt", "x", "--json", ...args);
			expect([status, (JSON.parse(stdout) as { error: { code: string } }).error.code], what).to.deep.equal([2, "ARGUMENT"]);
			expect(stderr).to.include(what);
		}
		expect(codeOf(() => parseKill("2@t"))).to.equal("ARGUMENT");
		expect([parseKill("2@1.5"), parseKill("0@40t")]).to.deep.equal([{ board: 2, seconds: 1.5 }, { board: 0, tokens: 40 }]);
	}).timeout(60000);
	it("what boards refuse, with the board's code", () => {
		for (const [code, status, ...args] of [["ARGUMENT", 2, "--rate", "3M"], ["CONFIG_TEMPERATURE", 2, "--temperature", "11"], ["PROMPT_TOO_LONG", 1, "--context", "2"]] as const) {
			const ended = swarm("--boards", "2", "--prompt", PROMPT, "--json", ...args);
			expect([ended.status, (JSON.parse(ended.stdout) as { error: { code: string } }).error.code], ended.stderr).to.deep.equal([status, code]);
		}
	}).timeout(60000);
	it("tokens that differ between boards", () => {
		const merge = new TextMerge();
		merge.take(1, 5, Buffer.from("b"));
		expect([merge.count, merge.text]).to.deep.equal([0, ""]);
		merge.take(0, 4, Buffer.from("a"));
		merge.take(0, 4, Buffer.from("a"));
		expect([merge.tokens, merge.text, merge.repeated]).to.deep.equal([[4, 5], "ab", 1]);
		expect(codeOf(() => merge.take(1, 6, Buffer.from("b")))).to.equal("SWARM_TOKENS");
	});
});

describe("swarm: one text by all boards", () => {
	it("over radios that lose frames, with figures of each board", () => {
		const { boards, totals, mode } = report("--boards", "3", "--loss", "0.05", "--mode", "pipeline");
		expect([mode, totals.tier]).to.deep.equal(["pipeline", "measured"]);
		expect(boards.map(({ role }) => role.replace(/\d\.\.\d/, "a..b")).sort()).to.deep.equal(["coordinator, layer 0", "layers a..b", "layers a..b"]);
		// Each board sends a frame for each token on, and the losses are made good.
		expect(boards.every(({ frames, bytes, engineMilliseconds }) => frames >= 1 && bytes > 100 && engineMilliseconds > 0), JSON.stringify(boards)).to.equal(true);
		expect(totals.retries).to.be.above(0);
	}).timeout(60000);
	it("goes on when a board with layers is killed", () => {
		const { deaths, adopted, finished_by, boards, totals } = report("--boards", "3", "--loss", "0.05", "--kill", "2@50t");
		expect(deaths.map(({ board, tokens }) => [board, tokens >= 50 && tokens < 150])).to.deep.equal([[2, true]]);
		expect([adopted, finished_by, boards[2]!.role.startsWith("dead"), totals.replans > 0]).to.deep.equal([false, 0, true, true]);
	}).timeout(60000);
	it("goes on without its coordinator, on a board that takes over", () => {
		const { deaths, adopted, finished_by, asked_again } = report("--boards", "3", "--loss", "0.05", "--kill", "0@50t");
		expect(deaths.map(({ board }) => board)).to.deep.equal([0]);
		expect([adopted, finished_by > 0, asked_again]).to.deep.equal([true, true, 0]);
	}).timeout(60000);
	it("goes on with the last of five", () => {
		const { deaths, adopted, finished_by, asked_again, boards } = report("--boards", "5", ...[0, 1, 2, 3].flatMap((board) => ["--kill", `${board}@50t`]));
		expect(deaths.map(({ board }) => board).sort()).to.deep.equal([0, 1, 2, 3]);
		expect([adopted, finished_by, asked_again, boards.filter(({ alive }) => alive).length]).to.deep.equal([true, 4, 0, 1]);
	}).timeout(60000);
	it("asks another board where no one can take over, and says so when none is left", () => {
		const { asked_again, adopted } = report("--boards", "2", "--mode", "single", "--kill", "0@50t");
		expect([asked_again, adopted]).to.deep.equal([1, false]);
		const { status, stdout } = swarm("--boards", "2", "--prompt", PROMPT, "--json", "--kill", "0@5t", "--kill", "1@5t");
		expect([status, (JSON.parse(stdout) as { error: { code: string } }).error.code]).to.deep.equal([1, "SWARM_DEAD"]);
	}).timeout(60000);
	it("drafts tokens, and shares heads, for the same text", () => {
		const speculative = report("--boards", "3", "--mode", "speculative");
		expect(speculative.totals.accepted).to.be.above(30);
		const tensor = report("--boards", "2", "--mode", "tensor");
		expect(tensor.boards.every(({ role }) => role.includes("heads")), JSON.stringify(tensor.boards)).to.equal(true);
		expect(report("--boards", "2", "--mode", "auto").why).to.match(/projected/);
	}).timeout(60000);
	it("experts: stories and commands go to boards with their model, to another one when theirs dies", () => {
		const experts = ["--mode", "experts", "--experts", "home,stories"], { boards, expert, action, deaths, asked_again } = report("--boards", "4", ...experts, "--kill", "1@20t", "--loss", "0.05");
		expect([expert, action, asked_again]).to.deep.equal(["stories", undefined, 0]);
		expect(deaths.map(({ board, tokens }) => [board, tokens >= 20 && tokens < 150])).to.deep.equal([[1, true]]);
		expect(boards.map(({ role }) => role)).to.deep.equal(["expert home", "dead", "expert home", "expert stories"]);
		expect(boards.map(({ engineMilliseconds }) => engineMilliseconds > 0)).to.deep.equal([false, false, false, true]);
		const command = swarm("--boards", "2", "--mode", "experts", "--prompt", "turn off the lights in the kitchen", "--check", "--json"), answer = JSON.parse(command.stdout) as Report;
		expect([command.status, answer.equal, answer.expert, answer.text]).to.deep.equal([0, true, "home", " intent:HassTurnOff slot:area area#1 domain:light"]);
		expect(answer.action).to.deep.equal({ intent: "HassTurnOff", area: "Kitchen", domain: "light" });
		const nobody = swarm("--boards", "2", "--mode", "experts", "--experts", "stories", "--prompt", "turn off the lights in the kitchen", "--json");
		expect([nobody.status, (JSON.parse(nobody.stdout) as { error: { code: string } }).error.code]).to.deep.equal([1, "FEDERATION_ABSENT"]);
	}).timeout(60000);
	it("prints the text, a table and that it was compared", () => {
		const { status, stdout } = swarm("--boards", "2", "--prompt", PROMPT, "--seed", "7", "-n", "40", "--check", "--secret", SECRET);
		expect(status).to.equal(0);
		expect(stdout).to.match(/^Once upon a time, there was a little girl[^]*board +role +pid[^]*0 +coordinator[^]*measured, for each token: 40 tokens[^]*tokens equal one board's: yes\n$/);
	}).timeout(60000);
});

describe("swarm: a board's console", () => {
	it("answers programs, and refuses what is no request, with codes", async () => {
		const swarm = await Swarm.start({ boards: 2, mode: "auto", model: MODEL }, [], ownSwarm(60));
		try {
			await swarm.meet();
			const [board] = swarm.boards, lines: BoardLine[] = [];
			board!.onLine = (line) => lines.push(line);
			for (const request of [{ do: "magic" }, { do: "generate" }, { do: "generate", prompt: "x", settings: 1 }, { do: "generate", prompt: "x", settings: { topK: -1 } }, { do: "status", every: -5 }, { do: "predict", id: 9 }, { do: "status", every: 50 }])
				board!.send(request);
			for (const end = performance.now() + 10_000; performance.now() < end && lines.filter(({ status }) => status).length < 5;)
				await new Promise((resolve) => setTimeout(resolve, 50));
			expect(lines.filter(({ error }) => error).map(({ error }) => error!.code)).to.deep.equal(["REQUEST_UNKNOWN", "REQUEST_FIELD", "REQUEST_FIELD", "CONFIG_TOP_K", "REQUEST_FIELD"]);
			const predicted = lines.find(({ predict }) => predict);
			expect([predicted!.id, (predicted!.predict as { predictions: unknown[] }).predictions.length]).to.deep.equal([9, 5]);
			expect(lines.filter(({ status }) => status).length).to.be.above(4);
			expect(lines.find(({ status }) => status)!.status!.alive.length).to.equal(2);
		}
		finally {
			swarm.close();
		}
	}).timeout(60000);
	it("is taken in again when it was switched off and on", async () => {
		const swarm = await Swarm.start({ boards: 2, mode: "pipeline", goal: "throughput", model: MODEL }, [], ownSwarm(61));
		try {
			await swarm.meet();
			const { tokens } = await swarm.generate(PROMPT, { seed: 3, maxTokens: 20 }), before = swarm.boards[1]!.pid;
			swarm.toggle(1);
			await new Promise((resolve) => swarm.once("event", resolve));
			expect(swarm.boards[1]!.alive).to.equal(false);
			swarm.toggle(1);
			await swarm.meet();
			expect(swarm.boards[1]!.pid).not.to.equal(before);
			expect((await swarm.generate(PROMPT, { seed: 3, maxTokens: 20 })).tokens).to.deep.equal(tokens);
			expect(swarm.boards[1]!.status!.engineCalls, "it has layers again").to.be.above(20);
		}
		finally {
			swarm.close();
		}
	}).timeout(60000);
});

describe("swarm: who does not know the secret", () => {
	it("never joins, and the others generate without it", async () => {
		const boards = await Swarm.start({ boards: 3, mode: "pipeline", goal: "throughput", model: MODEL, secret: SECRET }, [undefined, undefined, "another secret of 16 bytes"], ownSwarm(50));
		try {
			const [first, second, stranger] = boards.boards;
			await boards.meet([first!, second!]);
			expect((await boards.generate(PROMPT, { seed: 7, maxTokens: 60 })).tokens.length).to.equal(60);
			// It calls out four times a second, and hears the others do.
			await new Promise((resolve) => setTimeout(resolve, 1500));
			for (const board of [first!, second!])
				expect([board.status!.alive.length, board.status!.alive.includes(stranger!.address)]).to.deep.equal([2, false]);
			expect(stranger!.status!.alive).to.deep.equal([stranger!.address]);
			expect(stranger!.status!.network.framesReceived).to.be.above(4);
		}
		finally {
			boards.close();
		}
	}).timeout(60000);
});
