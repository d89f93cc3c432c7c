/** Boards that find each other: each calls out once a second, and answers whom it hears. */

import Timer from "timer";
import { Radio } from "ruvllm-esp32/platform/radio";

const radio = new Radio({ channel: 6, rate: "24M" });
const into = new Uint8Array(radio.mtu), call = Uint8Array.of(1), answer = Uint8Array.of(2), known = new Set<number>();

radio.onReadable = () => {
	for (let count; (count = radio.read(into)) > 0;) {
		const from = radio.from;
		trace(`${from.toString(16)} ${into[0] === 1 ? "calls" : "answers"}, ${count} bytes at ${radio.rssi} dBm\n`);
		if (into[0] !== 1)
			continue;
		if (!known.has(from) && known.size < radio.maxPeers) {
			radio.addPeer(from);
			known.add(from);
		}
		if (known.has(from))
			radio.send(from, answer);
	}
};
radio.onSent = (to, delivered) => {
	if (!delivered)
		trace(`${to.toString(16)} is out of reach\n`);
};
trace(`${radio.address.toString(16)} on channel ${radio.channel}, ${radio.mtu} bytes a datagram\n`);
Timer.repeat(() => radio.broadcast(call), 1000);
