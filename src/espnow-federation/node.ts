/** A board in a network: radio below, members and messages above. Frames and time-outs: docs/federation-protocol.md. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { PhyRate, RadioPort } from "ruvllm-esp32/platform/radio";
import { Alarm } from "ruvllm-esp32/espnow-federation/alarm";
import { BROADCAST_AT, FrameType, getU32, HEADER, HIGHEST_VERSION, LOWEST_VERSION } from "ruvllm-esp32/espnow-federation/frames/layout";
import { AeadSealer } from "ruvllm-esp32/espnow-federation/frames/aead";
import { OpenSealer } from "ruvllm-esp32/espnow-federation/frames/open-sealer";
import type { Sealer } from "ruvllm-esp32/espnow-federation/frames/sealer";
import { Wire } from "ruvllm-esp32/espnow-federation/frames/wire";
import { Messenger } from "ruvllm-esp32/espnow-federation/link/messenger";
import type { Board } from "ruvllm-esp32/espnow-federation/membership/board";
import { Channels } from "ruvllm-esp32/espnow-federation/membership/channels";
import { FailureDetector } from "ruvllm-esp32/espnow-federation/membership/failure-detector";
import { LEAVING, writeHello } from "ruvllm-esp32/espnow-federation/membership/hello";
import { Introductions } from "ruvllm-esp32/espnow-federation/membership/introductions";
import { Members } from "ruvllm-esp32/espnow-federation/membership/members";
import type { Capabilities, Clock, Member, MemberEvent, MessageHandler, Network, NetworkStatistics, Service } from "ruvllm-esp32/espnow-federation/network";

export interface NodeOptions {
	radio: RadioPort;
	clock: Clock;
	/** 0 to 2^32 - 1; unpredictable where there is a secret. */
	random: () => number;
	capabilities: Capabilities;
	/** Of a closed network, 16 to 128 bytes: who does not know it can neither read nor write. None: an open network, with a checksum. */
	secret?: Uint8Array;
	/** What protects frames, instead of what `secret` says. */
	sealer?: Sealer;
	/** Number of an open network, 0 by default: others' frames count as forged. */
	network?: number;
	/** Wi-Fi channels where others may be, 1 to 13: without any, the radio stays where it is. */
	channels?: readonly number[];
	heartbeatMilliseconds?: number;
	deadAfterMilliseconds?: number;
	/** Bytes of the longest frame, 250 by default: all boards of a network must take it. */
	frameBytes?: number;
	/** Buffers of one frame each, for all that waits; made when needed. 192 by default. */
	segments?: number;
	/** Boards known at one time, 64 by default. */
	maxMembers?: number;
	/** PHY rate to peers; the radio's own by default. */
	rate?: PhyRate;
	/** Versions of the protocol, lowest and highest: for tests. */
	versions?: readonly [number, number];
	/** Frames after which a new boot number is taken, at most 2^32 - 2^16 (the default): for tests. */
	counterLimit?: number;
	/** What an operator should know: who was refused, and why. */
	onError?: (error: RuvllmError, address: number) => void;
}

const MESSAGE_BYTES = 16384;
const SERVICES = 16;
/** What Frames says of a frame that is no link's. */
const Got = { Dropped: -1, Stranger: -2, Other: -3, Sealed: -4 } as const;
/** Signs of life that others ask for are at least this far apart. */
const SIGN = 30_000;

export class Node implements Network {
	readonly address: number;
	readonly clock: Clock;
	readonly self: Member;
	readonly statistics: NetworkStatistics;
	readonly frameBytes: number;
	readonly messageBytes = MESSAGE_BYTES;
	readonly #options: NodeOptions;
	readonly #wire: Wire;
	readonly #alarm: Alarm;
	readonly #members: Members;
	readonly #introductions: Introductions;
	readonly #detector: FailureDetector;
	readonly #channels: Channels;
	readonly #messenger: Messenger;
	readonly #handlers: (MessageHandler | undefined)[] = new Array<MessageHandler | undefined>(SERVICES).fill(undefined);
	readonly #drains: (() => void)[] = [];
	readonly #broadcastPayload: Uint8Array;
	readonly #beat: number;
	readonly #counterLimit: number;
	/** When something but links is due: heartbeats, introductions, suspects, channels. */
	#next = 0;
	#nextBeat = 0;
	#lastHello = -Infinity;
	#version: number;
	#reading = false;
	#closed = false;
	#thrown: unknown[] = [];

	/** @throws RuvllmError FEDERATION_CONFIG for settings that can't work, FEDERATION_SECRET, CRYPTO_ABSENT */
	constructor(options: NodeOptions) {
		const { radio, clock, random } = options, beat = options.heartbeatMilliseconds ?? 250, dead = options.deadAfterMilliseconds ?? 1200;
		const frameBytes = Math.min(radio.mtu, options.frameBytes ?? 250), [lowest, highest] = options.versions ?? [LOWEST_VERSION, HIGHEST_VERSION];
		check(integerFrom(beat, 10, 60_000) && integerFrom(dead, 2 * beat, 600_000), "heartbeatMilliseconds must be 10 to 60000, deadAfterMilliseconds at least twice that");
		check(integerFrom(frameBytes, 100, 1470), "frameBytes must be 100 to 1470");
		check(integerFrom(options.segments ?? 192, 16, 4096), "segments must be 16 to 4096");
		check(integerFrom(options.maxMembers ?? 64, 1, 4096), "maxMembers must be 1 to 4096");
		check(integerFrom(options.counterLimit ?? 1000, 1000, 0xffff0000), "counterLimit must be 1000 to 2^32 - 2^16");
		check((options.channels ?? []).every((channel) => integerFrom(channel, 1, 13)), "channels must be 1 to 13");
		check(integerFrom(options.network ?? 0, 0, 0xffffffff), "network must be 0 to 2^32 - 1");
		check(integerFrom(lowest, 1, 15) && integerFrom(highest, lowest, 15), "versions must be 1 to 15, the lowest first");
		this.#options = options;
		this.#beat = beat * 1000;
		this.#counterLimit = options.counterLimit ?? 0xffff0000;
		this.#version = highest;
		this.address = radio.address;
		this.clock = clock;
		const wire = this.#wire = new Wire(radio, options.sealer ?? (options.secret ? new AeadSealer(options.secret) : new OpenSealer(options.network ?? 0)), {
			longest: frameBytes, messageBytes: MESSAGE_BYTES, segments: options.segments ?? 192, boards: options.maxMembers ?? 64, lowest, highest,
		});
		const members = this.#members = new Members(radio.address, options.capabilities, options.maxMembers ?? 64, wire.frames);
		this.#alarm = new Alarm(clock, () => this.#work());
		this.#introductions = new Introductions(wire, members, {
			random, lowest, highest,
			hello: (bytes, at) => writeHello(bytes, at, this.self, this.#closed ? LEAVING : 0, this.#channels.home, this.#channels.anchor(clock.microseconds())),
			unicast: (to, version, type, plainOffset, end, now) => this.#messenger.unicast(to, version, type, plainOffset, end, now),
			refused: (code, sentence, address) => options.onError?.(new RuvllmError(code, `${hexadecimal(address)}: ${sentence}`), address),
		});
		this.#detector = new FailureDetector(wire, members, random, dead);
		this.#channels = new Channels(radio, members, options.channels ?? [], {
			random,
			hello: () => { this.#nextBeat = Math.min(this.#nextBeat, clock.microseconds() + random() % 4096); },
			idle: () => this.#messenger.idle,
		});
		this.#messenger = new Messenger(wire, {
			segments: options.segments ?? 192, rate: options.rate,
			alarm: (at) => this.#alarm.by(at), away: () => this.#channels.away,
			deliver: (from, service, bytes, count) => this.#deliver(from, service, bytes, count),
			drain: () => this.#drain(),
		});
		members.onJoin = (board) => this.#joined(board);
		members.onLeave = () => this.#agree();
		this.self = members.self;
		this.statistics = wire.statistics;
		this.frameBytes = this.#messenger.segmentBytes - 1;
		this.#broadcastPayload = new Uint8Array(wire.in.buffer as ArrayBuffer, BROADCAST_AT, frameBytes - BROADCAST_AT);
		this.#restart(clock.microseconds());
		radio.onReadable = () => this.#read();
		radio.onSent = (to, delivered) => this.#messenger.reported(to, delivered, clock.microseconds());
		radio.onWritable = () => {
			wire.blocked = false;
			this.#work();
		};
		this.#read();
		this.#schedule();
	}

	get members(): readonly Member[] {
		return this.#members.members;
	}
	alive(): readonly Member[] {
		return this.#members.living;
	}
	member(address: number): Member | undefined {
		return address === this.address ? this.self : this.#members.boards.get(address)?.member;
	}
	announce(): void {
		this.#nextBeat = Math.min(this.#nextBeat, this.clock.microseconds());
		this.#schedule();
	}
	/** @throws RuvllmError NETWORK_LENGTH, NETWORK_SERVICE, NETWORK_SELF */
	send(to: number, service: Service, bytes: Uint8Array, count = bytes.length): boolean {
		return this.#messenger.send(to, service, bytes, count, this.clock.microseconds()) >= 0 || this.#refuse(to, service, bytes, count);
	}
	/** Why a message was not queued. @returns whether it is now: numbers that are integers may not look so in C */
	#refuse(to: number, service: Service, bytes: Uint8Array, count: number): boolean {
		checkMessage(service, bytes, count, MESSAGE_BYTES);
		if (to === this.address)
			throw new RuvllmError("NETWORK_SELF", "a message to oneself needs no network: call the handler");
		return this.#messenger.send(to, service | 0, bytes, count | 0, this.clock.microseconds()) >= 0;
	}
	/** @throws RuvllmError NETWORK_LENGTH, NETWORK_SERVICE */
	broadcast(service: Service, bytes: Uint8Array, count = bytes.length): boolean {
		checkMessage(service, bytes, count, this.#wire.bodyBytes - 1);
		if (this.#closed || this.#wire.blocked || this.#channels.away)
			return false;
		const out = this.#wire.out;
		out[HEADER] = service;
		out.set(count === bytes.length ? bytes : bytes.subarray(0, count), BROADCAST_AT);
		return this.#wire.send(undefined, this.#version, FrameType.Broadcast, HEADER, BROADCAST_AT + count);
	}
	handle(service: Service, handler: MessageHandler | undefined): void {
		checkMessage(service, EMPTY, 0, 0);
		this.#handlers[service] = handler;
	}
	watch(callback: (event: MemberEvent, member: Member) => void): () => void {
		return this.#members.watch(callback);
	}
	onDrain(callback: () => void): () => void {
		this.#drains.push(callback);
		return () => {
			const at = this.#drains.indexOf(callback);
			if (at >= 0)
				this.#drains.splice(at, 1);
		};
	}
	/** Says good-bye, and stops; the radio stays open. */
	close(): void {
		if (this.#closed)
			return;
		this.#closed = true;
		this.#introductions.sayHello();
		this.#alarm.close();
		const radio = this.#wire.radio;
		radio.onReadable = radio.onSent = radio.onWritable = undefined;
		for (const board of this.#members.list) {
			this.#wire.frames.leave(board.place);
			board.key?.close();
		}
		this.#wire.close();
	}

	/** A new boot number: to others, this board has rebooted. */
	#restart(now: number): void {
		for (const board of this.#members.list)
			this.#members.leave(board);
		this.#wire.restart(this.#options.random);
		this.#members.setBoot(getU32(this.#wire.boot, 0));
		this.#nextBeat = now + this.#options.random() % 100_000;
	}
	#work(): void {
		if (this.#closed)
			return;
		const now = this.clock.microseconds();
		if (now >= this.#next) {
			if (this.#wire.frames.counter() >= this.#counterLimit)
				this.#restart(now);
			this.#channels.work(now);
			if (this.#nextBeat <= now)
				this.#hello(now);
			this.#introductions.work(now);
			this.#detector.work(now, this.#version);
			this.#messenger.work(now);
			this.#schedule();
		}
		else {
			// Links want to be looked at more often.
			this.#messenger.work(now);
			this.#alarm.by(this.#next);
		}
	}
	/** Links ask for themselves. */
	#schedule(): void {
		this.#next = Math.min(this.#nextBeat, this.#introductions.deadline, this.#detector.deadline, this.#channels.deadline);
		this.#alarm.by(this.#next);
	}
	#hello(now: number): void {
		// An eighth earlier or later: boards that were switched on together don't stay together.
		const spread = this.#beat >> 2;
		const sent = !this.#wire.blocked && this.#introductions.sayHello();
		this.#nextBeat = now + (sent ? this.#beat - (spread >> 1) + this.#options.random() % spread : 10_000);
		if (sent)
			this.#lastHello = now;
	}
	#read(): void {
		if (this.#reading || this.#closed)
			return;
		this.#reading = true;
		const { radio, in: frame } = this.#wire;
		for (let count = radio.read(frame); count > 0 && !this.#closed; count = radio.read(frame))
			this.#receive(radio.from, count);
		this.#reading = false;
		if (this.#thrown.length)
			throw this.#thrown.splice(0)[0];
	}
	#receive(from: number, count: number): void {
		const now = this.clock.microseconds(), found = this.#wire.frames.receive(from, count, now);
		if (found >= 0)
			this.#messenger.received(from, found, now);
		else if (found !== Got.Dropped)
			this.#unusual(from, found, count, now);
	}
	/** Anything but a link's frame of an open network. */
	#unusual(from: number, found: number, count: number, now: number): void {
		const { frames, in: frame } = this.#wire;
		if (found === Got.Stranger) {
			const board = this.#introductions.receive(from, frame[1]!, count, now);
			if (board?.joined)
				this.#channels.heard(board, now);
			this.#schedule();
			return;
		}
		const board = this.#members.boards.get(from)!;
		if (found === Got.Sealed) {
			found = frames.opened(board.key!.open(frames.incoming(), frame, HEADER, count), count, now);
			if (found >= 0)
				this.#messenger.received(from, found, now);
		}
		if (found === Got.Other) {
			this.#dispatch(board, frame[1]!, count - this.#wire.sealer.trailerBytes, now);
			this.#schedule();
		}
	}
	#dispatch(board: Board, type: number, end: number, now: number): void {
		if (type === FrameType.Broadcast) {
			if (board.joined)
				this.#deliver(board.address, this.#wire.in[HEADER]!, this.#broadcastPayload, end - BROADCAST_AT);
		}
		else if (type === FrameType.Heard)
			this.#detector.told(now, end);
		else if (this.#detector.asked(now, end) && now - this.#lastHello >= SIGN)
			this.#nextBeat = Math.min(this.#nextBeat, now + this.#options.random() % 16_384);
	}
	/** A handler that throws stops nothing: what it threw is thrown when all that came is read. */
	#deliver(from: number, service: number, bytes: Uint8Array, count: number): void {
		try {
			this.#handlers[service]?.(from, bytes, count);
		}
		catch (error) {
			this.#thrown.push(error);
		}
	}
	#joined(board: Board): void {
		this.#messenger.join(board);
		this.#agree();
	}
	/** Broadcasts use the highest version that all members speak. */
	#agree(): void {
		this.#version = this.#options.versions?.[1] ?? HIGHEST_VERSION;
		for (const board of this.#members.list)
			if (board.joined)
				this.#version = Math.min(this.#version, board.version);
	}
	#drain(): void {
		for (let i = 0; i < this.#drains.length; i++)
			this.#drains[i]!();
	}
}

const EMPTY = new Uint8Array(0);
const integerFrom = (value: number, low: number, high: number): boolean => Number.isInteger(value) && value >= low && value <= high;
const hexadecimal = (address: number): string => address.toString(16).padStart(12, "0").replace(/(..)(?=.)/g, "$1:");

function check(good: boolean, sentence: string): void {
	if (!good)
		throw new RuvllmError("FEDERATION_CONFIG", sentence);
}
function checkMessage(service: number, bytes: Uint8Array, count: number, longest: number): void {
	if (!integerFrom(service, 0, SERVICES - 1))
		throw new RuvllmError("NETWORK_SERVICE", `service ${service} is no number from 0 to ${SERVICES - 1}; take one of Service`);
	if (!integerFrom(count, 0, Math.min(longest, bytes.length)))
		throw new RuvllmError("NETWORK_LENGTH", `a message of ${count} bytes: give 0 to ${Math.min(longest, bytes.length)}`);
}
