/**
 * Port: a radio that carries datagrams between boards: ESP-NOW on a board, UDP on loopback between processes of one
 * computer. A simulated one, for many boards in one process, is ruvllm-esp32/espnow-federation/virtual/world.
 *
 * Addresses are 48-bit MAC addresses as integers (0x246f28aabbcc is 24:6f:28:aa:bb:cc), so they are keys of maps
 * and cost no memory. Nothing is allocated for a datagram that is sent or read.
 *
 *              what carries                     mtu           peers   radios
 *   boards     ESP-NOW                          1470 or 250   19      one
 *   desktop    UDP on loopback, see below       1470          20      64 in all processes of a swarm
 *   riscv, simulator: none (RADIO_ABSENT)
 *
 * A radio that is open keeps the desktop's program alive, as a timer does. Calls back on the machine's own turn, never inside a call.
 * On the desktop the environment sets RUVLLM_RADIO_PORT (first of 64 UDP ports; processes with another one do not meet),
 * RUVLLM_RADIO_LOSS (0 to 1, behind the acknowledgement), RUVLLM_RADIO_SEED and RUVLLM_RADIO_DELAY (microseconds): docs/radio.md.
 */

/** Rates of the physical layer that both ends of ESP-NOW know. */
export type PhyRate = "1M" | "2M" | "5M5" | "11M" | "6M" | "12M" | "24M" | "36M" | "48M" | "54M" | "MCS0" | "MCS7";

export interface RadioOptions {
	/** Wi-Fi channel, 1 to 13; 1 by default. */
	channel?: number;
	/** Of unicast frames to peers that name none; "1M" by default, as in ESP-IDF. */
	rate?: PhyRate;
	/** Primary master key, 16 bytes: encrypts the local keys of peers. None by default: frames are sealed above the radio. */
	primaryKey?: Uint8Array;
	/** Called when frames can be read; not again before `read` has returned 0. Set it before the first frame comes. */
	onReadable?: () => void;
	/**
	 * Called, in the order of `send`, when the MAC layer knows whether the peer's MAC layer acknowledged: a datagram that is
	 * acknowledged may have found the peer's queue full. Not for broadcasts.
	 */
	onSent?: (to: number, delivered: boolean) => void;
	/** Called when `send` or `broadcast` returned false, and there is room again. */
	onWritable?: () => void;
}

export interface PeerOptions {
	/** Rate of frames to this peer. */
	rate?: PhyRate;
	/** Local key, 16 bytes: encrypts unicast frames in the MAC layer. */
	localKey?: Uint8Array;
}

/** What the layers above a radio see; implemented by Radio here and by the virtual radio. */
export interface RadioPort {
	/** One's own. */
	readonly address: number;
	/** Bytes of the longest datagram: 1470 where ESP-NOW version 2 is spoken, else 250. */
	readonly mtu: number;
	/** Peers that it can know at one time: 20; 19 on a board, where ESP-NOW's 20 include the broadcast address. Only to a known peer can a datagram be sent; any sender is heard. */
	readonly maxPeers: number;
	/** Wi-Fi that is connected keeps its own. @throws RuvllmError RADIO_CHANNEL where it can't be changed */
	channel: number;
	onReadable: (() => void) | undefined;
	onSent: ((to: number, delivered: boolean) => void) | undefined;
	onWritable: (() => void) | undefined;
	/**
	 * A known peer gets new options: without a rate the radio's own, without a key none.
	 * @throws RuvllmError RADIO_PEERS when all places are taken, or all that ESP-NOW has for peers with keys; RADIO_PEER when the
	 *         chip refuses it
	 */
	addPeer(address: number, options?: PeerOptions): void;
	/** An unknown one is ignored. */
	removePeer(address: number): void;
	/**
	 * Queues the first `count` bytes (all by default); they are copied.
	 * @returns false when the queue is full: wait for onWritable
	 * @throws RuvllmError RADIO_PEER for an unknown peer, RADIO_LENGTH for 0 bytes or more than the mtu
	 */
	send(to: number, bytes: Uint8Array, count?: number): boolean;
	/** To all who hear it; not acknowledged by anyone. */
	broadcast(bytes: Uint8Array, count?: number): boolean;
	/**
	 * Moves the oldest received datagram into `into` (at least mtu bytes), and says in `from` and `rssi` where it came from.
	 * @returns its bytes; 0: there is none
	 */
	read(into: Uint8Array): number;
	readonly from: number;
	/** dBm; 0 when unknown. */
	readonly rssi: number;
	/** Received datagrams that found the queue full, since the start. */
	readonly dropped: number;
	/** Drops what waits. Then all else throws RuvllmError RADIO_CLOSED. */
	close(): void;
}

/** The host's own radio. @throws RuvllmError RADIO_ABSENT where there is none, RADIO_START with what went wrong */
export class Radio {
	constructor(options?: RadioOptions);
}
export interface Radio extends RadioPort {}
