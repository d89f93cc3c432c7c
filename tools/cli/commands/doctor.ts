/** ruvllm-esp32 doctor: tests, rather than lists, what is needed; each failure says how to mend it. */

import type { Command } from "commander";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, platform, release } from "node:os";
import { join } from "node:path";
import type { SelfTest } from "ruvllm-esp32/engine/self-test";
import { findCryptoLibrary } from "../../build/crypto-library.ts";
import { buildDesktopHost } from "../../build/desktop.ts";
import { DEFAULT_MODEL, findModel } from "../models.ts";
import { Session } from "../session.ts";
import type { Info } from "../statistics.ts";

interface Check {
	name: string;
	state: "ok" | "failed" | "skipped";
	detail: string;
}

export function addDoctor(program: Command): void {
	program.command("doctor")
		.description("test whether everything that is needed works here; the output can be pasted into a bug report")
		.option("--json", "print JSON")
		.action(async (options: { json?: boolean }) => {
			const checks: Check[] = [];
			for (const [name, check] of CHECKS) {
				const result = await run(name, check);
				checks.push(result);
				if (!options.json)
					console.log(`${{ ok: "ok     ", failed: "FAILED ", skipped: "skipped" }[result.state]} ${result.name}: ${result.detail}`);
			}
			if (options.json)
				console.log(JSON.stringify({ checks }));
			process.exitCode = checks.some((check) => check.state === "failed") ? 1 : 0;
		});
}

class Skip extends Error {}

async function run(name: string, check: () => string | Promise<string>): Promise<Check> {
	try {
		return { name, state: "ok", detail: await check() };
	}
	catch (error) {
		return { name, state: error instanceof Skip ? "skipped" : "failed", detail: (error as Error).message };
	}
}

const CHECKS: [string, () => string | Promise<string>][] = [
	["computer", () => `${platform()} ${release()} ${arch()}, ${cpus().length} cores, ${cpus()[0]?.model.trim() ?? "unknown"}`],
	["Node", () => {
		if (Number(process.versions.node.split(".")[0]) < 20)
			throw new Error(`version ${process.versions.node} is too old; install Node 20 or newer`);
		return process.versions.node;
	}],
	["C compiler", () => {
		const command = process.env.CC || "cc";
		try {
			execFileSync(command, ["-x", "c", "-fsyntax-only", "-"], { input: "#include <stdio.h>\nint main(void) { return 0; }\n", stdio: ["pipe", "ignore", "ignore"] });
			return execFileSync(command, ["--version"], { encoding: "utf8" }).split("\n")[0]!;
		}
		catch {
			throw new Error("can't compile a small program; install it: sudo apt-get install gcc libc6-dev");
		}
	}],
	["cryptography", () => {
		const library = findCryptoLibrary();
		if (!library)
			throw new Skip("mbedTLS is not there; only needed by boards that share work: sudo apt-get install libmbedtls-dev, and the next start builds again");
		return library.libraries[0]!;
	}],
	["desktop host", async () => (await buildDesktopHost()).executable],
	["model", async () => {
		const session = await Session.start("desktop", findModel(DEFAULT_MODEL));
		try {
			const info = await session.request<Info>({ do: "info" });
			// Kernels, checksum and digest; a failure says which.
			const { digest, kernels } = await session.request<SelfTest>({ do: "selfTest" });
			return `${info.metadata.name}, digest ${digest} and checksum as expected, kernels ${kernels} as the reference`;
		}
		finally {
			session.close();
		}
	}],
	["Moddable SDK", () => {
		const { MODDABLE } = process.env;
		if (!MODDABLE)
			throw new Skip("MODDABLE is not set; only needed to build for boards and the simulator (https://github.com/Moddable-OpenSource/moddable)");
		if (!existsSync(join(MODDABLE, "xs", "includes", "xs.h")))
			throw new Error(`MODDABLE is ${MODDABLE}, where there is no SDK; set it to the SDK's folder`);
		try {
			return `${readFileSync(join(MODDABLE, "package.json"), "utf8").match(/"version":\s*"([^"]+)"/)?.[1] ?? "version unknown"} at ${MODDABLE}; ${execFileSync("which", ["mcconfig"], { encoding: "utf8" }).trim()}`;
		}
		catch {
			throw new Error("mcconfig is not on the PATH; add $MODDABLE/build/bin/lin/release");
		}
	}],
];
