/** A swarm in a terminal: the text as it grows over a table with a line for each board, drawn in place; on other outputs, plain lines. */

import { table } from "../cli/table.ts";
import type { FigureKeeper, SwarmFigures } from "./figures.ts";
import type { Swarm } from "./swarm.ts";
import type { SwarmText } from "./text-request.ts";

const EVENTS = 4, PAUSE = 100;

export function boardTable(figures: FigureKeeper, tokens: number, milliseconds: number): string {
	return table(figures.boards(tokens, milliseconds).map((row) => ({
		board: String(row.board), role: row.role, pid: String(row.pid), "engine ms": row.engineMilliseconds.toFixed(3), "waits ms": row.alive ? row.waitMilliseconds.toFixed(2) : "-", frames: row.frames.toFixed(2), bytes: row.bytes.toFixed(0),
		retries: String(row.retries), failures: String(row.undelivered), load: String(row.load),
	})), "text");
}

export function totalsLine(all: SwarmFigures): string {
	const draft = all.drafted ? `, ${all.accepted} of ${all.drafted} drafted tokens accepted` : "";
	return `measured, for each token: ${all.tokens} tokens, ${all.tokensPerSecond.toFixed(1)} a second; engines ${all.engineMilliseconds.toFixed(2)} ms, radio and scheduler ${all.restMilliseconds.toFixed(2)} ms; `
		+ `${all.frames.toFixed(1)} frames, ${all.bytes.toFixed(0)} bytes; in all ${all.retries} retries, ${all.replans} re-plans${draft}`;
}

export function endLine({ finishedBy, adopted, askedAgain, mode, why, action }: SwarmText): string {
	return `${action === undefined ? "" : `action: ${action ? JSON.stringify(action) : "none that the home knows"}\n`}mode ${mode}: ${why}${adopted ? `; board ${finishedBy} went on with the request and ended it` : ""}${askedAgain ? `; asked again ${askedAgain} times` : ""}`;
}

/** Breaks at spaces; line feeds stay. */
export function wrap(text: string, width: number): string[] {
	return text.split("\n").flatMap((line) => {
		const rows: string[] = [];
		for (; line.length > width;) {
			const at = line.lastIndexOf(" ", width);
			rows.push(line.slice(0, at > 0 ? at : width));
			line = line.slice(at > 0 ? at + 1 : width);
		}
		return [...rows, line];
	});
}

export interface Screen {
	begin(prompt: string): void;
	end(prompt: string, text: SwarmText): void;
	close(): void;
}

/** Draws over what it drew. */
export function liveScreen(swarm: Swarm, figures: FigureKeeper, out: NodeJS.WriteStream): Screen {
	const events: string[] = [];
	let rows = 0, timer: NodeJS.Timeout | undefined;
	const draw = (text: string, tokens: number, milliseconds: number, last: string): void => {
		const width = Math.max(40, (out.columns || 80) - 1), high = Math.max(10, out.rows || 24), lower = [...boardTable(figures, tokens, milliseconds).split("\n"), "", totalsLine(figures.totals(tokens, milliseconds)), ...events.slice(-EVENTS), last].flatMap((line) => wrap(line, width));
		// A text that is too long for the screen shows its end.
		const upper = wrap(text, width).slice(-Math.max(3, high - lower.length - 2)), lines = [...upper, "", ...lower].map((line) => line.slice(0, width)).slice(1 - high);
		out.write(`${rows ? `\u001b[${rows}A` : ""}\r\u001b[J${lines.join("\n")}\n`);
		rows = lines.length;
	};
	const keep = (sentence: string): void => void events.push(`[${sentence}]`);
	swarm.on("event", keep);
	const stop = (): void => {
		clearInterval(timer);
		timer = undefined;
	};
	return {
		begin() {
			rows = 0;
			events.length = 0;
			timer = setInterval(() => {
				const now = swarm.progress;
				if (now)
					draw(now.text, now.tokens, now.milliseconds, `press ${swarm.boards.slice(0, 10).map(({ number }) => number).join(" ")} to kill that board, again to switch it on; or kill -9 PID from another terminal; q to leave`);
			}, PAUSE);
		},
		end(prompt, text) {
			stop();
			draw(prompt + text.text, text.tokens.length, text.milliseconds, endLine(text));
		},
		close: stop,
	};
}

/** The text as it comes, what happens in brackets on lines of their own, the table at the end. */
export function plainScreen(swarm: Swarm, figures: FigureKeeper, out: NodeJS.WritableStream): Screen {
	let written = 0, prompted = "";
	swarm.on("token", () => {
		const text = swarm.progress?.text ?? "";
		// Half a character waits for its other half.
		if (!text.endsWith("\ufffd")) {
			out.write(text.slice(written));
			written = text.length;
		}
	});
	swarm.on("event", (sentence: string) => out.write(`\n[${sentence}]\n`));
	return {
		begin(prompt) {
			prompted = prompt;
			written = prompt.length;
			out.write(prompt);
		},
		end(prompt, text) {
			out.write(`${(prompted + text.text).slice(written)}\n\n${boardTable(figures, text.tokens.length, text.milliseconds)}\n\n${totalsLine(figures.totals(text.tokens.length, text.milliseconds))}\n${endLine(text)}\n`);
		},
		close() {},
	};
}
