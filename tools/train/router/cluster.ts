/**
 * A cluster in simulated time: boards of different speeds with a queue each, requests of random length, and boards that drift, die and return.
 * It runs under Node and on XS. What a router is told is what a coordinator knows: announced lengths, not true ones; loads of the last
 * heartbeat and what it sent itself since then. The same seed gives the same requests and the same fate of boards to every policy.
 */

import { Chooser } from "../home/random.ts";

export interface ClusterOptions {
	/** Microseconds for a unit of work, one for each board. */
	speeds: readonly number[];
	/** Of all boards' capacity that is asked for, in the mean; 0.6, for example. */
	utilisation: number;
	requests: number;
	/** Bursts: in a fifth of the time arrivals come this much denser; 1: Poisson. */
	burst: number;
	/** Octaves that a board's speed drifts away at most. */
	drift: number;
	/** Deaths of a board in a hundred seconds, in the mean. */
	deaths: number;
	/** Microseconds between heartbeats; 0: the coordinator alone sends, and knows what it sent. */
	heartbeat: number;
	/** Another coordinator, which sends as many requests, by least expected work; it needs heartbeats. */
	others: 0 | 1;
	seed: number;
}

/** What a policy sees. */
export interface View {
	/** Announced units of the request. */
	position: number;
	/** Units known to wait at each board, 0 to 255. */
	loads: Uint8Array;
	/** Microseconds there and back. */
	hops: Uint16Array;
	alive: readonly boolean[];
	/** Truth, for oracles: microseconds until a board would begin with this request, and for this request there, its true length. */
	waits: Float64Array;
	takes: Float64Array;
}

export interface Policy {
	choose(view: View): number;
	/** A board has answered. work: load + position + 1 when it was chosen. */
	observe?(chip: number, microseconds: number, work: number, hop: number): void;
}

export interface Outcome {
	/** Microseconds from a request's arrival to its answer. */
	mean: number;
	percentile95: number;
	/** Requests a second. */
	throughput: number;
	/** Sent again because a board had died. */
	repeated: number;
}

interface Task {
	own: boolean;
	arrived: number;
	sent: number;
	units: number;
	announced: number;
	work: number;
	hop: number;
}

interface Board {
	queue: Task[];
	head: number;
	/** When the one at the head will be done; Infinity: idle. */
	done: number;
	slow: number;
	diesAt: number;
	returnsAt: number;
	dead: boolean;
	/** Announced units in the queue; at the last heartbeat; sent since then by oneself, and by the other. */
	announced: number;
	reported: number;
	since: number;
	others: number;
}

const DETECTION = 1e6, DRIFT_EVERY = 2e6, LONGEST = 120;

export function simulate(options: ClusterOptions, policy: Policy): Outcome {
	const random = new Chooser(options.seed), uniform = (): number => (random.below(1 << 30) + 0.5) / 2 ** 30, exponential = (mean: number): number => -Math.log(uniform()) * mean;
	const { speeds, drift, heartbeat } = options, count = speeds.length, life = options.deaths > 0 ? 1e8 / options.deaths : Infinity;
	const boards = speeds.map((): Board => ({
		queue: [], head: 0, done: Infinity, slow: 2 ** (drift * (2 * uniform() - 1)), diesAt: life < Infinity ? exponential(life) : Infinity, returnsAt: Infinity, dead: false, announced: 0, reported: 0, since: 0, others: 0,
	}));
	const capacity = speeds.reduce((sum, speed) => sum + 1 / speed, 0), senders = 1 + options.others;
	/* Lengths: exponential, 16 units in the mean before the longest are cut. */
	const gap = 16 / (capacity * options.utilisation), view: View = {
		position: 0, loads: new Uint8Array(count), hops: new Uint16Array(count), alive: new Array<boolean>(count).fill(true), waits: new Float64Array(count), takes: new Float64Array(count),
	};
	const hops = speeds.map((_, c) => c === 0 ? 0 : 800 + random.below(6000)), latencies: number[] = [], again: Task[] = [];
	let now = 0, nextDrift = DRIFT_EVERY, nextBeat = heartbeat, burstUntil = 0, calmUntil = exponential(4e6), repeated = 0;

	const begin = (c: number, at: number): void => {
		const board = boards[c]!, task = board.queue[board.head];
		board.done = task ? Math.max(at, task.sent + task.hop / 2) + task.units * speeds[c]! * board.slow : Infinity;
	};
	const finish = (c: number): void => {
		const board = boards[c]!, task = board.queue[board.head++]!, at = board.done, answered = at + task.hop / 2;
		board.announced -= task.announced;
		if (board.head > 64) {
			board.queue.splice(0, board.head);
			board.head = 0;
		}
		if (task.own) {
			latencies.push(answered - task.arrived);
			if (!heartbeat)
				board.since -= task.announced;
			policy.observe?.(c, Math.round(answered - task.sent), task.work, task.hop);
		}
		begin(c, at);
	};
	/** What waited at a dead board is sent again when its death is noticed. */
	const bury = (board: Board): void => {
		for (const task of board.queue.slice(board.head))
			again.push(task);
		board.queue = [];
		board.head = board.announced = board.reported = board.since = board.others = 0;
		board.done = Infinity;
	};
	/** All that happens up to a time, in order. */
	const passTo = (time: number): void => {
		for (;;) {
			let next = Math.min(time, nextDrift, heartbeat ? nextBeat : Infinity), which = -1, what = 0;
			for (let c = 0; c < count; c++) {
				const board = boards[c]!;
				if (!board.dead && board.done < next && board.done <= board.diesAt)
					[next, which, what] = [board.done, c, 1];
				if (board.diesAt + DETECTION < next)
					[next, which, what] = [board.diesAt + DETECTION, c, 2];
				if (board.returnsAt < next)
					[next, which, what] = [board.returnsAt, c, 3];
			}
			now = next;
			if (which >= 0) {
				const board = boards[which]!;
				if (what === 1)
					finish(which);
				else if (what === 2) {
					board.dead = true;
					view.alive = view.alive.map((alive, c) => alive && c !== which);
					board.returnsAt = now + exponential(1e7);
					board.diesAt = Infinity;
					bury(board);
				}
				else {
					board.dead = false;
					view.alive = view.alive.map((alive, c) => alive || c === which);
					board.returnsAt = Infinity;
					board.diesAt = now + exponential(life);
				}
			}
			else if (next === nextDrift && next < time) {
				nextDrift += DRIFT_EVERY;
				for (const board of boards)
					board.slow = Math.min(2 ** drift, Math.max(2 ** -drift, board.slow * 2 ** (drift * 0.25 * (2 * uniform() - 1))));
			}
			else if (heartbeat && next === nextBeat && next < time) {
				nextBeat += heartbeat;
				for (const board of boards) {
					board.reported = board.announced;
					board.since = board.others = 0;
				}
			}
			else
				return;
		}
	};
	const look = (units: number, announced: number): void => {
		view.position = announced;
		for (let c = 0; c < count; c++) {
			const board = boards[c]!, known = board.reported + board.since;
			view.loads[c] = known > 255 ? 255 : known;
			view.hops[c] = hops[c]!;
			let wait = board.done === Infinity ? 0 : board.done - now;
			for (let i = board.head + 1; i < board.queue.length; i++)
				wait += board.queue[i]!.units * speeds[c]! * board.slow;
			view.waits[c] = wait;
			view.takes[c] = units * speeds[c]! * board.slow + hops[c]!;
		}
	};
	const send = (task: Task): void => {
		if (!view.alive.includes(true))
			/* Nobody is there: it is tried again. */
			return void again.push({ ...task });
		look(task.units, task.announced);
		let chip = 0;
		if (task.own) {
			chip = policy.choose(view);
			task.work = view.loads[chip]! + task.announced + 1;
			boards[chip]!.since += task.announced;
		}
		else
			for (let c = 0, best = Infinity; c < count; c++) {
				const expected = (boards[c]!.reported + boards[c]!.others + task.announced) * speeds[c]!;
				if (view.alive[c] && expected < best)
					[chip, best] = [c, expected];
			}
		const board = boards[chip]!;
		board.others += task.own ? 0 : task.announced;
		task.sent = now;
		task.hop = hops[chip]!;
		board.queue.push(task);
		board.announced += task.announced;
		if (board.queue.length === board.head + 1)
			begin(chip, now);
	};
	let arrival = 0;
	for (let i = 0; i < options.requests * senders; i++) {
		if (arrival > calmUntil) {
			burstUntil = arrival + exponential(1e6);
			calmUntil = burstUntil + exponential(4e6);
		}
		/* Denser in bursts and thinner else, so that the mean stays. */
		arrival += exponential(gap) * (arrival < burstUntil ? 1 / options.burst : 1.25 - 0.25 / options.burst);
		passTo(arrival);
		for (const task of again.splice(0)) {
			repeated += Number(task.own);
			send(task);
		}
		const announced = 1 + Math.min(LONGEST - 1, Math.floor(exponential(16))), noise = 2 ** (2 * uniform() - 1);
		const own = senders === 1 || random.below(senders) === 0;
		send({ own, arrived: arrival, sent: arrival, units: announced * noise, announced, work: 0, hop: 0 });
	}
	for (let left = 1; left;) {
		passTo(now + 1e6);
		for (const task of again.splice(0))
			send(task);
		left = again.length;
		for (const { queue, head } of boards)
			left += queue.length - head;
	}
	const end = now;
	latencies.sort((a, b) => a - b);
	return {
		mean: latencies.reduce((a, b) => a + b, 0) / latencies.length, percentile95: latencies[Math.floor(latencies.length * 0.95)]!, throughput: latencies.length / end * 1e6, repeated,
	};
}
