/** Small llama2.c checkpoints with seeded random weights, written in the layouts that are to be read. */

export interface Sizes {
	dim: number;
	hidden: number;
	layers: number;
	heads: number;
	kvHeads: number;
	vocab: number;
	length: number;
}
export const SIZES: Sizes = { dim: 16, hidden: 24, layers: 2, heads: 4, kvHeads: 2, vocab: 300, length: 32 };

/** mulberry32, from -0.5 to 0.5. */
export function random(seed: number): () => number {
	return () => {
		seed = seed + 0x6d2b79f5 | 0;
		let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return ((t ^ t >>> 14) >>> 0) / 2 ** 32 - 0.5;
	};
}

/** Names and sizes of the tensors; norms of v0 stand among the matrices, those of v2 before them. */
export function tensors(s: Sizes): Record<string, number> {
	const kv = s.kvHeads * s.dim / s.heads, l = s.layers;
	return {
		embedding: s.vocab * s.dim, attentionNorm: l * s.dim, wq: l * s.dim * s.dim, wk: l * kv * s.dim, wv: l * kv * s.dim, wo: l * s.dim * s.dim,
		ffnNorm: l * s.dim, w1: l * s.hidden * s.dim, w2: l * s.dim * s.hidden, w3: l * s.hidden * s.dim, finalNorm: s.dim,
	};
}

export function values(s: Sizes, seed: number): Record<string, Float32Array> {
	const next = random(seed);
	return Object.fromEntries(Object.entries(tensors(s)).map(([name, n]) => [name, Float32Array.from({ length: n }, () => /Norm/.test(name) ? 1 + next() : next())]));
}

const header = (s: Sizes): Buffer => Buffer.from(Int32Array.of(s.dim, s.hidden, s.layers, s.heads, s.kvHeads, s.vocab, s.length).buffer);
const floats = (v: Float32Array): Buffer => Buffer.from(v.buffer, v.byteOffset, v.byteLength);

export function writeV0(s: Sizes, seed: number): Buffer {
	const v = values(s, seed);
	return Buffer.concat([header(s), ...Object.keys(tensors(s)).map((name) => floats(v[name]!)), Buffer.alloc(4 * s.length * s.dim / s.heads)]);
}

/** Version 2 ("ak42"): norms in float, matrices as int8 with a scale per group. */
export function writeV2(s: Sizes, seed: number, group: number): Buffer {
	const v = values(s, seed);
	const head = Buffer.alloc(256);
	head.writeUInt32LE(0x616b3432, 0);
	head.writeInt32LE(2, 4);
	header(s).copy(head, 8);
	head.writeUInt8(1, 36);
	head.writeInt32LE(group, 37);
	const quantised = (tensor: Float32Array): Buffer[] => {
		const q = new Int8Array(tensor.length), scales = new Float32Array(tensor.length / group);
		scales.forEach((_, g) => {
			const part = tensor.subarray(g * group, (g + 1) * group);
			scales[g] = part.reduce((max, x) => Math.max(max, Math.abs(x)), 0) / 127;
			part.forEach((x, i) => { q[g * group + i] = Math.round(x / scales[g]!); });
		});
		return [Buffer.from(q.buffer), floats(scales)];
	};
	// Each layer's tensor is quantised, and stored, by itself.
	const layerwise = (name: string): Buffer[] => Array.from({ length: s.layers }, (_, l) => {
		const n = v[name]!.length / s.layers;
		return quantised(v[name]!.slice(l * n, (l + 1) * n));
	}).flat();
	return Buffer.concat([head, floats(v.attentionNorm!), floats(v.ffnNorm!), floats(v.finalNorm!), ...quantised(v.embedding!),
		...["wq", "wk", "wv", "wo", "w1", "w2", "w3"].flatMap(layerwise)]);
}

export function writeTokenizer(s: Sizes): Buffer {
	const pieces = ["<unk>", "\n<s>\n", "\n</s>\n", ...Array.from({ length: 256 }, (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`)];
	for (let c = 0x20; pieces.length < s.vocab; c++)
		pieces.push(String.fromCharCode(c));
	const parts = [Buffer.from(Int32Array.of(7).buffer)];
	pieces.forEach((piece, i) => {
		const entry = Buffer.alloc(8);
		entry.writeFloatLE(i < 259 ? 0 : -i, 0);
		entry.writeInt32LE(Buffer.byteLength(piece), 4);
		parts.push(entry, Buffer.from(piece));
	});
	return Buffer.concat(parts);
}
