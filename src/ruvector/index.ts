/** Memory that finds the right thing: indices, embeddings, memories, retrieval, anomalies. */

export * from "ruvllm-esp32/ruvector/metrics";
export * from "ruvllm-esp32/ruvector/quantise";
export * from "ruvllm-esp32/ruvector/micro-hnsw";
export type { HnswConfig, HnswOptions } from "ruvllm-esp32/ruvector/hnsw-config";
export * from "ruvllm-esp32/ruvector/text/record-store";
export * from "ruvllm-esp32/ruvector/text/sentences";
export * from "ruvllm-esp32/ruvector/rag/micro-rag";
export type { RagConfig } from "ruvllm-esp32/ruvector/rag/config";
export * from "ruvllm-esp32/ruvector/memory/semantic-memory";
export type { MemoryConfig } from "ruvllm-esp32/ruvector/memory/config";
export type { MemoryKind } from "ruvllm-esp32/ruvector/memory/retention";
export { AppendLog } from "ruvllm-esp32/core/storage/append-log";
export * from "ruvllm-esp32/ruvector/text/log-store";
export * from "ruvllm-esp32/ruvector/voice/voice-disambiguator";
export * from "ruvllm-esp32/ruvector/voice/actions";
export type { Evidence, HomeDescription, Resolution, VoiceAction, VoiceContext, VoiceRequest } from "ruvllm-esp32/ruvector/voice/types";
export { embedText, EMBEDDING_ONE, similarity, TextEmbedder } from "ruvllm-esp32/ruvector/embedding/text-embedder";
export { IntentClassifier } from "ruvllm-esp32/ruvector/intents/intent-classifier";
export { hash, nGrams, spread } from "ruvllm-esp32/ruvector/text/hash";
export { stem } from "ruvllm-esp32/ruvector/text/stem";
export { words } from "ruvllm-esp32/ruvector/text/words";
export { type AnomalyKind, Detection } from "ruvllm-esp32/ruvector/anomaly/detection";
export { AnomalyDetector, type AnomalyOptions, MISSING } from "ruvllm-esp32/ruvector/anomaly/detector";
