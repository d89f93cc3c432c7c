/** A running firmware, asked by lines of JSON; the counterpart of src/console/protocol.ts. */

import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";
import { BuildError } from "../build/errors.ts";
import { checkHost, type Firmware, type Launch, launchFirmware } from "./hosts.ts";

/** What the firmware answered instead of a result. */
export class FirmwareError extends Error {
	constructor(readonly code: string, sentence: string) {
		super(sentence);
	}
}

export type OnToken = (token: number, text: Buffer) => void;

interface Waiting {
	resolve(value: unknown): void;
	reject(error: Error): void;
	onToken: OnToken | undefined;
}

export class Session {
	readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
	readonly #waiting: Waiting[] = [];
	#errors = "";
	#ended: Error | undefined;

	readonly #launch: Launch;

	private constructor(launch: Launch) {
		this.#launch = launch;
		this.#child = spawn(launch.command, launch.args, { stdio: ["pipe", "pipe", "pipe"] });
		this.#child.stdin.on("error", () => {});
		this.#child.stderr.setEncoding("utf8").on("data", (text: string) => { this.#errors += text; });
		createInterface({ input: this.#child.stdout }).on("line", (line) => this.#line(line));
		this.#child.on("close", (code) => this.#end(new BuildError(`the firmware ended with code ${code}${this.#errors ? `:\n${this.#errors.trim()}` : ""}`)));
		this.#child.on("error", (error) => this.#end(error));
	}

	/**
	 * Builds the host when needed and starts the firmware on it with a model (a file's path).
	 * @param options settings of the firmware, see src/console/arguments.ts
	 */
	static async start(host: string, model: string, options: { context?: number; cores?: number; adapter?: number; attention?: string; firmware?: Firmware } = {}): Promise<Session> {
		const settings = (["context", "cores", "adapter", "attention"] as const).flatMap((name) => options[name] === undefined ? [] : [`--${name}`, String(options[name])]);
		return new Session(await launchFirmware(checkHost(host), model, settings, options.firmware));
	}

	#line(line: string): void {
		const waiting = this.#waiting[0];
		if (line.startsWith("t ")) {
			const [, token, hex] = line.split(" ");
			waiting?.onToken?.(token === "-" ? -1 : Number(token), Buffer.from(hex ?? "", "hex"));
			return;
		}
		if (!line.startsWith("{"))
			return;
		const reply = JSON.parse(line) as { ok?: unknown; error?: { code: string; message: string } };
		if (!waiting) {
			// An error before any request: the model could not be loaded.
			if (reply.error)
				this.#ended = new FirmwareError(reply.error.code, reply.error.message);
			return;
		}
		this.#waiting.shift();
		if (reply.error)
			waiting.reject(new FirmwareError(reply.error.code, reply.error.message));
		else
			waiting.resolve(reply.ok);
	}

	#end(error: Error): void {
		this.#launch.cleanup();
		this.#ended ??= error;
		for (const waiting of this.#waiting.splice(0))
			waiting.reject(this.#ended);
	}

	/** @throws FirmwareError with the firmware's code and sentence */
	request<T>(request: { do: string; [name: string]: unknown }, onToken?: OnToken): Promise<T> {
		return new Promise((resolve, reject) => {
			if (this.#ended)
				return reject(this.#ended);
			this.#waiting.push({ resolve: resolve as (value: unknown) => void, reject, onToken });
			this.#child.stdin.write(JSON.stringify(request) + "\n");
		});
	}

	/** Ends the firmware at once, also in the middle of an answer. */
	close(): void {
		this.#child.removeAllListeners("close");
		this.#child.kill("SIGKILL");
		this.#launch.cleanup();
	}
}
