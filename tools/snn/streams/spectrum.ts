/** Mean spectra of recordings, and noise that has such a spectrum: frames of random phase, overlapped and added. */

import type { Random } from "./random.ts";

/** The fast Fourier transform, in place; the length is a power of two. */
export function fft(re: Float64Array, im: Float64Array): void {
	const n = re.length;
	for (let i = 1, j = 0; i < n; i++) {
		let bit = n >> 1;
		for (; j & bit; bit >>= 1)
			j ^= bit;
		j ^= bit;
		if (i < j) {
			[re[i], re[j]] = [re[j]!, re[i]!];
			[im[i], im[j]] = [im[j]!, im[i]!];
		}
	}
	for (let size = 2; size <= n; size <<= 1) {
		const half = size >> 1;
		for (let k = 0; k < half; k++) {
			const wr = Math.cos(2 * Math.PI * k / size), wi = -Math.sin(2 * Math.PI * k / size);
			for (let i = k; i < n; i += size) {
				const j = i + half, xr = re[j]! * wr - im[j]! * wi, xi = re[j]! * wi + im[j]! * wr;
				re[j] = re[i]! - xr;
				im[j] = im[i]! - xi;
				re[i]! += xr;
				im[i]! += xi;
			}
		}
	}
}

/** Hann's window, of `size` samples. */
const hann = (size: number): Float64Array => Float64Array.from({ length: size }, (_, i) => (1 - Math.cos(2 * Math.PI * (i + 0.5) / size)) / 2);

/** Mean power at frequencies 0 to size/2, of frames of `size` samples that start where told; without DC. */
export function meanPower(frames: readonly { signal: Float32Array; start: number }[], size: number): Float64Array {
	const power = new Float64Array(size / 2 + 1), window = hann(size), re = new Float64Array(size), im = new Float64Array(size);
	for (const { signal, start } of frames) {
		const mean = signal.subarray(start, start + size).reduce((sum, x) => sum + x, 0) / size;
		for (let i = 0; i < size; i++)
			re[i] = ((signal[start + i] ?? mean) - mean) * window[i]!;
		im.fill(0);
		fft(re, im);
		for (let k = 0; k < power.length; k++)
			power[k]! += (re[k]! ** 2 + im[k]! ** 2) / frames.length;
	}
	power[0] = 0;
	return power;
}

/** Noise of that mean spectrum; its level is any. */
export function noiseOfSpectrum(power: Float64Array, length: number, random: Random): Float32Array {
	const size = (power.length - 1) * 2, hop = size / 2, window = hann(size).map(Math.sqrt), out = new Float32Array(length);
	const re = new Float64Array(size), im = new Float64Array(size);
	for (let start = -hop; start < length; start += hop) {
		// One complex frame, whose real and imaginary part are two independent ones; only the real is used.
		for (let k = 0; k < size; k++) {
			const amplitude = Math.sqrt(power[k <= hop ? k : size - k]!), phase = 2 * Math.PI * random.unit();
			re[k] = amplitude * Math.cos(phase);
			im[k] = amplitude * Math.sin(phase);
		}
		fft(re, im);
		for (let i = Math.max(0, -start); i < size && start + i < length; i++)
			out[start + i]! += re[i]! * window[i]!;
	}
	return out;
}
