/** What boards did for a text: differences of their counters since it began, for each token. All measured. */

import type { BoardStatus, SessionStatus } from "ruvllm-esp32/espnow-federation/app/status";
import type { BoardProcess } from "./board-process.ts";
import type { Swarm } from "./swarm.ts";

export interface BoardFigures {
	board: number;
	role: string;
	pid: number;
	alive: boolean;
	/** Milliseconds for each token in this board's engine, and all others: radio, other boards' engines, the computer's scheduler. */
	engineMilliseconds: number;
	waitMilliseconds: number;
	/** For each token; heartbeats included. */
	frames: number;
	bytes: number;
	/** Since the text began. */
	retries: number;
	acknowledgements: number;
	undelivered: number;
	/** Frames that were not taken, by reason. */
	dropped: Record<"malformed" | "unknownVersion" | "unknownSender" | "forged" | "replayed" | "duplicates" | "queue", number>;
	load: number;
}

export interface SwarmFigures {
	tier: "measured";
	tokens: number;
	milliseconds: number;
	tokensPerSecond: number;
	/** For each token: in all engines, and the rest of the time, which is the radio's with one lane and without drafts. */
	engineMilliseconds: number;
	restMilliseconds: number;
	frames: number;
	bytes: number;
	retries: number;
	/** Plans made because boards came or died; the first one of a session is none. */
	replans: number;
	drafted: number;
	accepted: number;
}

const COUNTERS = ["plans", "drafted", "accepted"] as const;

/** Keeps what passes: roles while a text is under way, and counters of sessions that are closed when it is over. */
export class FigureKeeper {
	readonly #swarm: Swarm;
	#roles = new Map<number, string>();
	#peaks = new Map<number, Record<(typeof COUNTERS)[number], number>>();

	constructor(swarm: Swarm) {
		this.#swarm = swarm;
		swarm.on("status", (board: BoardProcess) => this.#note(board));
	}

	/** A new text begins. */
	begin(): void {
		this.#roles = new Map();
		this.#peaks = new Map();
	}

	#note({ pid, status }: BoardProcess): void {
		const before = this.#peaks.get(pid), active = status!.sessions.find(({ requests }) => requests > 0);
		if (active && status)
			this.#roles.set(pid, roleIn(active, status));
		this.#peaks.set(pid, Object.fromEntries(COUNTERS.map((name) => [name, Math.max(before?.[name] ?? 0, status![name])])) as Record<(typeof COUNTERS)[number], number>);
	}

	boards(tokens: number, milliseconds: number): BoardFigures[] {
		const { boards, baseline } = this.#swarm, count = Math.max(1, tokens);
		return boards.map(({ number, pid, alive, status }) => {
			const start = baseline.get(pid), network = (name: keyof BoardStatus["network"]): number => (status?.network[name] ?? 0) - (start?.network[name] ?? 0);
			const engine = ((status?.engineMicroseconds ?? 0) - (start?.engineMicroseconds ?? 0)) / 1000;
			return {
				board: number, role: alive ? this.#role(pid, status, boards.length) : `dead${this.#roles.has(pid) ? `, was ${this.#roles.get(pid)}` : ""}`, pid, alive,
				engineMilliseconds: engine / count, waitMilliseconds: Math.max(0, milliseconds - engine) / count, frames: network("framesSent") / count, bytes: network("bytesSent") / count,
				retries: network("retries"), acknowledgements: network("acknowledgements"), undelivered: (status?.undelivered ?? 0) - (start?.undelivered ?? 0),
				dropped: {
					malformed: network("malformed"), unknownVersion: network("unknownVersion"), unknownSender: network("unknownSender"), forged: network("forged"),
					replayed: network("replayed"), duplicates: network("duplicates"), queue: (status?.dropped ?? 0) - (start?.dropped ?? 0),
				},
				load: status?.load ?? 0,
			};
		});
	}

	#role(pid: number, status: BoardStatus | undefined, boards: number): string {
		if (!status)
			return "starts";
		const [session] = status.sessions;
		return this.#roles.get(pid) ?? (session ? roleIn(session, status) : status.alive.length < 2 && boards > 1 ? "hears nobody" : status.expert ? `expert ${status.expert}` : "ready");
	}

	totals(tokens: number, milliseconds: number): SwarmFigures {
		const rows = this.boards(tokens, milliseconds), count = Math.max(1, tokens), sum = (value: (row: BoardFigures) => number): number => rows.reduce((all, row) => all + value(row), 0);
		const engine = sum(({ engineMilliseconds }) => engineMilliseconds), peaks = (name: (typeof COUNTERS)[number]): number =>
			[...this.#peaks].reduce((all, [pid, peak]) => all + peak[name] - (this.#swarm.baseline.get(pid)?.[name] ?? 0), 0);
		// The board that was asked plans once in any case, when it has no session yet.
		const { asked } = this.#swarm, first = asked && !this.#swarm.baseline.get(asked)?.plans && this.#peaks.get(asked)?.plans ? 1 : 0;
		return {
			tier: "measured", tokens, milliseconds: Math.round(milliseconds), tokensPerSecond: milliseconds > 0 ? tokens / milliseconds * 1000 : 0,
			engineMilliseconds: engine, restMilliseconds: Math.max(0, milliseconds / count - engine), frames: sum(({ frames }) => frames), bytes: sum(({ bytes }) => bytes), retries: sum(({ retries }) => retries),
			replans: Math.max(0, peaks("plans") - first), drafted: peaks("drafted"), accepted: peaks("accepted"),
		};
	}
}

/** "coordinator, layers 0..1". */
function roleIn({ leads, plan }: SessionStatus, { address, layers }: BoardStatus): string {
	const stage = plan.stages.find((one) => one.address === address), who = leads ? ["coordinator"] : [];
	if (!stage)
		return who[0] ?? "ready";
	const { from, to, headFrom, headTo, columnFrom, columnTo } = stage;
	const what = plan.mode === "tensor" ? headFrom === headTo && columnFrom === columnTo ? "" : `heads ${range(headFrom, headTo)}, columns ${range(columnFrom, columnTo)}`
		: from === to ? "" : to - from === layers ? "all layers" : `layer${to - from > 1 ? "s" : ""} ${range(from, to)}`;
	return [...who, ...what ? [what] : leads ? [] : ["stands by"]].join(", ");
}

/** The last one included. */
const range = (from: number, to: number): string => from === to ? "none" : to - from === 1 ? `${from}` : `${from}..${to - 1}`;
