/** What a node can be told, and what it refuses. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import type { PhyRate, RadioPort } from "ruvllm-esp32/platform/radio";
import { HIGHEST_VERSION, LOWEST_VERSION } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { Sealer } from "ruvllm-esp32/espnow-federation/frames/sealer";
import type { Capabilities, Clock } from "ruvllm-esp32/espnow-federation/network";

export const MESSAGE_BYTES = 16384;
export const SERVICES = 16;

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

export interface NodeSettings {
	/** Milliseconds. */
	beat: number;
	dead: number;
	frameBytes: number;
	lowest: number;
	highest: number;
	segments: number;
	maxMembers: number;
	network: number;
	channels: readonly number[];
	counterLimit: number;
}

/** @throws RuvllmError FEDERATION_CONFIG */
export function checkOptions(options: NodeOptions): NodeSettings {
	const beat = options.heartbeatMilliseconds ?? 250, dead = options.deadAfterMilliseconds ?? 1200, frameBytes = Math.min(options.radio.mtu, options.frameBytes ?? 250);
	const [lowest, highest] = options.versions ?? [LOWEST_VERSION, HIGHEST_VERSION];
	const { segments = 192, maxMembers = 64, network = 0, channels = [], counterLimit = 0xffff0000 } = options;
	check(integerFrom(beat, 10, 60_000) && integerFrom(dead, 2 * beat, 600_000), "heartbeatMilliseconds must be 10 to 60000, deadAfterMilliseconds at least twice that");
	check(integerFrom(frameBytes, 100, 1470), "frameBytes must be 100 to 1470");
	check(integerFrom(segments, 16, 4096), "segments must be 16 to 4096");
	check(integerFrom(maxMembers, 1, 4096), "maxMembers must be 1 to 4096");
	check(integerFrom(network, 0, 0xffffffff), "network must be 0 to 2^32 - 1");
	check(integerFrom(counterLimit, 1000, 0xffff0000), "counterLimit must be 1000 to 2^32 - 2^16");
	check(channels.every((channel) => integerFrom(channel, 1, 13)), "channels must be 1 to 13");
	check(integerFrom(lowest, 1, 15) && integerFrom(highest, lowest, 15), "versions must be 1 to 15, the lowest first");
	return { beat, dead, frameBytes, lowest, highest, segments, maxMembers, network, channels, counterLimit };
}

export const EMPTY = new Uint8Array(0);
const integerFrom = (value: number, low: number, high: number): boolean => Number.isInteger(value) && value >= low && value <= high;

function check(good: boolean, sentence: string): void {
	if (!good)
		throw new RuvllmError("FEDERATION_CONFIG", sentence);
}
/** @throws RuvllmError NETWORK_SERVICE, NETWORK_LENGTH */
export function checkMessage(service: number, bytes: Uint8Array, count: number, longest: number): void {
	if (!integerFrom(service, 0, SERVICES - 1))
		throw new RuvllmError("NETWORK_SERVICE", `service ${service} is no number from 0 to ${SERVICES - 1}; take one of Service`);
	if (!integerFrom(count, 0, Math.min(longest, bytes.length)))
		throw new RuvllmError("NETWORK_LENGTH", `a message of ${count} bytes: give 0 to ${Math.min(longest, bytes.length)}`);
}
