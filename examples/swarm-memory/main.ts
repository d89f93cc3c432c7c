/**
 * A house whose boards remember together: each is told other things, any of them answers, and what a board knew is still known
 * when it is gone. Five boards on one channel that loses every tenth frame, in a virtual world.
 *
 *     npx ruvllm-esp32 run examples/swarm-memory
 */

import { print } from "ruvllm-esp32/platform/console";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { SwarmMemory, type SwarmRecallResult } from "ruvllm-esp32/espnow-federation/search/swarm-memory";
import { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";
import { embedText } from "ruvllm-esp32/ruvector";
import { QUESTIONS, ROOMS } from "./house";

const SEED = 2026, world = new VirtualWorld({ seed: SEED, rate: "54M", loss: 0.1 });
const capabilities = { model: 0, memory: 100_000, fastMemory: 0, fastSpeed: 0, slowSpeed: 0, services: 0, tags: 0 };
const boards = ROOMS.map(([room, facts]) => {
	const board = world.addBoard(), node = new Node({ radio: board.radio, clock: board.clock, random: () => board.random(), capabilities });
	return { room, facts, board, node, memory: new SwarmMemory({ network: node, embed: embedText, dimensions: 64, capacity: 24, redundancy: 1 }) };
});
const living = (): typeof boards => boards.filter(({ board }) => board.alive);
const settled = (): boolean => living().every(({ node, memory: { store } }) => node.alive().length === living().length && store.view.peers.size === living().length - 1 && store.idle);
/** Lets time pass until something is so, a minute at most. */
const until = (condition: () => boolean): boolean => world.runUntil(condition, world.now + 60e6);

until(settled);
print(`${boards.length} boards (simulated, seed ${SEED}): ${boards.map(({ room }) => room).join(", ")}\n\n`);

let told = 0, copies = 0;
const before = { ...world.statistics };
for (const { memory, facts } of boards)
	for (const fact of facts)
		memory.remember(fact, {}, (error, _, boardsThatHaveIt) => {
			told += Number(!error);
			copies += boardsThatHaveIt;
		});
until(() => told === 15);
print(`${told} facts told, each to one board; ${copies} copies; ${world.statistics.sent - before.sent} frames, ${world.statistics.bytes - before.bytes} bytes on the air (simulated)\n`);
print(`held: ${boards.map(({ room, memory }) => `${room} ${memory.size}`).join(", ")}\n\n`);

interface Answer {
	result?: SwarmRecallResult;
	error?: Error;
}
function ask({ memory }: (typeof boards)[number], question: string): Answer {
	const answer: Answer = {};
	memory.recall(question, 1, (error, result) => Object.assign(answer, { error, result }));
	until(() => answer.result !== undefined);
	return answer;
}
/** All questions from one board. @returns how many were answered by the right sentence, and how many searches were complete */
function quiz(asking: (typeof boards)[number], show: boolean): { right: number; complete: number; frames: number; bytes: number; milliseconds: number } {
	let right = 0, complete = 0, milliseconds = 0;
	const start = { ...world.statistics };
	for (const [question, words] of QUESTIONS) {
		const { result } = ask(asking, question), text = result?.memories[0]?.text ?? "nothing";
		right += Number(text.includes(words));
		complete += Number(result?.complete ?? false);
		milliseconds += (result?.microseconds ?? 0) / 1000;
		if (show)
			print(`  ${question.padEnd(40)} ${text}\n`);
	}
	const frames = world.statistics.sent - start.sent, bytes = world.statistics.bytes - start.bytes, n = QUESTIONS.length;
	return { right, complete, frames: frames / n, bytes: bytes / n, milliseconds: milliseconds / n };
}
const line = (who: string, { right, complete, frames, bytes, milliseconds }: ReturnType<typeof quiz>): void =>
	print(`${who}: ${right} of ${QUESTIONS.length} right, ${complete} searches complete; each ${frames.toFixed(1)} frames, ${Math.round(bytes)} bytes, ${milliseconds.toFixed(1)} ms (simulated)\n`);

print("The hall is asked:\n");
line("hall", quiz(boards[1]!, true));
for (const one of boards)
	if (one !== boards[1])
		line(one.room, quiz(one, false));

const cellar = boards[3]!;
cellar.board.kill();
print(`\nThe cellar's board dies, with ${cellar.memory.size} memories in it.\n`);
const first = ask(boards[0]!, "how do i reset the heating").result!;
print(`At once the kitchen is asked how to reset the heating: ${first.memories[0]?.text} (${(first.microseconds / 1000).toFixed(0)} ms simulated, asked of another board ${first.retries} times)\n`);
const died = world.now;
until(settled);
const copied = living().reduce((sum, { memory }) => sum + memory.statistics.copied, 0);
print(`${((world.now - died) / 1000).toFixed(0)} ms later (simulated) it was missed, and ${copied} memories were copied: two of each again\n`);
for (const one of living())
	line(one.room, quiz(one, false));
