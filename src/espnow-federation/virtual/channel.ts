/**
 * One Wi-Fi channel on which all stations hear each other, with the distributed coordination function of IEEE Std 802.11-2020,
 * 10.3: who finds it idle for DIFS sends; who finds it busy, or has sent, first counts random slots in which it is idle.
 * Frames that begin in one slot are lost, all of them. An event for each access, not for each slot.
 */

import type { Target } from "ruvllm-esp32/espnow-federation/virtual/event-queue";
import { BROADCAST } from "ruvllm-esp32/espnow-federation/virtual/frame";
import { CCA, CW_MAX, DIFS, SIFS, SLOT } from "ruvllm-esp32/espnow-federation/virtual/phy";
import type { Station } from "ruvllm-esp32/espnow-federation/virtual/station";
import type { VirtualWorld } from "ruvllm-esp32/espnow-federation/virtual/world";

const ACCESS = 0, DATA_END = 1, EXCHANGE_END = 2, COLLISION_END = 3;

export class Channel implements Target {
	/** Of living boards tuned to it. */
	readonly stations: Station[] = [];
	/** Time in which it was busy: data, and acknowledgements with the wait before them. */
	busyMicroseconds = 0;
	readonly #world: VirtualWorld;
	/** Those that count slots or have a frame. */
	readonly #contending: Station[] = [];
	readonly #senders: Station[] = [];
	#busy = false;
	#busyFrom = 0;
	#idleFrom = -DIFS;
	/** Of the access that is scheduled; earlier ones are void. */
	#turn = 0;
	#accessAt = Infinity;

	constructor(world: VirtualWorld) {
		this.#world = world;
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
				this.#draw(station);
			station.listed = true;
			this.#contending.push(station);
		}
		if (!this.#busy && this.#begin(station) < this.#accessAt)
			this.#arm(this.#begin(station));
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
		return Math.max(this.#idleFrom + DIFS, station.hold);
	}
	/** When it will send, if the channel stays idle. */
	#begin(station: Station): number {
		return Math.max(this.#start(station) + station.slots * SLOT, station.ready);
	}
	#arm(time: number): void {
		this.#accessAt = time;
		this.#world.events.push(time, this, ACCESS, ++this.#turn);
	}
	#armNext(): void {
		let next = Infinity;
		for (const station of this.#contending)
			if (station.queue.length)
				next = Math.min(next, this.#begin(station));
		this.#turn++;
		this.#accessAt = Infinity;
		if (next < Infinity)
			this.#arm(next);
	}
	#draw(station: Station): void {
		station.window ||= station.queue.first!.profile.contentionWindow;
		station.slots = this.#world.slots.below(station.window + 1);
	}

	#access(): void {
		const { now, events, statistics } = this.#world, senders = this.#senders, contending = this.#contending;
		let end = now;
		senders.length = 0;
		for (let i = contending.length - 1; i >= 0; i--) {
			const station = contending[i]!, at = this.#begin(station), frame = station.queue.first;
			if (frame && at <= now + CCA) {
				senders.push(station);
				station.sending = true;
				station.slots = 0;
				station.sendingUntil = at + frame.airtime;
				end = Math.max(end, station.sendingUntil);
				if (frame.attempts++)
					statistics.retries++;
				statistics.frames++;
				statistics.bytes += frame.airBytes;
				statistics.airtimeMicroseconds += frame.airtime;
				const own = station.board.statistics;
				own.frames++;
				own.bytes += frame.airBytes;
				own.airtimeMicroseconds += frame.airtime;
			}
			else {
				station.slots -= Math.min(station.slots, Math.max(0, Math.floor((now - this.#start(station)) / SLOT)));
				if (!station.slots && !frame)
					this.#unlist(i);
			}
		}
		this.#busy = true;
		this.#busyFrom = now;
		this.#accessAt = Infinity;
		if (senders.length > 1) {
			statistics.collisions++;
			statistics.collided += senders.length;
		}
		events.push(end, this, senders.length > 1 ? COLLISION_END : DATA_END);
	}
	#unlist(index: number): void {
		const contending = this.#contending, last = contending.pop()!;
		(contending[index] ?? last).listed = false;
		if (index < contending.length)
			contending[index] = last;
	}

	/** Of one frame that had the channel alone. */
	#dataEnd(): void {
		const world = this.#world, sender = this.#senders[0]!, frame = sender.queue.first, { airLoss, acknowledgementLoss } = world.settings;
		if (sender.closed || !frame)
			return this.#end(false);
		if (frame.to === BROADCAST) {
			for (const station of this.stations)
				if (station !== sender && station.board.group === sender.board.group && !world.faults.chance(airLoss))
					world.hear(frame, station.board);
			return this.#end(true);
		}
		const peer = world.board(frame.to);
		let acknowledged = false;
		if (peer?.alive && peer.station.channel === this && peer.group === sender.board.group && !world.faults.chance(airLoss)) {
			if (!frame.heard)
				world.hear(frame, peer);
			frame.heard = true;
			world.statistics.airtimeMicroseconds += frame.profile.acknowledgement;
			acknowledged = !world.faults.chance(acknowledgementLoss);
		}
		/* Others keep silent for an acknowledgement that does not come, too: the frame's duration field says so (10.3.2.4). */
		world.events.push(world.now + SIFS + frame.profile.acknowledgement, this, EXCHANGE_END, Number(acknowledged));
	}

	#end(delivered: boolean): void {
		const { now } = this.#world;
		this.busyMicroseconds += now - this.#busyFrom;
		this.#busy = false;
		this.#idleFrom = now;
		for (const station of this.#senders)
			if (!station.closed)
				this.#finish(station, delivered);
		this.#armNext();
	}
	#finish(station: Station, delivered: boolean): void {
		const frame = station.queue.first!, { contentionWindow, acknowledgementTimeout } = frame.profile, { now, settings } = this.#world;
		station.sending = false;
		station.ready = now;
		station.hold = 0;
		if (delivered || frame.to === BROADCAST || frame.attempts > settings.macRetries) {
			station.window = contentionWindow;
			this.#draw(station);
			station.window = 0;
			station.queue.shift();
			station.board.finished(frame, delivered || frame.to === BROADCAST);
		}
		else {
			station.window = Math.min(2 * (station.window || contentionWindow) + 1, CW_MAX);
			this.#draw(station);
		}
		if (!delivered && frame.to !== BROADCAST)
			station.hold = station.sendingUntil + acknowledgementTimeout + DIFS;
		if (station.nextChannel) {
			const channel = station.nextChannel;
			station.nextChannel = undefined;
			station.tune(channel);
		}
	}
}

function remove(list: Station[], station: Station): void {
	const at = list.indexOf(station);
	if (at >= 0)
		list.splice(at, 1);
}
