/** Public entry of ruvector. */

export { AnomalyDetector, type AnomalyKind, type AnomalyOptions, type Detection, MISSING } from "ruvllm-esp32/ruvector/anomaly/detector";
