/** Runs a program to its end and keeps what it prints. */

import { spawn } from "node:child_process";

export interface Ended {
	/** Exit code; 128 + signal when a signal ended it. */
	code: number;
	/** Standard output and standard error as they came. */
	output: string;
	/** Whether the time limit ended it. */
	timedOut: boolean;
}

export interface Limits {
	cwd: string;
	environment: NodeJS.ProcessEnv;
	seconds: number;
}

/** Ends the whole group of processes when time is up: make and xvfb-run have children of their own. */
export function run(program: string, args: readonly string[], { cwd, environment, seconds }: Limits): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { cwd, env: environment, stdio: ["ignore", "pipe", "pipe"], detached: true });
		let output = "", timedOut = false;
		const keep = (text: string): void => { output += text; };
		const end = (): void => {
			try {
				process.kill(-child.pid!, "SIGTERM");
			}
			catch { /* it has ended by itself */ }
		};
		const timer = setTimeout(() => {
			timedOut = true;
			end();
		}, seconds * 1000);
		process.once("exit", end);
		child.stdout.setEncoding("utf8").on("data", keep);
		child.stderr.setEncoding("utf8").on("data", keep);
		child.on("error", reject);
		child.on("close", (code, signal) => {
			clearTimeout(timer);
			process.off("exit", end);
			resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 143), output, timedOut });
		});
	});
}
