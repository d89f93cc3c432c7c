import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { PeerOptions, PhyRate, RadioPort } from "ruvllm-esp32/platform/radio";
import { BROADCAST, type Frame, isStation } from "ruvllm-esp32/espnow-federation/virtual/frame";
import { frameBytes, type PhyProfile, profileOf } from "ruvllm-esp32/espnow-federation/virtual/phy";
import { Ring } from "ruvllm-esp32/espnow-federation/virtual/ring";
import type { VirtualBoard } from "ruvllm-esp32/espnow-federation/virtual/board";

const PEERS = 20, KEY_BYTES = 16;

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
	readonly #broadcastProfile: PhyProfile;
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
		this.#broadcastProfile = profileOf(board.world.settings.broadcastRate);
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
	/** An exchange that runs ends first. */
	set channel(channel: number) {
		this.#open();
		this.#board.station.tune(this.#board.world.channel(channel));
		this.#channel = channel;
	}

	addPeer(address: number, { rate = this.#rate, localKey }: PeerOptions = {}): void {
		this.#open();
		const profile = profileOf(rate);
		if (localKey !== undefined && localKey.length !== KEY_BYTES)
			throw new RangeError(`a local key has ${KEY_BYTES} bytes, not ${localKey.length}`);
		if (!this.#peers.has(station(address)) && this.#peers.size >= PEERS)
			throw new RuvllmError("RADIO_PEERS", `there are ${PEERS} peers; remove one first`);
		this.#peers.set(address, { profile, encrypted: localKey !== undefined });
	}
	removePeer(address: number): void {
		this.#open();
		this.#peers.delete(station(address));
	}

	send(to: number, bytes: Uint8Array, count = bytes.length): boolean {
		const peer = this.#peers.get(to);
		if (!peer) {
			this.#open();
			station(to);
			throw new RuvllmError("RADIO_PEER", "the receiver is no peer; addPeer it first");
		}
		return this.#queue(to, bytes, count, peer.profile, peer.encrypted);
	}
	broadcast(bytes: Uint8Array, count = bytes.length): boolean {
		return this.#queue(BROADCAST, bytes, count, this.#broadcastProfile, false);
	}
	#queue(to: number, bytes: Uint8Array, count: number, profile: PhyProfile, encrypted: boolean): boolean {
		const board = this.#board, world = board.world;
		this.#open();
		if (!(bytes instanceof Uint8Array))
			throw new TypeError("the datagram is no Uint8Array");
		if (!(Number.isInteger(count) && count >= 0 && count <= bytes.length))
			throw new RangeError(`count is ${count}, the array has ${bytes.length} bytes`);
		if (count === 0 || count > this.mtu)
			throw new RuvllmError("RADIO_LENGTH", `a datagram of ${count} bytes can't be sent; it has 1 to ${this.mtu}`);
		if (this.#unfinished >= world.settings.queue) {
			this.#refused = true;
			return false;
		}
		const frame = world.frames.take(board.address, to, bytes, count);
		frame.profile = profile;
		frame.airBytes = frameBytes(count, encrypted);
		frame.airtime = profile.airtime(frame.airBytes);
		this.#unfinished++;
		world.statistics.sent++;
		board.submit(frame);
		return true;
	}

	read(into: Uint8Array): number {
		this.#open();
		if (!(into instanceof Uint8Array))
			throw new TypeError("what the datagram goes into is no Uint8Array");
		if (into.length < this.mtu)
			throw new RangeError(`there is room for ${into.length} bytes; a datagram has up to ${this.mtu}`);
		const frame = this.#received.shift();
		if (!frame) {
			this.#announced = false;
			return 0;
		}
		const { bytes, count, from } = frame;
		into.set(count === bytes.length ? bytes : bytes.subarray(0, count));
		this.from = from;
		this.#board.world.frames.release(frame);
		return count;
	}

	close(): void {
		if (!this.#closed)
			this.#board.radioOff();
	}
	#open(): void {
		if (this.#closed)
			throw new RuvllmError("RADIO_CLOSED", "this radio was closed, or its board rebooted: take the board's present one");
	}

	/** For the board: a datagram came; whether onReadable is to be called. */
	arrive(frame: Frame): boolean {
		const { frames, settings, statistics } = this.#board.world;
		if (this.#received.length >= settings.queue) {
			this.dropped++;
			statistics.dropped++;
			frames.release(frame);
		}
		else {
			this.#received.push(frame);
			statistics.arrived++;
			this.#board.statistics.arrived++;
		}
		if (this.#announced || !this.onReadable)
			return false;
		return this.#announced = true;
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

function station(address: number): number {
	if (typeof address !== "number")
		throw new TypeError("the address is no number");
	if (!isStation(address))
		throw new RangeError(`${address} is no address of a board: 48 bits, not 0 and not a group's`);
	return address;
}
