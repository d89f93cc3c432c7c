/** Curves of a gate's picture as SVG path data: many samples or ticks become a column each. */

import type { GateTick } from "./run.ts";

/** The highest output, the last threshold, and of each line in how many ticks it spiked. */
export interface Column {
	u: number;
	threshold: number;
	spiked: Uint16Array;
}

/** At most `most` columns of so many ticks each. */
export function columns(ticks: readonly GateTick[], lines: number, most: number): { each: number; all: Column[] } {
	const each = Math.max(1, Math.ceil(ticks.length / most)), all: Column[] = [];
	for (let at = 0; at < ticks.length; at += each) {
		const part = ticks.slice(at, at + each), spiked = Uint16Array.from({ length: lines }, (_, line) => part.filter(([, , bits]) => bits >>> line & 1).length);
		all.push({ u: Math.max(...part.map(([u]) => u)), threshold: part.at(-1)![1], spiked });
	}
	return { each, all };
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

/** Runs of columns in which a line spiked as often: in the n-th part of SHADES of the ticks. */
export const SHADES = 4;
export function raster({ each, all }: { each: number; all: readonly Column[] }, line: number, shade: number, step: number, left: number, y: number): string {
	const at = (i: number): boolean => i < all.length && Math.ceil(all[i]!.spiked[line]! * SHADES / each) === shade;
	let path = "";
	for (let from = 0; from < all.length; from++) {
		if (!at(from))
			continue;
		let to = from + 1;
		while (at(to))
			to++;
		path += `M${(left + from * step).toFixed(1)} ${y}h${((to - from) * step).toFixed(1)}`;
		from = to;
	}
	return path;
}

/** Output and threshold as heights below the panel's top; what is far below the threshold is cut off. */
export function outputs(all: readonly Column[], height: number): { u: number[]; threshold: number[] } {
	const highest = Math.max(1, ...all.map(({ u, threshold }) => Math.max(u, threshold))), least = Math.min(0, ...all.map(({ threshold }) => threshold));
	const lowest = Math.max(least - (highest - least) / 3, Math.min(0, ...all.map(({ u }) => u)));
	const y = (value: number): number => height * (highest - Math.max(lowest, Math.min(highest, value))) / (highest - lowest);
	return { u: all.map(({ u }) => y(u)), threshold: all.map(({ threshold }) => y(threshold)) };
}
