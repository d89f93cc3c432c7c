/** On XS: one of the two processes of the bench. "echo" answers; "measure" finds it by a broadcast, and prints figures as JSON. */

import { after, microseconds } from "ruvllm-esp32/platform/clock";
import { print } from "ruvllm-esp32/platform/console";
import { Radio } from "ruvllm-esp32/platform/radio";
import { args } from "ruvllm-esp32/platform/runtime";

/* What the first byte asks of the echo. */
const HELLO = 1, ECHO = 2, COUNT = 3, REPORT = 4, END = 5;
const radio = new Radio(), into = new Uint8Array(radio.mtu);

function echo(): void {
	let counted = 0;
	radio.onReadable = () => {
		for (let count; (count = radio.read(into)) > 0;) {
			const asked = into[0];
			radio.addPeer(radio.from);
			if (asked === COUNT)
				counted++;
			else if (asked === END) {
				radio.close();
				return;
			}
			else {
				if (asked === REPORT) {
					new DataView(into.buffer).setUint32(1, counted);
					counted = 0;
				}
				radio.send(radio.from, into, count);
			}
		}
	};
}

/** Calls `done` with the other's address. */
function find(done: (peer: number) => void): void {
	let found = false;
	radio.onReadable = () => {
		while (radio.read(into) > 0)
			if (!found && into[0] === HELLO) {
				found = true;
				radio.addPeer(radio.from);
				after(0, () => done(radio.from));
			}
	};
	const call = (): void => {
		if (!found) {
			radio.broadcast(Uint8Array.of(HELLO));
			after(10, call);
		}
	};
	call();
}

/** `rounds` datagrams there and back, one after the other; each one's microseconds. */
function roundTrips(peer: number, bytes: number, rounds: number, done: (times: number[]) => void): void {
	const frame = new Uint8Array(bytes).fill(ECHO), times: number[] = [];
	let start = microseconds();
	radio.onReadable = () => {
		// To its end, also behind the last: else nobody is called again.
		while (radio.read(into) > 0) {
			times.push(microseconds() - start);
			start = microseconds();
			if (times.length < rounds)
				radio.send(peer, frame);
			else
				after(0, () => done(times));
		}
	};
	radio.send(peer, frame);
}

/** `frames` datagrams as fast as they go. */
function stream(peer: number, bytes: number, frames: number, done: (result: { microseconds: number; acknowledged: number; read: number }) => void): void {
	const frame = new Uint8Array(bytes).fill(COUNT), start = microseconds();
	let sent = 0, statuses = 0, acknowledged = 0, took = 0;
	const more = (): void => {
		while (sent < frames && radio.send(peer, frame))
			sent++;
	};
	radio.onWritable = more;
	radio.onSent = (_, heard) => {
		acknowledged += heard ? 1 : 0;
		if (++statuses !== frames)
			return;
		took = microseconds() - start;
		radio.onSent = undefined;
		// The other may have to read yet.
		after(100, () => radio.send(peer, Uint8Array.of(REPORT, 0, 0, 0, 0)));
	};
	radio.onReadable = () => {
		while (radio.read(into) > 0)
			done({ microseconds: took, acknowledged, read: new DataView(into.buffer).getUint32(1) });
	};
	more();
}

function measure(): void {
	const [rounds, frames] = [Number(args[1]), Number(args[2])];
	const say = (what: unknown): void => print(`${JSON.stringify(what)}\n`);
	find((peer) => roundTrips(peer, 250, rounds, (small) => {
		say({ kind: "round trip", bytes: 250, times: small });
		roundTrips(peer, 1470, rounds, (large) => {
			say({ kind: "round trip", bytes: 1470, times: large });
			stream(peer, 250, frames, (one) => {
				say({ kind: "stream", bytes: 250, ...one });
				stream(peer, 1470, frames, (other) => {
					say({ kind: "stream", bytes: 1470, ...other });
					radio.onSent = () => radio.close();
					radio.send(peer, Uint8Array.of(END));
				});
			});
		});
	}));
}

if (args[0] === "echo")
	echo();
else
	measure();
