/** How long a frame holds the channel, on average: the cost that all boards share. */

import type { PhyRate } from "ruvllm-esp32/platform/radio";
import { DIFS, frameBytes, profileOf, SIFS, SLOT } from "ruvllm-esp32/espnow-federation/virtual/phy";

/** Header, link and seal around a message. */
export const OVERHEAD_BYTES = 28;
/** Pure acknowledgements for each message of a stream, about. */
const ACKNOWLEDGEMENTS = 4;

/** Microseconds of a unicast frame with `bytes` of message: waiting, back-off on an idle channel, frame, acknowledgement. */
export function frameMicroseconds(rate: PhyRate, bytes: number): number {
	const phy = profileOf(rate);
	return DIFS + (phy.contentionWindow * SLOT >> 1) + phy.airtime(frameBytes(bytes + OVERHEAD_BYTES)) + SIFS + phy.acknowledgement;
}

/** The same of a broadcast, which nobody acknowledges. */
export function broadcastMicroseconds(rate: PhyRate, bytes: number): number {
	const phy = profileOf(rate);
	return DIFS + (phy.contentionWindow * SLOT >> 1) + phy.airtime(frameBytes(bytes + OVERHEAD_BYTES));
}

/** With its share of the link's own acknowledgements. */
export const messageMicroseconds = (rate: PhyRate, bytes: number): number => frameMicroseconds(rate, bytes) + Math.ceil(frameMicroseconds(rate, 0) / ACKNOWLEDGEMENTS);
