/** Boards of a virtual world, and what they hear. */

import { type VirtualBoard, VirtualWorld, type WorldOptions } from "ruvllm-esp32/espnow-federation/virtual/world";

export const world = (options: Partial<WorldOptions> = {}, boards = 2): [VirtualWorld, ...VirtualBoard[]] => {
	const all = new VirtualWorld({ seed: 1, ...options });
	return [all, ...Array.from({ length: boards }, () => all.addBoard())];
};
/** What a board hears: time, sender, first byte, bytes. */
export function listen(board: VirtualBoard): number[][] {
	const heard: number[][] = [], into = new Uint8Array(board.radio.mtu);
	board.radio.onReadable = () => {
		for (let count; (count = board.radio.read(into)) > 0;)
			heard.push([board.world.now, board.radio.from, into[0]!, count]);
	};
	return heard;
}
export const numbered = (n: number, bytes = 250): Uint8Array => new Uint8Array(bytes).fill(n);
/** Sends numbered frames as the radio takes them. */
export function stream(from: VirtualBoard, to: VirtualBoard, count: number, bytes = 20): void {
	let next = 0;
	from.radio.addPeer(to.address);
	from.radio.onWritable = () => {
		while (next < count && from.radio.send(to.address, numbered(next & 255, bytes)))
			next++;
	};
	from.radio.onWritable();
}
export const middle = (heard: number[][], column: number): number[] => heard.map((row) => row[column]!);
