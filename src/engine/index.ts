/** The language model: load, generate, measure. */

export { RuvllmError } from "ruvllm-esp32/core/errors";
export { BinaryEmbedding, hammingDistance } from "ruvllm-esp32/engine/binary-embedding";
export { tokenDigest, DIGEST_TOKENS } from "ruvllm-esp32/engine/digest";
export { Generation } from "ruvllm-esp32/engine/generation";
export type { GenerationOptions, GenerationResult, StopReason } from "ruvllm-esp32/engine/generation";
export { completeConfig, DEFAULT_INFERENCE } from "ruvllm-esp32/engine/inference-config";
export type { InferenceConfig } from "ruvllm-esp32/engine/inference-config";
export { largestContext, memoryBudget } from "ruvllm-esp32/engine/memory-budget";
export type { MemoryBudget } from "ruvllm-esp32/engine/memory-budget";
export { MicroLoRA } from "ruvllm-esp32/engine/micro-lora";
export type { MicroLoRAOptions } from "ruvllm-esp32/engine/micro-lora";
export { MicroEngine } from "ruvllm-esp32/engine/micro-engine";
export { ModelConfig } from "ruvllm-esp32/engine/model-config";
export type { Esp32Variant } from "ruvllm-esp32/engine/model-config";
export { scoreWindow } from "ruvllm-esp32/engine/perplexity";
export { QuantizationType } from "ruvllm-esp32/engine/ruvm/format";
export type { ModelMetadata, ModelShape } from "ruvllm-esp32/engine/ruvm/format";
export { SparseAttention } from "ruvllm-esp32/engine/sparse-attention";
export { TensorPart } from "ruvllm-esp32/engine/tensor-part";
export { shares } from "ruvllm-esp32/engine/tensor-share";
export type { TensorShare } from "ruvllm-esp32/engine/tensor-share";
export { TinyModel } from "ruvllm-esp32/engine/tiny-model";
export type { LaneSampler, TinyModelOptions } from "ruvllm-esp32/engine/tiny-model";
