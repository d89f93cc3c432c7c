/** Memory that finds the right thing: indices, embeddings, memories, retrieval, anomalies. */

export * from "ruvllm-esp32/ruvector/voice/voice-disambiguator";
export * from "ruvllm-esp32/ruvector/voice/actions";
export type { Evidence, HomeDescription, Resolution, VoiceAction, VoiceContext, VoiceRequest } from "ruvllm-esp32/ruvector/voice/types";
