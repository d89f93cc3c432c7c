/** Curves of a gate's picture as SVG path data: many samples or ticks become a column each. */

import type { GateTick } from "./run.ts";

/** At most `most` columns: the highest output, the last threshold, all lines that spiked. */
export function columns(ticks: readonly GateTick[], most: number): GateTick[] {
	const each = Math.max(1, Math.ceil(ticks.length / most)), out: GateTick[] = [];
	for (let at = 0; at < ticks.length; at += each) {
		const part = ticks.slice(at, at + each);
		out.push([Math.max(...part.map(([u]) => u)), part.at(-1)![1], part.reduce((bits, [, , lines]) => bits | lines, 0)]);
	}
	return out;
}

/** The least and the greatest of each column, all channels together, around the middle. */
export function envelope(samples: Int16Array, channels: number, width: number, left: number, middle: number, half: number): string {
	const frames = samples.length / channels, top: string[] = [], bottom: string[] = [];
	let loudest = 1;
	for (const sample of samples)
		loudest = Math.max(loudest, Math.abs(sample));
	for (let column = 0; column < width; column++) {
		const from = Math.floor(frames * column / width) * channels, to = Math.max(from + channels, Math.floor(frames * (column + 1) / width) * channels);
		let least = Infinity, greatest = -Infinity;
		for (let i = from; i < to && i < samples.length; i++) {
			least = Math.min(least, samples[i]!);
			greatest = Math.max(greatest, samples[i]!);
		}
		if (least > greatest)
			continue;
		top.push(`${left + column} ${(middle - greatest / loudest * half - 0.3).toFixed(1)}`);
		bottom.unshift(`${left + column} ${(middle - least / loudest * half + 0.3).toFixed(1)}`);
	}
	return `M${[...top, ...bottom].join("L")}z`;
}

/** Runs of columns in which a line spiked. */
export function raster(merged: readonly GateTick[], line: number, step: number, left: number, y: number): string {
	let path = "";
	for (let from = 0; from < merged.length; from++) {
		if (!(merged[from]![2] >>> line & 1))
			continue;
		let to = from + 1;
		while (to < merged.length && merged[to]![2] >>> line & 1)
			to++;
		path += `M${(left + from * step).toFixed(1)} ${y}h${Math.max(0.8, (to - from) * step - 0.3).toFixed(1)}`;
		from = to;
	}
	return path;
}

/** Output and threshold as heights below the panel's top; what is far below zero is cut off. */
export function outputs(merged: readonly GateTick[], height: number): { u: number[]; threshold: number[] } {
	const highest = Math.max(1, ...merged.map(([u, threshold]) => Math.max(u, threshold))), lowest = Math.max(-0.5 * highest, Math.min(0, ...merged.map(([u]) => u)));
	const y = (value: number): number => height * (highest - Math.max(lowest, Math.min(highest, value))) / (highest - lowest);
	return { u: merged.map(([u]) => y(u)), threshold: merged.map(([, threshold]) => y(threshold)) };
}
