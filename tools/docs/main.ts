/**
 * node bin/tool.mjs tools/docs/main.ts: measures, and writes what README.md shows: the picture of a run
 * (docs/running.svg), that of a swarm (docs/swarm.svg), and the tables between <!-- table NAME --> and <!-- end -->, there and in docs/snn.md. On a quiet computer.
 * Names of tables, "picture" or "swarm", as arguments: only those.
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHIPS } from "ruvllm-esp32/core/chips";
import { packageRoot } from "../build/paths.ts";
import type { MemoryMap } from "../cli/memory-map.ts";
import { table } from "../cli/table.ts";
import { terminal } from "./picture.ts";

function cli(...args: string[]): { out: string; err: string } {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(packageRoot, "bin/ruvllm-esp32.mjs"), ...args], { encoding: "utf8", cwd: packageRoot });
	if (status !== 0)
		throw new Error(`ruvllm-esp32 ${args.join(" ")} failed: ${stderr}`);
	return { out: stdout.trimEnd(), err: stderr.trimEnd() };
}

const snn = (name: string) => (): string => cli("bench", "snn", name, "--format", "markdown").out;

const federation = (name: string) => (): string => cli("bench", "federation", name, "--format", "markdown").out;

const PAGES = ["README.md", "docs/snn.md", "docs/federation.md"];
const TABLES: Record<string, () => string> = {
	"snn-recall": snn("recall"), "snn-stages": snn("stages"), "snn-instructions": snn("instructions"), "snn-endurance": snn("endurance"),
	"federation-modes": federation("modes"), "federation-speculation": federation("speculation"), "federation-failures": federation("failures"),
	"federation-equality": federation("equality"), "federation-frame": federation("frame"),
	bench: () => cli("bench", "--host", "desktop", "--host", "riscv", "--context", "256", "-p", "128", "-n", "128", "--format", "markdown").out,
	chips: () => table(Object.entries(CHIPS).map(([name, chip]) => {
		const map = JSON.parse(cli("budget", "--variant", name, "--json").out) as MemoryMap;
		return {
			chip: chip.title, cores: String(chip.cores), "RAM (bytes)": String(chip.sram), "for the model": String(map.ram.available),
			context: `${map.contextLength} positions`, tier: "projected",
		};
	}), "markdown"),
	doctor: () => `\`\`\`\n${cli("doctor").out}\n\`\`\``,
};

/** Five processes and a text, one of them killed in the middle: what the command printed, in colours. */
function swarmPicture(): string {
	const args = ["swarm", "--prompt", "Once upon a time", "-s", "7", "-n", "150", "--loss", "0.05", "--kill", "2@60t", "--check"], { out } = cli(...args);
	const colour = (line: string): string => line.startsWith("[") || /^\d .*dead/.test(line) ? "#ff7b72" : /^\d .*coordinator/.test(line) ? "#ffd166" : /^\d /.test(line) ? "#79c0ff" : /^(board |-|measured|mode )/.test(line) ? "#8b93a1" : /: yes$/.test(line) ? "#7ee787" : "#e6edf3";
	const typed = `$ ruvllm-esp32 ${args.map((word) => word.includes(" ") ? `"${word}"` : word).join(" ")}`;
	return terminal("five boards, five processes", [{ text: typed, colour: "#7ee787" }, ...out.split("\n").map((text) => ({ text, colour: colour(text) }))], 100);
}

/** @param argv as Node's process.argv */
export async function main(argv: string[]): Promise<void> {
	const chosen = argv.slice(2), wanted = (name: string): boolean => chosen.length === 0 || chosen.includes(name);
	for (const page of PAGES) {
		const path = join(packageRoot, page);
		let text = readFileSync(path, "utf8");
		for (const [name, make] of Object.entries(TABLES))
			if (wanted(name) && text.includes(`<!-- table ${name} -->`))
				text = text.replace(new RegExp(`(<!-- table ${name} -->\n)[\\s\\S]*?(<!-- end -->)`), (_all, begin: string, end: string) => `${begin}${make()}\n${end}`);
		writeFileSync(path, text);
	}

	if (wanted("swarm"))
		writeFileSync(join(packageRoot, "docs", "swarm.svg"), swarmPicture());
	if (!wanted("picture"))
		return;
	const story = cli("generate", "Once upon a time", "-s", "7", "-n", "200");
	writeFileSync(join(packageRoot, "docs", "running.svg"), terminal("ruvllm-esp32", [
		{ text: '$ npm start -- "Once upon a time" -s 7 -n 200', colour: "#7ee787" },
		{ text: story.out, colour: "#e6edf3" },
		{ text: story.err, colour: "#8b93a1" },
	]));
}
