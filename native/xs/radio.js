/* Port: src/platform/radio.d.ts. Arguments, errors and callbacks for every host; what sends is the host's part of radio.h. */
import { RuvllmError } from "ruvllm-esp32/core/errors";

function present() @ "xs_radio_present"

class Driver @ "xs_radio_destructor" {
	constructor(channel, rate, primaryKey, wake) @ "xs_radio_constructor"
	get trouble() @ "xs_radio_get_trouble"
	get address() @ "xs_radio_get_address"
	get mtu() @ "xs_radio_get_mtu"
	get maxPeers() @ "xs_radio_get_maxPeers"
	get channel() @ "xs_radio_get_channel"
	setChannel(channel) @ "xs_radio_setChannel"
	addPeer(address, rate, key) @ "xs_radio_addPeer"
	removePeer(address) @ "xs_radio_removePeer"
	send(to, buffer, offset, count) @ "xs_radio_send"
	get status() @ "xs_radio_get_status"
	get writable() @ "xs_radio_get_writable"
	listen() @ "xs_radio_listen"
	get readable() @ "xs_radio_get_readable"
	read(buffer, offset, room) @ "xs_radio_read"
	get from() @ "xs_radio_get_from"
	get rssi() @ "xs_radio_get_rssi"
	get dropped() @ "xs_radio_get_dropped"
	close() @ "xs_radio_close"
}

const RATES = Object.freeze(["1M", "2M", "5M5", "11M", "6M", "12M", "24M", "36M", "48M", "54M", "MCS0", "MCS7"]);
const BROADCAST = 0xffffffffffff;
const KEY_BYTES = 16;

function integer(value, low, high, name) {
	if (typeof value !== "number")
		throw new TypeError(`${name} is no number`);
	if (!(Number.isInteger(value) && value >= low && value <= high))
		throw new RangeError(`${name} is no integer from ${low} to ${high}`);
	return value;
}

function station(address) {
	integer(address, 1, BROADCAST, "the address");
	if (Math.floor(address / 0x10000000000) & 1)
		throw new RangeError("the address is a group's, not a board's; use broadcast");
	return address;
}

function rateOf(rate) {
	if (rate === undefined)
		return -1;
	const place = RATES.indexOf(rate);
	if (place < 0)
		throw new RangeError(`there is no rate ${String(rate)}; choose one of ${RATES.join(", ")}`);
	return place;
}

/* A buffer of its own: the driver takes it from its beginning. */
function keyOf(key, name) {
	if (key === undefined)
		return undefined;
	if (!(key instanceof Uint8Array))
		throw new TypeError(`${name} is no Uint8Array`);
	if (key.byteLength !== KEY_BYTES)
		throw new RangeError(`${name} has ${key.byteLength} bytes, not ${KEY_BYTES}`);
	return key.slice().buffer;
}

function optionsOf(options) {
	if (typeof options !== "object" || options === null)
		throw new TypeError("the options are no object");
	return options;
}

function callbackOf(callback, name) {
	if (callback !== undefined && typeof callback !== "function")
		throw new TypeError(`${name} is no function`);
	return callback;
}

class Radio {
	#driver;
	#told = false;
	#full = false;
	/* To whom was sent last. */
	#to = NaN;
	/* The arrays that were sent and read into last: asking one for its buffer costs a chip as much as sending it. */
	#out;
	#outBuffer;
	#outAt = 0;
	#outBytes = 0;
	#into;
	#intoBuffer;
	#intoAt = 0;
	#intoBytes = 0;

	constructor(options = {}) {
		const { channel = 1, rate, primaryKey, onReadable, onSent, onWritable } = optionsOf(options);
		integer(channel, 1, 13, "channel");
		const rateNumber = rateOf(rate), key = keyOf(primaryKey, "primaryKey");
		this.onReadable = callbackOf(onReadable, "onReadable");
		this.onSent = callbackOf(onSent, "onSent");
		this.onWritable = callbackOf(onWritable, "onWritable");
		if (!present())
			throw new RuvllmError("RADIO_ABSENT", "this host has no radio; run on the desktop (UDP) or a board (ESP-NOW), or use the virtual radio");
		const driver = new Driver(channel, rateNumber, key, () => this.#wake());
		if (driver.trouble !== undefined)
			throw new RuvllmError("RADIO_START", driver.trouble);
		this.#driver = driver;
		this.address = driver.address;
		this.mtu = driver.mtu;
		this.maxPeers = driver.maxPeers;
	}
	#open() {
		if (this.#driver === undefined)
			throw new RuvllmError("RADIO_CLOSED", "this radio was closed; make a new one");
		return this.#driver;
	}
	/* Any callback may close the radio. */
	#wake() {
		this.#driver?.listen();
		for (let status; (status = this.#driver?.status ?? -1) >= 0;)
			if (status % 4 < 2)
				this.onSent?.(Math.floor(status / 4), status % 4 === 1);
		if (this.#full && this.#driver?.writable) {
			this.#full = false;
			this.onWritable?.();
		}
		if (!this.#told && this.#driver?.readable) {
			this.#told = true;
			this.onReadable?.();
		}
	}
	#queue(to, bytes, count) {
		const driver = this.#open();
		if (bytes !== this.#out)
			this.#bindOut(bytes);
		// What is no integer of 32 bits is looked at closely; asking for each frame costs a chip a call.
		if (!(count >= 0 && count === (count | 0)))
			integer(count, 0, 0x7fffffff, "count");
		if (count > this.#outBytes)
			throw new RangeError(`count is ${count}, the array has ${this.#outBytes} bytes`);
		if (!(count > 0 && count <= this.mtu))
			throw new RuvllmError("RADIO_LENGTH", `a datagram of ${count} bytes can't be sent; it has 1 to ${this.mtu}`);
		const answer = driver.send(to, this.#outBuffer, this.#outAt, count);
		if (answer === -1)
			throw new RuvllmError("RADIO_PEER", "the receiver is no peer; addPeer it first");
		if (answer < 0)
			throw new RuvllmError("RADIO_SEND", "the radio refuses the datagram; close it and make a new one");
		if (answer === 0)
			this.#full = true;
		return answer > 0;
	}
	#bindOut(bytes) {
		if (!(bytes instanceof Uint8Array))
			throw new TypeError("the datagram is no Uint8Array");
		this.#out = undefined;
		this.#outBuffer = bytes.buffer;
		this.#outAt = bytes.byteOffset;
		this.#outBytes = bytes.byteLength;
		this.#out = bytes;
	}
	#bindInto(into) {
		if (!(into instanceof Uint8Array))
			throw new TypeError("what the datagram goes into is no Uint8Array");
		if (into.byteLength < this.mtu)
			throw new RangeError(`there is room for ${into.byteLength} bytes; a datagram has up to ${this.mtu}`);
		this.#into = undefined;
		this.#intoBuffer = into.buffer;
		this.#intoAt = into.byteOffset;
		this.#intoBytes = into.byteLength;
		this.#into = into;
	}
	get channel() {
		return this.#open().channel;
	}
	set channel(channel) {
		integer(channel, 1, 13, "channel");
		if (this.#open().setChannel(channel) < 0)
			throw new RuvllmError("RADIO_CHANNEL", "the chip keeps its channel: it is connected to an access point, or its country lacks the other");
	}
	addPeer(address, options = {}) {
		const { rate, localKey } = optionsOf(options);
		const answer = this.#open().addPeer(station(address), rateOf(rate), keyOf(localKey, "localKey"));
		if (answer === -2)
			throw new RuvllmError("RADIO_PEERS", `there are ${this.maxPeers} peers, or as many with keys as the firmware allows; remove one first`);
		if (answer < 0)
			throw new RuvllmError("RADIO_PEER", "the chip refuses this peer, or its rate");
	}
	removePeer(address) {
		this.#open().removePeer(station(address));
	}
	send(to, bytes, count = bytes?.byteLength) {
		if (to !== this.#to)
			this.#to = station(to);
		return this.#queue(to, bytes, count);
	}
	broadcast(bytes, count = bytes?.byteLength) {
		return this.#queue(BROADCAST, bytes, count);
	}
	read(into) {
		const driver = this.#open();
		if (into !== this.#into)
			this.#bindInto(into);
		const count = driver.read(this.#intoBuffer, this.#intoAt, this.#intoBytes);
		if (count > 0)
			return count;
		this.#told = false;
		return 0;
	}
	get from() {
		return this.#open().from;
	}
	get rssi() {
		return this.#open().rssi;
	}
	get dropped() {
		return this.#open().dropped;
	}
	close() {
		this.#driver?.close();
		this.#driver = undefined;
	}
}

export { Radio };
