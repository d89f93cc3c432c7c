/**
 * One Wi-Fi channel on which all stations hear each other, with the distributed coordination function of IEEE Std 802.11-2020,
 * 10.3: who finds it idle for DIFS sends; who finds it busy, or has sent, first counts random slots in which it is idle.
 * Frames that begin in one slot are lost, all of them. An event for each access, not for each slot.
 *
 * Its loops run for every frame, and XS interprets: no iterators, few calls.
 */

import type { Target } from "ruvllm-esp32/espnow-federation/virtual/event-queue";
import { BROADCAST } from "ruvllm-esp32/espnow-federation/virtual/frame";
import { CCA, difs, SHORT_SLOT, SIFS, SLOT } from "ruvllm-esp32/espnow-federation/virtual/phy";
import type { Station } from "ruvllm-esp32/espnow-federation/virtual/station";
import type { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";

const ACCESS = 0, DATA_END = 1, EXCHANGE_END = 2, COLLISION_END = 3;

export class Channel implements Target {
	/** Of living boards tuned to it. */
	readonly stations: Station[] = [];
	/** Time in which it was busy: data, and acknowledgements with the wait before them. */
	busyMicroseconds = 0;
	readonly #world: VirtualWorld;
	readonly #slot: number;
	readonly #difs: number;
	/** Frames that begin within it do not hear each other. */
	readonly #vulnerable: number;
	/** Those that count slots or have a frame. */
	readonly #contending: Station[] = [];
	readonly #senders: Station[] = [];
	#busy = false;
	#busyFrom = 0;
	#idleFrom = -difs(SLOT);
	/** Of the access that is scheduled; earlier ones are void. */
	#turn = 0;
	#accessAt = Infinity;

	constructor(world: VirtualWorld) {
		this.#world = world;
		this.#slot = world.settings.shortSlots ? SHORT_SLOT : SLOT;
		this.#difs = difs(this.#slot);
		this.#vulnerable = Math.min(CCA, this.#slot - 1);
	}

	enter(station: Station): void {
		this.stations.push(station);
		if (station.queue.length)
			this.contend(station);
	}
	leave(station: Station): void {
		remove(this.stations, station);
		if (station.listed)
			remove(this.#contending, station);
		station.listed = false;
		station.slots = station.hold = 0;
		if (!this.#busy)
			this.#armNext();
	}

	/** Its first frame is there. */
	contend(station: Station): void {
		station.ready = this.#world.now;
		if (!station.listed) {
			if (this.#busy && station.slots === 0)
				station.draw(this.#world);
			station.listed = true;
			this.#contending.push(station);
		}
		if (!this.#busy) {
			const at = this.#begin(station);
			if (at < this.#accessAt)
				this.#arm(at);
		}
	}

	fire(code: number, extra: number): void {
		if (code === ACCESS) {
			if (extra === this.#turn)
				this.#access();
		}
		else if (code === DATA_END)
			this.#dataEnd();
		else if (code === EXCHANGE_END)
			this.#end(extra !== 0);
		else
			this.#end(false);
	}

	/** Counts of slots start then. */
	#start(station: Station): number {
		const start = this.#idleFrom + this.#difs, { hold } = station;
		return start > hold ? start : hold;
	}
	/** When it will send, if the channel stays idle. */
	#begin(station: Station): number {
		const at = this.#start(station) + station.slots * this.#slot, { ready } = station;
		return at > ready ? at : ready;
	}
	#arm(time: number): void {
		this.#accessAt = time;
		this.#world.events.push(time, this, ACCESS, ++this.#turn);
	}
	#armNext(): void {
		const contending = this.#contending;
		let next = Infinity;
		for (let i = 0; i < contending.length; i++)
			if (contending[i]!.queue.length) {
				const at = this.#begin(contending[i]!);
				if (at < next)
					next = at;
			}
		this.#turn++;
		this.#accessAt = Infinity;
		if (next < Infinity)
			this.#arm(next);
	}

	#access(): void {
		const world = this.#world, now = world.now, senders = this.#senders, contending = this.#contending;
		let end = now;
		senders.length = 0;
		for (let i = contending.length - 1; i >= 0; i--) {
			const station = contending[i]!, waits = station.queue.length > 0, at = waits ? this.#begin(station) : Infinity;
			if (at <= now + this.#vulnerable) {
				senders.push(station);
				const until = this.#transmit(station, at);
				if (until > end)
					end = until;
				continue;
			}
			const elapsed = now - this.#start(station);
			if (elapsed >= 0) {
				const slots = station.slots - (elapsed - elapsed % this.#slot) / this.#slot - (station.edca ? 1 : 0);
				station.slots = slots > 0 ? slots : 0;
			}
			if (!station.slots && !waits)
				this.#unlist(i);
		}
		this.#busy = true;
		this.#busyFrom = now;
		this.#accessAt = Infinity;
		if (senders.length > 1) {
			world.statistics.collisions++;
			world.statistics.collided += senders.length;
		}
		world.events.push(end, this, senders.length > 1 ? COLLISION_END : DATA_END);
	}
	/** @returns when its frame ends */
	#transmit(station: Station, at: number): number {
		const frame = station.queue.first!, { airtime, airBytes } = frame, all = this.#world.statistics, own = station.board.statistics;
		station.sending = true;
		station.slots = 0;
		if (frame.attempts++)
			all.retries++;
		all.frames++;
		all.bytes += airBytes;
		all.airtimeMicroseconds += airtime;
		own.frames++;
		own.bytes += airBytes;
		own.airtimeMicroseconds += airtime;
		return station.sendingUntil = at + airtime;
	}
	#unlist(index: number): void {
		const contending = this.#contending, last = contending.pop()!;
		(contending[index] ?? last).listed = false;
		if (index < contending.length)
			contending[index] = last;
	}

	/** Of one frame that had the channel alone. */
	#dataEnd(): void {
		const world = this.#world, sender = this.#senders[0]!, frame = sender.queue.first, { airLoss, acknowledgementLoss } = world.settings, { group } = sender.board;
		if (sender.closed || !frame)
			return this.#end(false);
		if (frame.to === BROADCAST) {
			const stations = this.stations;
			for (let i = 0; i < stations.length; i++) {
				const station = stations[i]!;
				if (station !== sender && station.board.group === group && !world.faults.chance(airLoss))
					world.hear(frame, station.board, false);
			}
			return this.#end(true);
		}
		const peer = world.board(frame.to), { acknowledgement } = frame.profile;
		const hears = peer !== undefined && !peer.station.closed && peer.station.channel === this && peer.group === group && !world.faults.chance(airLoss);
		if (hears)
			world.statistics.airtimeMicroseconds += acknowledgement;
		/* Others keep silent for an acknowledgement that does not come, too: the frame's duration field says so (10.3.2.4). */
		world.events.push(world.now + SIFS + acknowledgement, this, EXCHANGE_END, hears && !world.faults.chance(acknowledgementLoss) ? 1 : 0);
		if (hears && !frame.heard) {
			frame.heard = true;
			world.hear(frame, peer, true);
		}
	}

	#end(delivered: boolean): void {
		const world = this.#world, now = world.now, senders = this.#senders;
		this.busyMicroseconds += now - this.#busyFrom;
		this.#busy = false;
		this.#idleFrom = now;
		for (let i = 0; i < senders.length; i++)
			if (!senders[i]!.closed)
				senders[i]!.finish(delivered, world, this.#slot);
		/* Programs are told when all is settled; what they send now is armed with the rest. */
		this.#accessAt = -Infinity;
		for (let i = 0; i < senders.length; i++) {
			const station = senders[i]!, { finished } = station;
			if (finished) {
				station.finished = undefined;
				station.board.finished(station, finished, delivered || finished.to === BROADCAST);
			}
		}
		this.#armNext();
	}
}

function remove(list: Station[], station: Station): void {
	const at = list.indexOf(station);
	if (at >= 0)
		list.splice(at, 1);
}
