import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { PeerOptions, PhyRate, RadioPort } from "ruvllm-esp32/platform/radio";
import { BROADCAST, type Frame, Ring } from "ruvllm-esp32/espnow-federation/virtual/frame";
import { frameBytes, type PhyProfile, profileOf } from "ruvllm-esp32/espnow-federation/virtual/phy";
import type { VirtualBoard } from "ruvllm-esp32/espnow-federation/virtual/board";

const PEERS = 20;

interface Peer {
	profile: PhyProfile;
	encrypted: boolean;
}

/** A board's radio, from one start to the next. */
export class VirtualRadio implements RadioPort {
	onReadable: (() => void) | undefined;
	onSent: ((to: number, delivered: boolean) => void) | undefined;
	onWritable: (() => void) | undefined;
	dropped = 0;
	from = 0;
	readonly rssi = 0;
	readonly #board: VirtualBoard;
	readonly #rate: PhyRate;
	readonly #peers = new Map<number, Peer>();
	readonly #received = new Ring<Frame>();
	#channel: number;
	/** Datagrams that `send` took and the MAC layer has not finished. */
	#unfinished = 0;
	/** onReadable was called, and all has not been read. */
	#announced = false;
	#refused = false;
	#closed = false;

	constructor(board: VirtualBoard, rate: PhyRate, channel: number) {
		this.#board = board;
		this.#rate = rate;
		this.#channel = channel;
	}

	get address(): number {
		return this.#board.address;
	}
	get mtu(): number {
		return this.#board.world.settings.mtu;
	}
	get maxPeers(): number {
		return PEERS;
	}
	get channel(): number {
		return this.#channel;
	}
	set channel(channel: number) {
		if (!this.#closed)
			this.#board.station.tune(this.#board.world.channel(channel));
		this.#channel = channel;
	}

	addPeer(address: number, { rate = this.#rate, localKey }: PeerOptions = {}): void {
		if (!Number.isInteger(address) || address < 0 || address >= BROADCAST)
			throw new RangeError(`${address} is no address of a peer`);
		const profile = profileOf(rate);
		if (localKey && localKey.length !== 16)
			throw new RangeError(`a local key has 16 bytes, not ${localKey.length}`);
		if (!this.#peers.has(address) && this.#peers.size >= PEERS)
			throw new RuvllmError("RADIO_PEERS", `all ${PEERS} places for peers are taken; remove one first`);
		this.#peers.set(address, { profile, encrypted: localKey !== undefined });
	}
	removePeer(address: number): void {
		this.#peers.delete(address);
	}

	send(to: number, bytes: Uint8Array, count = bytes.length): boolean {
		const peer = this.#peers.get(to);
		if (!peer)
			throw new RuvllmError("RADIO_PEER", `${to.toString(16)} is no known peer; call addPeer first`);
		return this.#queue(to, bytes, count, peer.profile, peer.encrypted);
	}
	broadcast(bytes: Uint8Array, count = bytes.length): boolean {
		return this.#queue(BROADCAST, bytes, count, profileOf(this.#board.world.settings.broadcastRate), false);
	}
	#queue(to: number, bytes: Uint8Array, count: number, profile: PhyProfile, encrypted: boolean): boolean {
		const world = this.#board.world;
		if (!Number.isInteger(count) || count < 1 || count > this.mtu || count > bytes.length)
			throw new RuvllmError("RADIO_LENGTH", `a datagram has 1 to ${this.mtu} bytes, not ${count} of ${bytes.length}`);
		if (this.#closed)
			throw new RuvllmError("RADIO_CLOSED", "the radio is closed; use the one of the board's present start");
		if (this.#unfinished >= world.settings.queue) {
			this.#refused = true;
			return false;
		}
		const frame = world.frames.take(this.address, to, bytes, count);
		frame.profile = profile;
		frame.airBytes = frameBytes(count, encrypted);
		frame.airtime = profile.airtime(frame.airBytes);
		this.#unfinished++;
		world.statistics.sent++;
		this.#board.submit(frame);
		return true;
	}

	read(into: Uint8Array): number {
		const frame = this.#received.first;
		if (!frame) {
			this.#announced = false;
			return 0;
		}
		if (into.length < frame.count)
			throw new RangeError(`a datagram of ${frame.count} bytes does not fit ${into.length}; give ${this.mtu}`);
		this.#received.shift();
		const { count, from } = frame;
		into.set(count === frame.bytes.length ? frame.bytes : frame.bytes.subarray(0, count));
		this.from = from;
		this.#board.world.frames.release(frame);
		return count;
	}

	close(): void {
		if (!this.#closed)
			this.#board.radioOff();
	}

	/** For the board: it can be read; whether onReadable is to be called. */
	arrive(frame: Frame): boolean {
		const { frames, settings, statistics } = this.#board.world;
		if (this.#received.length >= settings.queue) {
			this.dropped++;
			statistics.dropped++;
			frames.release(frame);
			return false;
		}
		this.#received.push(frame);
		statistics.arrived++;
		this.#board.statistics.arrived++;
		const announce = !this.#announced && this.onReadable !== undefined;
		this.#announced ||= announce;
		return announce;
	}
	/** For the board: the MAC layer has done with a frame; whether onWritable is to be called. */
	finish(): boolean {
		const writable = this.#refused;
		this.#unfinished--;
		this.#refused = false;
		return writable;
	}
	/** For the board: nothing is called any more. */
	shut(): void {
		this.#closed = true;
		this.onReadable = this.onSent = this.onWritable = undefined;
		for (let frame = this.#received.shift(); frame; frame = this.#received.shift())
			this.#board.world.frames.release(frame);
	}
}
