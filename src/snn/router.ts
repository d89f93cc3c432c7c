/**
 * SNNRouter: how much an event is worth. Nothing: sleep on. What is known: answer at once, or look it up. What is not: ask the language
 * model. Two thresholds with hysteresis, and a budget of energy that makes decisions cheaper when it runs out. Allocates nothing.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { Tier } from "ruvllm-esp32/snn/energy/energy-account";
import type { SNNEvent } from "ruvllm-esp32/snn/event-detector";

/** Cheapest first. */
export const ROUTES = Object.freeze(["Sleep", "LocalResponse", "FetchMemory", "RunLLM"] as const);
export type Route = typeof ROUTES[number];

/** What a decision costs, and how that is known. */
export interface RouteCost {
	/** Microjoules, on top of listening. */
	cost: number;
	/** Microseconds until it is done. */
	latency: number;
	/** "measured" on the device, "emulated" or "projected", as in EnergyAccount. */
	tier: Tier;
}

/** The router's own, frozen: the same object for the same decision. */
export interface RouteDecision extends RouteCost {
	readonly route: Route;
	/** Whether the budget made it cheaper than the event asked for. */
	readonly reduced: boolean;
}

export interface RouterOptions {
	/** Events of less confidence are slept through; 0 by default. */
	least?: number;
	/** From this confidence of the answer on: LocalResponse; 192 by default, 256: never. */
	local?: number;
	/** From this on: FetchMemory, below: RunLLM; 96 by default. At most `local`. */
	memory?: number;
	/** How far confidence must go beyond a threshold to leave the decision of the event before; 12 by default. */
	hysteresis?: number;
	/**
	 * Microjoules an hour that decisions may cost together; Infinity by default. It fills evenly with the events' time and holds one
	 * hour's worth, so a burst is served and then decisions become cheaper, down to Sleep.
	 */
	budget?: number;
	/** Instead of the defaults. */
	costs?: Partial<Record<Route, RouteCost>>;
}

/*
 * Projected, for an ESP32-S3 at 240 MHz (some 0.2 W awake): a response by rule takes 20 ms, embedding and search in memory 80 ms, a
 * sentence of a small model 3 s with both cores. Programs put in what they measured (EnergyAccount).
 */
const COSTS: Readonly<Record<Route, RouteCost>> = {
	Sleep: { cost: 0, latency: 0, tier: "projected" },
	LocalResponse: { cost: 4000, latency: 20000, tier: "projected" },
	FetchMemory: { cost: 16000, latency: 80000, tier: "projected" },
	RunLLM: { cost: 900000, latency: 3000000, tier: "projected" },
};
const TIERS: readonly Tier[] = ["measured", "emulated", "projected"];
const HOUR = 3600;

export class SNNRouter {
	readonly #least: number;
	readonly #local: number;
	readonly #memory: number;
	readonly #hysteresis: number;
	readonly #budget: number;
	/* By route, then by whether the budget reduced it. */
	readonly #decisions: readonly (readonly RouteDecision[])[];
	readonly #counts: Record<Route, number> = { Sleep: 0, LocalResponse: 0, FetchMemory: 0, RunLLM: 0 };
	#reduced = 0;
	#spent = 0;
	#available: number;
	#time = 0;
	/* What the last event asked for, as a number of ROUTES; 0 before any. */
	#last = 0;

	/** @throws RuvllmError ROUTER_OPTION */
	constructor({ least = 0, local = 192, memory = 96, hysteresis = 12, budget = Infinity, costs = {} }: RouterOptions = {}) {
		this.#least = whole("least", least, 0, 256);
		this.#local = whole("local", local, 0, 256);
		this.#memory = whole("memory", memory, 0, local);
		this.#hysteresis = whole("hysteresis", hysteresis, 0, 128);
		if (typeof budget !== "number" || !(budget >= 0))
			throw new RuvllmError("ROUTER_OPTION", `budget is ${String(budget)}; it takes microjoules an hour, from 0`);
		this.#budget = this.#available = budget;
		this.#decisions = ROUTES.map((route) => {
			const cost = checked(route, costs[route] ?? COSTS[route]);
			return [false, true].map((reduced) => Object.freeze({ route, cost: cost.cost, latency: cost.latency, tier: cost.tier, reduced }));
		});
		for (let i = 1; i < ROUTES.length; i++)
			if (this.#cost(i) < this.#cost(i - 1))
				throw new RuvllmError("ROUTER_OPTION", `costs: ${ROUTES[i]} costs less than ${ROUTES[i - 1]}, and can't be avoided by it`);
	}

	/**
	 * Decides, and counts the decision's cost as spent.
	 * @param event what the detector gave: its time fills the budget
	 * @param confidence 0 to 255: how sure the program is of its own answer (an intent's probability, a score of memory); the event's
	 * own confidence where it knows nothing yet
	 * @throws RuvllmError ROUTER_CONFIDENCE
	 */
	route(event: SNNEvent | undefined, confidence: number): RouteDecision {
		if (!(confidence >= 0 && confidence <= 255))
			throw new RuvllmError("ROUTER_CONFIDENCE", `confidence is ${String(confidence)}; it takes a number from 0 to 255`);
		if (!event || event.confidence < this.#least)
			return this.#decide(0, 0);
		this.#refill(event.seconds);
		const wanted = this.#wanted(confidence);
		this.#last = wanted;
		let affordable = wanted;
		while (affordable > 0 && this.#cost(affordable) > this.#available)
			affordable--;
		return this.#decide(affordable, wanted);
	}

	/** How often it decided so. */
	count(route: Route): number {
		return this.#counts[route];
	}
	/** How often the budget made a decision cheaper. */
	get reduced(): number {
		return this.#reduced;
	}
	/** Microjoules of all decisions. */
	get spent(): number {
		return this.#spent;
	}
	/** Microjoules that may be spent at the time of the last event. */
	get available(): number {
		return this.#available;
	}

	#cost(route: number): number {
		return this.#decisions[route]![0]!.cost;
	}

	/* Thresholds of the last decision give way to it by the hysteresis. */
	#wanted(confidence: number): number {
		const held = this.#hysteresis, last = this.#last;
		const local = moved(this.#local, last === 1 ? -held : last > 1 ? held : 0), memory = moved(this.#memory, last === 3 ? held : last > 0 ? -held : 0);
		return confidence >= local ? 1 : confidence >= memory ? 2 : 3;
	}

	/** Time that runs backwards (a detector that was reset) fills nothing. */
	#refill(seconds: number): void {
		if (this.#budget !== Infinity && seconds > this.#time)
			this.#available = Math.min(this.#budget, this.#available + (seconds - this.#time) * this.#budget / HOUR);
		this.#time = seconds;
	}

	#decide(route: number, wanted: number): RouteDecision {
		const decision = this.#decisions[route]![route < wanted ? 1 : 0]!;
		this.#counts[decision.route]++;
		this.#spent += decision.cost;
		this.#available -= decision.cost;
		if (decision.reduced)
			this.#reduced++;
		return decision;
	}
}

/* A threshold that can be reached and missed still can; 0 (always) and 256 (never) stay. */
function moved(threshold: number, by: number): number {
	return threshold > 0 && threshold < 256 ? Math.max(1, Math.min(255, threshold + by)) : threshold;
}

function whole(name: string, value: number, low: number, high: number): number {
	if (!Number.isInteger(value) || value < low || value > high)
		throw new RuvllmError("ROUTER_OPTION", `${name} is ${String(value)}; it takes a whole number from ${low} to ${high}`);
	return value;
}

function checked(route: Route, cost: RouteCost): RouteCost {
	if (!(cost?.cost >= 0 && cost.cost < Infinity) || !(cost.latency >= 0 && cost.latency < Infinity) || !TIERS.includes(cost.tier))
		throw new RuvllmError("ROUTER_OPTION", `costs: ${route} takes cost and latency from 0, and a tier of ${TIERS.join(", ")}`);
	return cost;
}
