/** The spiking gate: is it an event, and what is it worth? */

export { type EventCheck, type EventDetectorOptions, type SNNEvent, SNNEventDetector } from "ruvllm-esp32/snn/event-detector";
export { type Route, type RouteCost, type RouteDecision, type RouterOptions, ROUTES, SNNRouter } from "ruvllm-esp32/snn/router";
export { SnnTable } from "ruvllm-esp32/snn/table";
