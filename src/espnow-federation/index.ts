/** Several boards, one mind: docs/federation.md. Programs with little memory import the modules that they use by their own names. */

export { DEFAULT_FEDERATION, type FederationConfig, FederationCoordinator, type FederationParts } from "ruvllm-esp32/espnow-federation/federation";
export { type Capabilities, type Clock, type Member, type Network, Service } from "ruvllm-esp32/espnow-federation/network";
export { Node } from "ruvllm-esp32/espnow-federation/node";
export { AeadSealer } from "ruvllm-esp32/espnow-federation/frames/aead";
export { OpenSealer } from "ruvllm-esp32/espnow-federation/frames/open-sealer";
export { FaultTolerance } from "ruvllm-esp32/espnow-federation/faults/fault-tolerance";
export { choose, type FederationMode, predict } from "ruvllm-esp32/espnow-federation/sessions/choice";
export { ModelParts } from "ruvllm-esp32/espnow-federation/sessions/part";
export { PipelineConfig, PipelineNode } from "ruvllm-esp32/espnow-federation/sessions/pipeline-node";
export { MicroFastGRNN } from "ruvllm-esp32/espnow-federation/router/micro-fast-grnn";
export { RoutingFeatures } from "ruvllm-esp32/espnow-federation/router/routing-features";
export { FederatedSearch } from "ruvllm-esp32/espnow-federation/search/federated-search";
export { SwarmMemory } from "ruvllm-esp32/espnow-federation/search/swarm-memory";
export { Distribution } from "ruvllm-esp32/espnow-federation/distribution/distribution";
export { DistributedMicroLora } from "ruvllm-esp32/espnow-federation/learning/distributed-micro-lora";
