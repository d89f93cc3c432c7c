/** Public entry of ruvector. */

export { type AnomalyKind, Detection } from "ruvllm-esp32/ruvector/anomaly/detection";
export { AnomalyDetector, type AnomalyOptions, MISSING } from "ruvllm-esp32/ruvector/anomaly/detector";
