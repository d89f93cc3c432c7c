/** Runs a host with this terminal as its own. */

import { spawn } from "node:child_process";

/** Gives the exit code. */
export function runHost(executable: string, args: readonly string[]): Promise<number> {
	return new Promise((resolve, reject) => {
		const child = spawn(executable, args, { stdio: "inherit" });
		const passOn = (signal: NodeJS.Signals): void => { child.kill(signal); };
		process.on("SIGTERM", passOn).on("SIGINT", () => { /* the terminal tells the host itself */ });
		child.on("error", reject);
		child.on("close", (code, signal) => resolve(code ?? 128 + ({ SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal as string] ?? 1)));
	});
}
