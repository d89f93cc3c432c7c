/** What a board tells programs of itself, twice a second when they want: counters since its start, so that who reads takes differences. */

import { microseconds } from "ruvllm-esp32/platform/clock";
import { host, memoryUse } from "ruvllm-esp32/platform/runtime";
import type { FederationBoard } from "ruvllm-esp32/espnow-federation/app/board";
import type { NetworkStatistics } from "ruvllm-esp32/espnow-federation/network";
import type { Plan } from "ruvllm-esp32/espnow-federation/sessions/plan";

export interface SessionStatus {
	session: number;
	epoch: number;
	/** This board draws its tokens. */
	leads: boolean;
	/** Requests in it. */
	requests: number;
	plan: Plan;
}

export interface BoardStatus {
	host: string;
	address: number;
	model: number;
	layers: number;
	mode: string;
	/** What its model is for; empty: it is no expert. */
	expert: string;
	/** Addresses of the boards that are heard, oneself included. */
	alive: number[];
	load: number;
	sessions: SessionStatus[];
	/** Plans made, tokens drafted and accepted, by this board as a coordinator; requests moved because their board died. */
	plans: number;
	drafted: number;
	accepted: number;
	moved: number;
	network: Readonly<NetworkStatistics>;
	/** Datagrams that no MAC layer acknowledged; that found the radio's queue full. */
	undelivered: number;
	dropped: number;
	/** Board that was refused last, and why. */
	refused: string;
	/** In layers and output matrix. */
	engineMicroseconds: number;
	engineCalls: number;
	/** Microseconds; undefined: not measured yet. */
	hop: number | undefined;
	/** By the board's own clock. */
	microseconds: number;
	heap: number;
}

export function statusOf({ node, radio, parts, federation, undelivered, refused, options }: FederationBoard): BoardStatus {
	const { sessions, dispatcher, hops } = federation, list: SessionStatus[] = [], counts = { plans: 0, drafted: 0, accepted: 0 };
	for (const { session, epoch, plan, jobs, statistics } of sessions.leaders.values()) {
		counts.plans += statistics.plans;
		counts.drafted += statistics.drafted;
		counts.accepted += statistics.accepted;
		if (plan)
			list.push({ session, epoch, leads: true, requests: jobs.filter((job) => job !== undefined).length, plan });
	}
	for (const { session, epoch, plan, lanes } of sessions.workers.values())
		list.push({ session, epoch, leads: false, requests: lanes.filter(({ request }) => request !== undefined).length, plan });
	const { slotsUsed, chunksUsed } = memoryUse();
	return {
		host, address: node.address, model: parts.model, layers: parts.shape.numLayers, mode: options.mode, expert: options.expert ?? "",
		alive: node.alive().map(({ address }) => address), load: node.self.load, sessions: list, ...counts, moved: dispatcher.moved,
		network: node.statistics, undelivered, dropped: radio.dropped, refused,
		engineMicroseconds: parts.meter.microseconds, engineCalls: parts.meter.calls, hop: hops.hop, microseconds: microseconds(), heap: slotsUsed + chunksUsed,
	};
}
