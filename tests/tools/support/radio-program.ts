/** On XS: one end of a radio, for tests/tools/radio.test.ts. Prints lines of JSON; its arguments say what it does. */

import { after, microseconds } from "ruvllm-esp32/platform/clock";
import { onLine, print } from "ruvllm-esp32/platform/console";
import { Radio } from "ruvllm-esp32/platform/radio";
import { args } from "ruvllm-esp32/platform/runtime";

const [role, peer = "", count = "", patience = ""] = args;
const say = (what: unknown): void => print(`${JSON.stringify(what)}\n`);

/** Answers each datagram with itself; one byte of 255 ends it. */
function echo(radio: Radio): void {
	const into = new Uint8Array(radio.mtu), waiting: [number, Uint8Array][] = [];
	const answer = (): void => {
		while (waiting.length && radio.send(...waiting[0]!))
			waiting.shift();
	};
	let heard = 0;
	radio.onWritable = answer;
	radio.onReadable = () => {
		for (let bytes; (bytes = radio.read(into)) > 0;) {
			if (bytes === 1 && into[0] === 255) {
				say({ heard, dropped: radio.dropped });
				radio.close();
				return;
			}
			heard++;
			radio.addPeer(radio.from);
			waiting.push([radio.from, into.slice(0, bytes)]);
		}
		answer();
	};
}

/**
 * Sends `frames` numbered datagrams, 16 at a time, the next when their echoes are in, or none has come for `patience`
 * milliseconds: a process may wait for a processor longer than its queue lasts.
 */
function send(radio: Radio, to: number, frames: number, patience: number): void {
	const into = new Uint8Array(radio.mtu), frame = new Uint8Array(100), view = new DataView(frame.buffer), seen = new Set<number>();
	let sent = 0, statuses = 0, delivered = 0, burst = 0, inOrder = true, last = -1, heardAt = microseconds(), first = 0;
	const start = microseconds();
	const more = (): void => {
		for (; sent < frames && sent < burst; sent++) {
			view.setUint32(0, sent);
			if (!radio.send(to, frame))
				return;
		}
	};
	radio.addPeer(to);
	radio.onWritable = more;
	radio.onSent = (_, acknowledged) => {
		statuses++;
		delivered += acknowledged ? 1 : 0;
	};
	radio.onReadable = () => {
		while (radio.read(into) > 0) {
			const n = new DataView(into.buffer).getUint32(0);
			heardAt = microseconds();
			first ||= heardAt - start;
			inOrder &&= n > last && radio.from === to;
			last = n;
			seen.add(n);
		}
	};
	const look = (): void => {
		if (statuses < sent || sent < burst || (last + 1 < sent && microseconds() - heardAt < patience * 1000)) {
			after(1, look);
			return;
		}
		if (sent < frames) {
			burst = Math.min(frames, sent + 16);
			heardAt = microseconds();
			more();
			after(0, look);
			return;
		}
		say({ sent, delivered, echoed: seen.size, inOrder, first });
		// It may be lost too: until nobody acknowledges it.
		const end = (): unknown => radio.send(to, Uint8Array.of(255));
		radio.onSent = (_, acknowledged) => {
			if (acknowledged)
				after(10, end);
			else
				radio.close();
		};
		end();
	};
	look();
}

/** One datagram every 5 ms until five in a row were not acknowledged; says each change. */
function watch(radio: Radio, to: number): void {
	let last: boolean | undefined, lost = 0;
	radio.addPeer(to);
	radio.onSent = (_, acknowledged) => {
		if (acknowledged !== last)
			say({ acknowledged });
		last = acknowledged;
		lost = acknowledged ? 0 : lost + 1;
		if (lost === 5)
			radio.close();
		else
			after(5, () => { radio.send(to, Uint8Array.of(1, 2)); });
	};
	radio.send(to, Uint8Array.of(1, 2));
}

/** Says what it hears, and sends to all what it reads; the line "end" ends it. */
function chat(radio: Radio): void {
	const into = new Uint8Array(radio.mtu);
	radio.onReadable = () => {
		for (let bytes; (bytes = radio.read(into)) > 0;)
			say({ from: radio.from, text: String.fromCharCode(...into.subarray(0, bytes)) });
	};
	onLine((line) => {
		if (line === "end")
			radio.close();
		else if (line !== undefined)
			radio.broadcast(Uint8Array.from(line, (c) => c.charCodeAt(0)));
	});
}

/** As many radios as there are ports. */
function many(): void {
	const radios: Radio[] = [];
	try {
		for (;;)
			radios.push(new Radio());
	}
	catch (error) {
		const { code, message } = error as Error & { code: string };
		say({ radios: radios.length, different: new Set(radios.map(({ address }) => address)).size, code, message });
	}
	for (const radio of radios)
		radio.close();
}

if (role === "many")
	many();
else {
	const radio = new Radio({ channel: 6 });
	say({ address: radio.address });
	if (role === "echo")
		echo(radio);
	else if (role === "send")
		send(radio, Number(peer), Number(count), Number(patience));
	else if (role === "watch")
		watch(radio, Number(peer));
	else
		chat(radio);
}
