/*
 * What xsbug-log does with the messages of a program that runs without a screen: prints them, and ends
 * with an exit code. xsbug-log loads this file when XSBUG_LOGMACHINE names it; CommonJS, as xsbug-log is.
 *
 *   "#exit N" (a line)           the program has ended: exit code N
 *   $RUVLLM_LOG_UNTIL (a regex)  a line that is enough: exit code 0
 *   "XS abort: ..."              the machine has died: exit code 70
 */
const { join } = require("node:path");
const { LogMachine: Base } = require(join(process.env.MODDABLE, "tools/xsbug-log/xsbug-debugmachine.js"));

const ABORTED = 70;
const enough = process.env.RUVLLM_LOG_UNTIL ? new RegExp(process.env.RUVLLM_LOG_UNTIL) : undefined;

exports.LogMachine = class extends Base {
	#line = "";
	#thrown = "";

	onLogged(path, line, text) {
		// A debug build reports each throw, caught or not; only the one that ends the machine matters.
		if (path && text.startsWith("# Exception: ")) {
			this.#thrown = `${path}:${line}: ${text.slice(2)}`;
			return;
		}
		process.stdout.write(text);
		const lines = (this.#line + text).split("\n");
		this.#line = lines.pop();
		for (const line of lines)
			this.#judge(line);
	}

	#judge(line) {
		const exit = /^#exit (\d+)$/.exec(line);
		if (exit)
			this.#end(Number(exit[1]));
		else if (line.startsWith("XS abort: ") && line !== "XS abort: debugger") {
			process.stdout.write(this.#thrown);
			this.#end(ABORTED);
		}
		else if (enough?.test(line))
			this.#end(0);
	}

	#end(code) {
		// Standard output may be a pipe: let it drain.
		process.stdout.write("", () => process.exit(code));
	}

	/* A break, for example at a `debugger` statement, would wait for somebody. */
	onBroken(path, line, text) {
		process.stdout.write(`${path}:${line}: ${text}\n`);
		this.doGo();
	}

	/* No prompt: there is nobody to type. */
	showPrompt() {}
};
