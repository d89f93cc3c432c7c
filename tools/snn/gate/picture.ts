/** Draws what a gate hears and does as SVG: the signal, spikes of each line over it, the output against its threshold, events and wakes. */

import type { GateRun } from "./run.ts";
import { columns, envelope, outputs, raster, SHADES } from "./picture-parts.ts";

export interface Picture {
	title: string;
	/** Interleaved, as the gate heard them. */
	samples: Int16Array;
	/** With its ticks. */
	run: GateRun;
	/** Samples: where events were, if that is known. */
	events?: readonly { start: number; end: number }[];
	/** Samples: wakes that a conservative detector drops. */
	dropped?: readonly number[];
}

export const WIDTH = 1000, LEFT = 96, RIGHT = 16;
/** Tops and heights of the panels. */
const SIGNAL = { top: 48, height: 90 }, ROW = 13, GAP = 14, OUTPUT_HEIGHT = 120;

const BAND_NAMES = ["0-125", "125-250", "250-375", "375-500", "500-750", "750-1000", "1-1.5 k", "1.5-2 k", "2-3 k", "3-4 k"];
export const escapeXml = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** Colours on light and on dark ground. */
const STYLE = `<style>
.ground{fill:#ffffff}.text{fill:#1f2328}.soft{fill:#59636e}.signal{fill:#8c959f}.spike{stroke:#0969da}.output{stroke:#1f2328}.threshold{stroke:#cf222e}
.event{fill:#2da44e;fill-opacity:.22}.wake{fill:#bc4c00}.dropped{fill:none;stroke:#bc4c00}.axis{stroke:#d1d9e0}
@media (prefers-color-scheme:dark){.ground{fill:#0d1117}.text{fill:#e6edf3}.soft{fill:#9198a1}.signal{fill:#7d8590}.spike{stroke:#58a6ff}.output{stroke:#e6edf3}
.threshold{stroke:#ff7b72}.event{fill:#3fb950;fill-opacity:.28}.wake{fill:#ffa657}.dropped{stroke:#ffa657}.axis{stroke:#3d444d}}
</style>`;

/** Names of the rows, from the top; sensors have a line up and a line down of each encoder. */
function rowNames({ table: { kind, lines, sources } }: GateRun): string[] {
	return Array.from({ length: lines }, (_, line) => kind === "sound" ? `${BAND_NAMES[sources[line]!]} Hz` : `${"xyz"[sources[line]!] ?? sources[line]} ${line & 1 ? "down" : "up"}`);
}

export function drawGate({ title, samples, run, events = [], dropped = [] }: Picture): string {
	const { table: { rate, channels }, ticks } = run, length = samples.length / channels, inner = WIDTH - LEFT - RIGHT, x = (sample: number): number => LEFT + inner * sample / length;
	const rows = rowNames(run), rasterTop = SIGNAL.top + SIGNAL.height + GAP, outputTop = rasterTop + rows.length * ROW + GAP, bottom = outputTop + OUTPUT_HEIGHT, height = bottom + 60;
	const merged = columns(ticks, rows.length, inner), step = inner / merged.all.length, rowAt = (row: number): number => rasterTop + (rows.length - 1 - row) * ROW + ROW / 2;
	const { u, threshold } = outputs(merged.all, OUTPUT_HEIGHT), mark = (sample: number, kind: string): string =>
		`<path class="${kind}" d="M${x(sample).toFixed(1)} ${outputTop + 1}l-6 -11h12z"/>`;
	const line = (values: readonly number[]): string => values.map((y, i) => `${(LEFT + i * step).toFixed(1)},${(outputTop + y).toFixed(1)}`).join(" ");
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="12">`,
		STYLE, `<rect class="ground" width="100%" height="100%" rx="8"/>`,
		`<text class="text" x="${LEFT}" y="26" font-size="15">${escapeXml(title)}</text>`,
		...events.map(({ start, end }) => `<rect class="event" x="${x(start).toFixed(1)}" y="${SIGNAL.top - 6}" width="${Math.max(2, x(end) - x(start)).toFixed(1)}" height="${bottom - SIGNAL.top + 6}"/>`),
		`<path class="signal" d="${envelope(samples, channels, inner, LEFT, SIGNAL.top + SIGNAL.height / 2, SIGNAL.height / 2)}"/>`,
		label("signal", SIGNAL.top + SIGNAL.height / 2),
		...rows.map((name, row) => label(name, rowAt(row)) + Array.from({ length: SHADES }, (_, i) => raster(merged, row, i + 1, step, LEFT, rowAt(row)))
			.map((path, i) => path && `<path class="spike" stroke-width="${ROW - 3}" stroke-opacity="${((i + 1) / SHADES) ** 2}" d="${path}"/>`).join("")),
		`<path class="axis" d="M${LEFT} ${bottom}h${inner}"/>`,
		`<polyline class="output" fill="none" stroke-width="1.2" points="${line(u)}"/>`, `<polyline class="threshold" fill="none" stroke-width="1.5" stroke-dasharray="5 3" points="${line(threshold)}"/>`,
		label("output", outputTop + OUTPUT_HEIGHT / 2),
		...run.events.filter(({ at }) => !dropped.includes(at)).map(({ at }) => mark(at, "wake")), ...dropped.map((at) => mark(at, "dropped")),
		...timeAxis(length / rate, bottom, (seconds) => x(seconds * rate)),
		...legend(height - 14, events.length > 0, dropped.length > 0), "</svg>", "",
	].join("\n");
}

/** From one second to another. */
export function cut(picture: Picture, from: number, to: number): Picture {
	const { samples, run, events = [], dropped = [] } = picture, { rate, hop, channels } = run.table, first = Math.floor(from * rate / hop), last = Math.floor(to * rate / hop), start = first * hop, end = last * hop;
	const inside = (at: number): boolean => at > start && at <= end;
	return {
		...picture, samples: samples.subarray(start * channels, end * channels), dropped: dropped.filter(inside).map((at) => at - start),
		run: { ...run, ticks: run.ticks.slice(first, last), events: run.events.filter(({ at }) => inside(at)).map((event) => ({ ...event, at: event.at - start })) },
		events: events.filter((event) => inside(event.start)).map((event) => ({ start: event.start - start, end: Math.min(end, event.end) - start })),
	};
}

const label = (text: string, y: number): string => `<text class="soft" x="${LEFT - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end" font-size="11">${escapeXml(text)}</text>`;

/** Eight marks or so, at whole seconds where there is room. */
function timeAxis(seconds: number, y: number, x: (seconds: number) => number): string[] {
	const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120].find((one) => seconds / one <= 12) ?? 300;
	return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step)
		.map((at) => `<path class="axis" d="M${x(at).toFixed(1)} ${y}v5"/><text class="soft" x="${x(at).toFixed(1)}" y="${y + 18}" text-anchor="middle" font-size="11">${Number(at.toFixed(1))} s</text>`);
}

function legend(y: number, events: boolean, dropped: boolean): string[] {
	let x = LEFT;
	const entry = (picture: (x: number) => string, text: string): string => {
		const drawn = `${picture(x)}<text class="text" x="${x + 20}" y="${y}" font-size="12">${text}</text>`;
		x += 44 + text.length * 6.4;
		return drawn;
	};
	return [
		...events ? [entry((at) => `<rect class="event" x="${at}" y="${y - 11}" width="14" height="13"/>`, "an event")] : [],
		entry((at) => `<path class="spike" stroke-width="8" d="M${at} ${y - 4}h14"/>`, "spikes"), entry((at) => `<path class="output" stroke-width="1.5" d="M${at} ${y - 4}h14"/>`, "output"),
		entry((at) => `<path class="threshold" stroke-width="1.5" stroke-dasharray="5 3" d="M${at} ${y - 4}h14"/>`, "its threshold"), entry((at) => `<path class="wake" d="M${at + 7} ${y + 1}l-6 -11h12z"/>`, "wake"),
		...dropped ? [entry((at) => `<path class="dropped" d="M${at + 7} ${y + 1}l-6 -11h12z"/>`, "wake that coherence drops")] : [],
	];
}
