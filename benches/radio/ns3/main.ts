/**
 * node bin/tool.mjs benches/radio/ns3/main.ts [--short-slots] [text | markdown | csv | --json]
 *
 * Frames a second that arrive from 1 to 8 senders which always have a frame of 250 bytes, on the virtual radio (inside XS) and on ns-3,
 * and the difference; with slots of 20 us, or of 9. Exit code 1: one is beyond 10 %. Takes minutes. Without ns-3 it says what to install.
 */

import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { BuildError } from "../../../tools/build/errors.ts";
import { cacheRoot, packageRoot } from "../../../tools/build/paths.ts";
import { runProgram } from "../../../tools/bench/program.ts";
import { table } from "../../../tools/cli/table.ts";

const LIMIT = 10, PAYLOAD = 250, SEED = 1, ATTEMPTS = 7;
/** A datagram of 250 bytes on the air; tests/federation/virtual-air.test.ts counts them. */
const FRAME = 293;
/** Rate here; standard and mode there; simulated seconds: some 10,000 frames. */
const RATES = [
	{ rate: "1M", standard: "b", mode: "DsssRate1Mbps", seconds: 30 },
	{ rate: "54M", standard: "g", mode: "ErpOfdmRate54Mbps", seconds: 3 },
	{ rate: "MCS7", standard: "n", mode: "HtMcs7", seconds: 3 },
] as const;
const LIBRARIES = ["wifi", "mobility", "network", "propagation", "core"].map((name) => `-lns3-${name}`);
const HEADER = "/usr/include/ns3/wifi-module.h";

interface Result {
	senders: number;
	framesPerSecond: number;
}

const run = promisify(execFile);

async function buildNs3(): Promise<string> {
	if (!existsSync(HEADER))
		throw new BuildError(`there is no ${HEADER}; apt-get install ns3 libns3-dev`);
	const folder = join(cacheRoot(), "benches"), program = join(folder, "ns3-saturation");
	mkdirSync(folder, { recursive: true });
	await run("g++", ["-std=c++17", "-O1", "-o", program, join(packageRoot, "benches/radio/ns3/saturation.cc"), ...LIBRARIES]).catch((error: Error) => {
		throw new BuildError(`the program for ns-3 was not built: ${error.message}; apt-get install g++ ns3 libns3-dev`);
	});
	return program;
}

/** As the package says; "unknown version" elsewhere than on Debian. */
async function versionOfNs3(): Promise<string> {
	try {
		return (await run("dpkg-query", ["-W", "-f", "${Version}", "libns3-dev"])).stdout;
	}
	catch {
		return "unknown version";
	}
}

async function onNs3(program: string, standard: string, mode: string, seconds: number, slots: string): Promise<Result[]> {
	const { stdout } = await run(program, [standard, mode, FRAME, seconds, SEED, ATTEMPTS, ...slots === "short" ? [slots] : []].map(String));
	return stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Result);
}

export async function main(argv: string[]): Promise<void> {
	const words = argv.slice(2), slots = words.includes("--short-slots") ? "short" : "long", format = words.find((word) => word !== "--short-slots") ?? "text";
	const program = await buildNs3(), version = await versionOfNs3(), results = [];
	for (const { rate, standard, mode, seconds } of RATES) {
		/* An 802.11b station knows no short slots: then 1 Mbit/s is sent by an ERP one. */
		const there = await onNs3(program, slots === "short" && standard === "b" ? "g" : standard, mode, seconds, slots);
		const here = await runProgram<Result>("benches/radio/ns3/virtual.ts", { args: [PAYLOAD, SEED, seconds * 1e6, slots, rate].map(String) });
		for (const [i, { senders, framesPerSecond }] of here.entries())
			results.push({ rate, senders, virtual: framesPerSecond, ns3: there[i]!.framesPerSecond, difference: (framesPerSecond / there[i]!.framesPerSecond - 1) * 100 });
	}
	const beyond = results.filter(({ difference }) => !(Math.abs(difference) <= LIMIT)).length;
	if (format === "--json")
		console.log(JSON.stringify({ ns3: version, tier: "simulated", slots, limit: LIMIT, beyond, results }, null, "\t"));
	else {
		console.log(table(results.map(({ rate, senders, virtual, ns3, difference }) => ({
			rate, senders: String(senders), "virtual, frames/s": virtual.toFixed(0), "ns-3, frames/s": ns3.toFixed(0), "difference, %": difference.toFixed(1),
		})), format));
		console.log(`\nSimulated, both sides: ${PAYLOAD} bytes, ${FRAME} on the air; ${slots} slots; seed ${SEED}; ns-3 ${version}. ${results.length - beyond} of ${results.length} within ${LIMIT} %.`);
	}
	if (beyond)
		process.exitCode = 1;
}
