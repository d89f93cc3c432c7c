/** Vectors: what texts mean, and what is near. */

export { embedText, EMBEDDING_ONE, similarity, TextEmbedder } from "ruvllm-esp32/ruvector/embedding/text-embedder";
export { IntentClassifier } from "ruvllm-esp32/ruvector/intents/intent-classifier";
export { hash, nGrams, spread } from "ruvllm-esp32/ruvector/text/hash";
export { stem } from "ruvllm-esp32/ruvector/text/stem";
export { words } from "ruvllm-esp32/ruvector/text/words";
