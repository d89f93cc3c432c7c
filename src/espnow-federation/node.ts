/** A board in a network: radio below, members and messages above. Frames and time-outs: docs/federation-protocol.md. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { Alarm } from "ruvllm-esp32/espnow-federation/alarm";
import { BROADCAST_AT, FrameType, getU32, HEADER } from "ruvllm-esp32/espnow-federation/frames/layout";
import { AeadSealer } from "ruvllm-esp32/espnow-federation/frames/aead";
import { OpenSealer } from "ruvllm-esp32/espnow-federation/frames/open-sealer";
import { Wire } from "ruvllm-esp32/espnow-federation/frames/wire";
import { Messenger } from "ruvllm-esp32/espnow-federation/link/messenger";
import type { Board } from "ruvllm-esp32/espnow-federation/membership/board";
import { Channels } from "ruvllm-esp32/espnow-federation/membership/channels";
import { FailureDetector } from "ruvllm-esp32/espnow-federation/membership/failure-detector";
import { LEAVING, writeHello } from "ruvllm-esp32/espnow-federation/membership/hello";
import { Introductions } from "ruvllm-esp32/espnow-federation/membership/introductions";
import { Members } from "ruvllm-esp32/espnow-federation/membership/members";
import { checkMessage, checkOptions, EMPTY, MESSAGE_BYTES, type NodeOptions, type NodeSettings, SERVICES } from "ruvllm-esp32/espnow-federation/node-options";
import type { Clock, Member, MemberEvent, MessageHandler, Network, NetworkStatistics, Service } from "ruvllm-esp32/espnow-federation/network";

export type { NodeOptions } from "ruvllm-esp32/espnow-federation/node-options";

/** What Frames says of a frame that is no link's. */
const Got = { Dropped: -1, Stranger: -2, Other: -3, Sealed: -4 } as const;

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
	readonly #settings: NodeSettings;
	/** When something but links is due: heartbeats, introductions, suspects, channels. */
	#next = 0;
	#nextBeat = 0;
	#lastHello = -Infinity;
	#version: number;
	#reading = false;
	#working = false;
	#closed = false;

	/** @throws RuvllmError FEDERATION_CONFIG for settings that can't work, FEDERATION_SECRET, CRYPTO_ABSENT */
	constructor(options: NodeOptions) {
		const { radio, clock, random } = options, settings = checkOptions(options), { frameBytes, lowest, highest } = settings;
		this.#options = options;
		this.#settings = settings;
		this.#version = highest;
		this.address = radio.address;
		this.clock = clock;
		const wire = this.#wire = new Wire(radio, options.sealer ?? (options.secret ? new AeadSealer(options.secret) : new OpenSealer(settings.network)), {
			longest: frameBytes, messageBytes: MESSAGE_BYTES, segments: settings.segments, boards: settings.maxMembers, lowest, highest,
		});
		const members = this.#members = new Members(radio.address, options.capabilities, settings.maxMembers, wire.frames);
		this.#alarm = new Alarm(clock, () => this.#work());
		this.#introductions = new Introductions(wire, members, {
			random, lowest, highest,
			hello: (bytes, at) => writeHello(bytes, at, this.self, this.#closed ? LEAVING : 0, this.#channels.home, this.#channels.anchor(clock.microseconds())),
			unicast: (to, version, type, plainOffset, end, now) => this.#messenger.unicast(to, version, type, plainOffset, end, now),
			delay: () => this.#messenger.delay,
			refused: (code, sentence, address) => members.guard(() => options.onError?.(new RuvllmError(code, `${hexadecimal(address)}: ${sentence}`), address)),
		});
		this.#detector = new FailureDetector(wire, members, random, settings.dead, () => this.#messenger.delay);
		this.#channels = new Channels(radio, members, settings.channels, {
			random,
			hello: () => { this.#nextBeat = Math.min(this.#nextBeat, clock.microseconds() + random() % 4096); },
			idle: () => this.#messenger.idle,
		});
		this.#messenger = new Messenger(wire, {
			segments: settings.segments, rate: options.rate,
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
		radio.onSent = (to, delivered) => {
			const now = clock.microseconds();
			this.#messenger.reported(to, delivered, now);
			// Admissions wait for room in the MAC.
			if (this.#introductions.starved) {
				this.#introductions.work(now, true);
				this.#schedule();
			}
		};
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
		if (this.#closed || this.#working)
			return;
		const now = this.clock.microseconds();
		this.#working = true;
		try {
			if (now >= this.#next)
				this.#due(now);
			// Links want to be looked at more often.
			this.#messenger.work(now);
		}
		finally {
			this.#working = false;
		}
		if (now >= this.#next)
			this.#schedule();
		else
			this.#alarm.by(this.#next);
		this.#rethrow();
	}
	#due(now: number): void {
		if (this.#wire.frames.counter() >= this.#settings.counterLimit)
			this.#restart(now);
		this.#channels.work(now);
		if (this.#nextBeat <= now)
			this.#hello(now);
		this.#introductions.work(now);
		this.#detector.work(now, this.#version);
	}
	#rethrow(): void {
		const thrown = this.#members.thrown;
		if (thrown.length)
			throw thrown.splice(0)[0];
	}
	/** Links ask for themselves. */
	#schedule(): void {
		if (this.#closed)
			return;
		this.#next = Math.min(this.#nextBeat, this.#introductions.deadline, this.#detector.deadline, this.#channels.deadline);
		this.#alarm.by(this.#next);
	}
	#hello(now: number): void {
		// An eighth earlier or later: boards that were switched on together don't stay together.
		const beat = 1000 * this.#settings.beat, spread = beat >> 2;
		const sent = !this.#wire.blocked && this.#introductions.sayHello();
		this.#nextBeat = now + (sent ? beat - (spread >> 1) + this.#options.random() % spread : 10_000);
		if (sent)
			this.#lastHello = now;
	}
	#read(): void {
		if (this.#reading || this.#closed)
			return;
		this.#reading = true;
		const { radio, in: frame } = this.#wire;
		try {
			for (let count = radio.read(frame); count > 0 && !this.#closed; count = radio.read(frame))
				this.#receive(radio.from, count);
		}
		finally {
			this.#reading = false;
		}
		this.#rethrow();
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
		else if (this.#detector.asked(now, end) && now - this.#lastHello >= this.#detector.pause)
			this.#nextBeat = Math.min(this.#nextBeat, now + this.#options.random() % 16_384);
	}
	/** A handler that throws stops nothing: what it threw is thrown when all that came is read. */
	#deliver(from: number, service: number, bytes: Uint8Array, count: number): void {
		try {
			this.#handlers[service]?.(from, bytes, count);
		}
		catch (error) {
			this.#members.thrown.push(error);
		}
	}
	#joined(board: Board): void {
		this.#messenger.join(board);
		this.#agree();
	}
	/** Broadcasts use the highest version that all members speak. */
	#agree(): void {
		this.#version = this.#settings.highest;
		for (const board of this.#members.list)
			if (board.joined)
				this.#version = Math.min(this.#version, board.version);
	}
	#drain(): void {
		for (const callback of this.#drains.slice())
			this.#members.guard(callback);
	}
}

const hexadecimal = (address: number): string => address.toString(16).padStart(12, "0").replace(/(..)(?=.)/g, "$1:");
