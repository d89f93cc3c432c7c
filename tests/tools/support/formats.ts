/** The same small model in the formats that are imported: written here, from the same numbers. */

import { type Sizes, values } from "./checkpoint.ts";

type Layered = Record<string, { rows: number; columns: number }>;

function shapes(s: Sizes): Layered {
	const kv = s.kvHeads * s.dim / s.heads;
	return {
		attentionNorm: { rows: 0, columns: s.dim }, wq: { rows: s.dim, columns: s.dim }, wk: { rows: kv, columns: s.dim }, wv: { rows: kv, columns: s.dim }, wo: { rows: s.dim, columns: s.dim },
		ffnNorm: { rows: 0, columns: s.dim }, w1: { rows: s.hidden, columns: s.dim }, w2: { rows: s.dim, columns: s.hidden }, w3: { rows: s.hidden, columns: s.dim },
	};
}

/** Every tensor by this project's names, layers apart. */
export function tensorsOf(s: Sizes, seed: number): { name: string; layer: number; rows: number; columns: number; data: Float32Array }[] {
	const v = values(s, seed), out = [{ name: "embedding", layer: -1, rows: s.vocab, columns: s.dim, data: v.embedding! }, { name: "finalNorm", layer: -1, rows: 0, columns: s.dim, data: v.finalNorm! }];
	for (let l = 0; l < s.layers; l++)
		for (const [name, { rows, columns }] of Object.entries(shapes(s))) {
			const n = Math.max(1, rows) * columns;
			out.push({ name, layer: l, rows, columns, data: v[name]!.slice(l * n, (l + 1) * n) });
		}
	return out;
}

const HUGGING_FACE: Record<string, string> = {
	embedding: "model.embed_tokens.weight", finalNorm: "model.norm.weight", attentionNorm: "input_layernorm.weight", wq: "self_attn.q_proj.weight", wk: "self_attn.k_proj.weight", wv: "self_attn.v_proj.weight",
	wo: "self_attn.o_proj.weight", ffnNorm: "post_attention_layernorm.weight", w1: "mlp.gate_proj.weight", w2: "mlp.down_proj.weight", w3: "mlp.up_proj.weight",
};
const GGUF: Record<string, string> = {
	embedding: "token_embd.weight", finalNorm: "output_norm.weight", attentionNorm: "attn_norm.weight", wq: "attn_q.weight", wk: "attn_k.weight", wv: "attn_v.weight", wo: "attn_output.weight",
	ffnNorm: "ffn_norm.weight", w1: "ffn_gate.weight", w2: "ffn_down.weight", w3: "ffn_up.weight",
};

/** Pairs of neighbours, as this engine turns them, to Hugging Face's halves. */
function halves(data: Float32Array, heads: number, columns: number): Float32Array {
	const out = new Float32Array(data.length), size = data.length / columns / heads;
	for (let h = 0; h < heads; h++)
		for (let i = 0; i < size; i++)
			out.set(data.subarray((h * size + i) * columns, (h * size + i + 1) * columns), (h * size + (i >> 1) + (i & 1 ? size / 2 : 0)) * columns);
	return out;
}

const bytesOf = (data: Float32Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
/** Values of few bits, which half precision and bfloat16 hold exactly. */
export const coarse = (data: Float32Array): Float32Array => data.map((x) => Math.round(x * 64) / 64 + 0);

/** F32 that half precision holds exactly, as its bits. */
export function halfBits(x: number): number {
	if (x === 0)
		return 0;
	const exponent = Math.floor(Math.log2(Math.abs(x)));
	return (x < 0 ? 0x8000 : 0) | exponent + 15 << 10 | Math.round((Math.abs(x) / 2 ** exponent - 1) * 1024);
}

export function writeSafetensors(s: Sizes, seed: number, dtype: "F32" | "F16" | "BF16", names: "huggingFace" | "meta" = "huggingFace"): Buffer {
	const header: Record<string, unknown> = { __metadata__: { format: "pt" } }, parts: Buffer[] = [];
	let at = 0;
	for (const { name, layer, rows, columns, data } of tensorsOf(s, seed)) {
		const plain = dtype === "F32" ? data : coarse(data);
		const ordered = names === "meta" || (name !== "wq" && name !== "wk") ? plain : halves(plain, name === "wq" ? s.heads : s.kvHeads, columns);
		const bytes = dtype === "F32" ? bytesOf(ordered) : Buffer.alloc(2 * ordered.length);
		if (dtype !== "F32")
			ordered.forEach((x, i) => bytes.writeUInt16LE(dtype === "F16" ? halfBits(x) : bytesOf(Float32Array.of(x)).readUInt16LE(2), 2 * i));
		const meta: Record<string, string> = {
			embedding: "tok_embeddings.weight", finalNorm: "norm.weight", attentionNorm: "attention_norm.weight", wq: "attention.wq.weight", wk: "attention.wk.weight", wv: "attention.wv.weight", wo: "attention.wo.weight",
			ffnNorm: "ffn_norm.weight", w1: "feed_forward.w1.weight", w2: "feed_forward.w2.weight", w3: "feed_forward.w3.weight",
		};
		const full = names === "meta" ? (layer < 0 ? "" : `layers.${layer}.`) + meta[name]! : (layer < 0 ? "" : `model.layers.${layer}.`) + HUGGING_FACE[name]!;
		header[full] = { dtype, shape: rows ? [rows, columns] : [columns], data_offsets: [at, at + bytes.length] };
		parts.push(bytes);
		at += bytes.length;
	}
	const text = Buffer.from(JSON.stringify(header)), length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(text.length));
	return Buffer.concat([length, text, ...parts]);
}

export const huggingFaceConfig = (s: Sizes): Record<string, unknown> => ({
	model_type: "llama", hidden_act: "silu", hidden_size: s.dim, intermediate_size: s.hidden, num_hidden_layers: s.layers, num_attention_heads: s.heads, num_key_value_heads: s.kvHeads,
	vocab_size: s.vocab, max_position_embeddings: s.length, rms_norm_eps: 1e-5, rope_theta: 10000, tie_word_embeddings: true,
});

class GgufWriter {
	readonly parts: Buffer[] = [];
	u32(n: number): this {
		const b = Buffer.alloc(4);
		b.writeUInt32LE(n);
		this.parts.push(b);
		return this;
	}
	u64(n: number): this {
		const b = Buffer.alloc(8);
		b.writeBigUInt64LE(BigInt(n));
		this.parts.push(b);
		return this;
	}
	f32(x: number): this {
		const b = Buffer.alloc(4);
		b.writeFloatLE(x);
		this.parts.push(b);
		return this;
	}
	text(t: string): this {
		this.u64(Buffer.byteLength(t)).parts.push(Buffer.from(t));
		return this;
	}
	get bytes(): Buffer {
		return Buffer.concat(this.parts);
	}
}

/** Blocks of 32 with a scale of half precision, as ggml quantises them. */
export function blocks(data: Float32Array, type: "Q8_0" | "Q4_0"): { bytes: Buffer; values: Float32Array } {
	const parts: Buffer[] = [], values = new Float32Array(data.length);
	for (let at = 0; at < data.length; at += 32) {
		const part = data.subarray(at, at + 32), most = part.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
		const scale = 2 ** Math.ceil(Math.log2(most / (type === "Q8_0" ? 127 : 7) || 1e-3));
		const block = Buffer.alloc(type === "Q8_0" ? 34 : 18);
		block.writeUInt16LE(halfBits(scale), 0);
		part.forEach((x, i) => {
			const q = Math.round(x / scale);
			values[at + i] = q * scale + 0;
			if (type === "Q8_0")
				block.writeInt8(q, 2 + i);
			else
				block[2 + i % 16]! |= q + 8 << (i < 16 ? 0 : 4);
		});
		parts.push(block);
	}
	return { bytes: Buffer.concat(parts), values };
}

const TYPES = { F32: 0, F16: 1, Q4_0: 2, Q8_0: 8 } as const;

export function writeGguf(s: Sizes, seed: number, type: keyof typeof TYPES, pieces: readonly string[], extra: Record<string, string> = {}): Buffer {
	const w = new GgufWriter(), numbers: Record<string, number> = {
		"llama.embedding_length": s.dim, "llama.feed_forward_length": s.hidden, "llama.block_count": s.layers, "llama.attention.head_count": s.heads, "llama.attention.head_count_kv": s.kvHeads,
		"llama.context_length": s.length, "llama.rope.dimension_count": s.dim / s.heads, "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2,
	};
	const texts: Record<string, string> = { "general.architecture": "llama", "tokenizer.ggml.model": "llama", ...extra }, tensors = tensorsOf(s, seed);
	w.u32(0x46554747).u32(3).u64(tensors.length).u64(Object.keys(numbers).length + Object.keys(texts).length + 4);
	for (const [key, value] of Object.entries(texts))
		w.text(key).u32(8).text(value);
	for (const [key, value] of Object.entries(numbers))
		w.text(key).u32(4).u32(value);
	w.text("llama.attention.layer_norm_rms_epsilon").u32(6).f32(1e-5);
	w.text("tokenizer.ggml.tokens").u32(9).u32(8).u64(pieces.length);
	pieces.forEach((piece) => w.text(piece.replaceAll(" ", "\u2581")));
	w.text("tokenizer.ggml.scores").u32(9).u32(6).u64(pieces.length);
	pieces.forEach((_, i) => w.f32(i < 259 ? 0 : -i));
	w.text("tokenizer.ggml.token_type").u32(9).u32(5).u64(pieces.length);
	pieces.forEach((_, i) => w.u32(i === 0 ? 2 : i < 3 ? 3 : i < 259 ? 6 : 1));
	const data: Buffer[] = [];
	let at = 0;
	for (const { name, layer, rows, columns, data: values } of tensors) {
		const own = rows ? type : "F32", bytes = own === "F32" ? bytesOf(values) : own === "F16" ? Buffer.from(Uint16Array.from(coarse(values), halfBits).buffer) : blocks(values, own).bytes;
		w.text((layer < 0 ? "" : `blk.${layer}.`) + GGUF[name]!).u32(rows ? 2 : 1).u64(columns);
		if (rows)
			w.u64(rows);
		w.u32(TYPES[own]).u64(at);
		const padded = Buffer.alloc(Math.ceil(bytes.length / 32) * 32);
		bytes.copy(padded);
		data.push(padded);
		at += padded.length;
	}
	const head = w.bytes, padding = Buffer.alloc((32 - head.length % 32) % 32);
	return Buffer.concat([head, padding, ...data]);
}
