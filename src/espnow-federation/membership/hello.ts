/** What a board says of itself in Hello and Auth: 38 bytes; docs/federation-protocol.md has the table. */

import { get16, get48, getU32, put16, put32, put48 } from "ruvllm-esp32/espnow-federation/frames/layout";
import type { Board } from "ruvllm-esp32/espnow-federation/membership/board";
import type { Member } from "ruvllm-esp32/espnow-federation/network";

/** Flags of the first byte. */
export const LEAVING = 1;

export function writeHello(bytes: Uint8Array, at: number, self: Member, flags: number, channel: number, anchor: number): void {
	bytes[at] = flags;
	bytes[at + 1] = self.load;
	bytes[at + 2] = channel;
	bytes[at + 3] = 0;
	put48(bytes, at + 4, anchor);
	put32(bytes, at + 10, self.model);
	put32(bytes, at + 14, self.memory);
	put32(bytes, at + 18, self.fastMemory);
	put32(bytes, at + 22, self.fastSpeed);
	put32(bytes, at + 26, self.slowSpeed);
	put32(bytes, at + 30, self.tags);
	put16(bytes, at + 34, self.services);
	put16(bytes, at + 36, 0);
}

/** @returns whether anything but the load changed */
export function readHello(bytes: Uint8Array, at: number, board: Board): boolean {
	const member = board.member, model = getU32(bytes, at + 10), memory = getU32(bytes, at + 14), fastMemory = getU32(bytes, at + 18);
	const fastSpeed = getU32(bytes, at + 22), slowSpeed = getU32(bytes, at + 26), tags = getU32(bytes, at + 30), services = get16(bytes, at + 34);
	const changed = member.model !== model || member.memory !== memory || member.fastMemory !== fastMemory
		|| member.fastSpeed !== fastSpeed || member.slowSpeed !== slowSpeed || member.tags !== tags || member.services !== services;
	member.load = bytes[at + 1]!;
	board.channel = bytes[at + 2]!;
	board.anchor = get48(bytes, at + 4);
	member.model = model;
	member.memory = memory;
	member.fastMemory = fastMemory;
	member.fastSpeed = fastSpeed;
	member.slowSpeed = slowSpeed;
	member.tags = tags;
	member.services = services;
	return changed;
}
