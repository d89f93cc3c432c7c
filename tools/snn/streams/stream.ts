/** A labelled stream: what sound, falls and electrocardiograms have in common. */

import { BuildError } from "../../build/errors.ts";

/** What keeps a stream from being built: data that is not there, options that fit no stream. */
export class StreamError extends BuildError {}

/** Something that happened: samples `start` to `end` - 1 (counted per channel). */
export interface StreamEvent {
	start: number;
	end: number;
	label: string;
}

/** A part whose background is all of one kind. */
export interface StreamSegment {
	start: number;
	end: number;
	kind: string;
	/** RMS of the background, in units of the samples. */
	level: number;
	/** In dB, where each segment has its own. */
	snr?: number;
}

export interface Stream {
	/** Samples a second, of each channel. */
	rate: number;
	channels: number;
	/** Interleaved: sample 0 of all channels, sample 1 of all channels ... */
	samples: Int16Array;
	/** What a sample of 1 means. */
	unit: string;
	events: StreamEvent[];
	segments: StreamSegment[];
	/** In dB; what it relates is said by who built the stream. Infinity: nothing was added; varied: the segments say. */
	snr: number | "varied";
	seed: number;
}

/** Events' share of the stream. */
export function activity({ events, samples, channels }: Stream): number {
	return events.reduce((sum, { start, end }) => sum + end - start, 0) * channels / samples.length;
}
