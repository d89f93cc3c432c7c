/** What src/platform/radio.d.ts promises, between radios of one process; between processes: tests/tools/radio.test.ts. */
import { expect } from "chai";
import { after, microseconds } from "ruvllm-esp32/platform/clock";
import { Radio } from "ruvllm-esp32/platform/radio";
import { memoryUse } from "ruvllm-esp32/platform/runtime";
import { codeOf } from "../support/code-of";
import { seeded } from "../support/random";

const absent = codeOf(() => new Radio().close()) === "RADIO_ABSENT";
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => { after(milliseconds, resolve); });

/** Looks once a millisecond. */
async function until(what: string, condition: () => boolean): Promise<void> {
	for (const end = microseconds() + 10000000; !condition(); await wait(1))
		if (microseconds() > end)
			throw new Error(`${what}: not within 10 s`);
}

/** Radios that know each other, closed behind the test. */
async function withRadios(count: number, body: (...radios: Radio[]) => Promise<void> | void): Promise<void> {
	const radios: Radio[] = [];
	try {
		for (let i = 0; i < count; i++)
			radios.push(new Radio({ channel: 6 }));
		for (const one of radios)
			for (const other of radios)
				if (one !== other)
					one.addPeer(other.address);
		await body(...radios);
	}
	finally {
		for (const radio of radios)
			radio.close();
	}
}

/** Collects what a radio hears, as [sender, bytes]. */
function listen(radio: Radio): [number, Uint8Array][] {
	const heard: [number, Uint8Array][] = [], into = new Uint8Array(radio.mtu);
	radio.onReadable = () => {
		for (let count; (count = radio.read(into)) > 0;)
			heard.push([radio.from, into.slice(0, count)]);
	};
	return heard;
}

const numbered = (n: number, bytes = 4): Uint8Array => Uint8Array.from({ length: bytes }, (_, i) => i === 0 ? n : i * n);

describe("hosts/radio", () => {
	it("refuses options that are none, before it starts", () => {
		for (const options of [null, 5, "x"])
			expect(codeOf(() => new Radio(options as never)), String(options)).to.equal("TypeError");
		for (const options of [{ channel: "1" }, { onReadable: 1 }, { onSent: {} }, { onWritable: "f" }, { primaryKey: "0123456789abcdef" }])
			expect(codeOf(() => new Radio(options as never)), JSON.stringify(options)).to.equal("TypeError");
		for (const options of [{ channel: 0 }, { channel: 14 }, { channel: 1.5 }, { rate: "3M" }, { rate: 1 }, { primaryKey: new Uint8Array(15) }, { primaryKey: new Uint8Array(0) }])
			expect(codeOf(() => new Radio(options as never)), JSON.stringify(options)).to.equal("RangeError");
	});
	if (absent)
		it("is absent by name where there is none", () => {
			expect(codeOf(() => new Radio({ channel: 3, rate: "MCS7", primaryKey: new Uint8Array(16) }))).to.equal("RADIO_ABSENT");
		});
});

if (!absent)
	describe("hosts/radio: sending", () => {
		it("refuses receivers and datagrams that are none", () => withRadios(2, (a, b) => {
			const bytes = new Uint8Array(8);
			for (const bad of [undefined, null, "x", {}, 1n])
				expect(codeOf(() => a.send(bad as never, bytes)), String(bad)).to.equal("TypeError");
			for (const bad of [0, -1, 1.5, NaN, Infinity, 2 ** 48, 0x010000000000, 0xffffffffffff]) {
				expect(codeOf(() => a.send(bad, bytes)), String(bad)).to.equal("RangeError");
				expect(codeOf(() => a.addPeer(bad)), String(bad)).to.equal("RangeError");
				expect(codeOf(() => a.removePeer(bad)), String(bad)).to.equal("RangeError");
			}
			for (const bad of [undefined, null, "text", [1], new ArrayBuffer(4), new Int32Array(1)]) {
				expect(codeOf(() => a.send(b.address, bad as never))).to.equal("TypeError");
				expect(codeOf(() => a.broadcast(bad as never))).to.equal("TypeError");
				expect(codeOf(() => a.read(bad as never))).to.equal("TypeError");
			}
			for (const count of [-1, 9, 0.5, NaN])
				expect(codeOf(() => a.send(b.address, bytes, count))).to.equal("RangeError");
			expect(codeOf(() => a.send(b.address, bytes, "1" as never))).to.equal("TypeError");
			for (const length of [0, a.mtu + 1]) {
				expect(codeOf(() => a.send(b.address, new Uint8Array(length)))).to.equal("RADIO_LENGTH");
				expect(codeOf(() => a.broadcast(new Uint8Array(length)))).to.equal("RADIO_LENGTH");
			}
			expect(codeOf(() => a.send(b.address, bytes, 0))).to.equal("RADIO_LENGTH");
			expect(codeOf(() => a.send(0x020000000001, bytes))).to.equal("RADIO_PEER");
			expect(codeOf(() => a.read(new Uint8Array(a.mtu - 1)))).to.equal("RangeError");
			for (const [options, name] of [[null, "TypeError"], [{ rate: "x" }, "RangeError"], [{ localKey: [1] }, "TypeError"], [{ localKey: new Uint8Array(17) }, "RangeError"]] as const)
				expect(codeOf(() => a.addPeer(0x020000000001, options as never))).to.equal(name);
			for (const bad of [0, 14, 1.5])
				expect(codeOf(() => { a.channel = bad; })).to.equal("RangeError");
			expect(a.channel).to.equal(6);
			expect(a.read(new Uint8Array(a.mtu))).to.equal(0);
		}));
		it("refuses everything but to be closed again, once it is closed", () => {
			const radio = new Radio(), other = new Radio(), address = other.address;
			radio.addPeer(address);
			radio.close();
			radio.close();
			for (const call of [() => radio.send(address, new Uint8Array(4)), () => radio.broadcast(new Uint8Array(4)), () => radio.read(new Uint8Array(2000)), () => radio.addPeer(address), () => radio.removePeer(address),
				() => radio.from, () => radio.rssi, () => radio.dropped, () => { radio.channel = 2; }])
				expect(codeOf(call)).to.equal("RADIO_CLOSED");
			other.close();
		});
		it("survives any arguments, and works afterwards", () => withRadios(2, async (a, b) => {
			const random = seeded("arguments of a radio", 20260711), heard = listen(b);
			const values: unknown[] = [undefined, null, true, 0, -1, 1.5, NaN, 2 ** 31, 2 ** 48, a.address, b.address, 10n, "", "x", Symbol("s"), {}, [], () => 0, new ArrayBuffer(8), new Uint8Array(0), new Uint8Array(300),
				new Uint8Array(new ArrayBuffer(64), 60), new Int32Array(4), { valueOf(): never { throw new Error("valueOf"); } }, Object.create(Radio.prototype)];
			for (const name of ["addPeer", "removePeer", "send", "broadcast", "read"] as const)
				for (let i = 0; i < 150; i++) {
					const given = Array.from({ length: random.below(4) }, () => random.pick(values));
					const outcome = codeOf(() => (a[name] as (...values: unknown[]) => unknown)(...given));
					expect(outcome).to.match(/^(none|TypeError|RangeError|RADIO_[A-Z]+|Error)$/);
					expect(codeOf(() => (Radio.prototype[name] as (...values: unknown[]) => unknown).apply(random.pick(values), given))).to.match(/^(none|TypeError|RangeError|RADIO_[A-Z]+|Error)$/);
				}
			a.addPeer(b.address);
			await until("a free place", () => a.send(b.address, numbered(201, 77)));
			await until("the last", () => heard.some(([from, bytes]) => from === a.address && bytes.length === 77 && bytes[0] === 201));
		}));
		it("carries datagrams of 1 byte to the mtu, in order, and says that they were acknowledged", () => withRadios(2, async (a, b) => {
			const heard = listen(b), statuses: [number, boolean][] = [], sizes = [1, 2, 249, 250, 251, 1469, a.mtu];
			a.onSent = (to, delivered) => { statuses.push([to, delivered]); };
			expect(a.mtu).to.equal(1470);
			expect(a.address).not.to.equal(b.address);
			for (const size of sizes)
				expect(a.send(b.address, numbered(size & 255, size + 3), size)).to.equal(true);
			await until("all", () => heard.length === sizes.length && statuses.length === sizes.length);
			for (const [i, size] of sizes.entries()) {
				expect(heard[i]![0]).to.equal(a.address);
				expect(Array.from(heard[i]![1])).to.deep.equal(Array.from(numbered(size & 255, size)));
				expect(statuses[i]).to.deep.equal([b.address, true]);
			}
			expect(b.rssi).to.equal(0);
			expect(b.dropped).to.equal(0);
		}));
		it("copies what it sends, and takes it from inside a larger buffer", () => withRadios(2, async (a, b) => {
			const heard = listen(b), large = numbered(9, 64), part = large.subarray(10, 20), sent = Array.from(part);
			a.send(b.address, part);
			large.fill(0);
			await until("one", () => heard.length === 1);
			expect(Array.from(heard[0]![1])).to.deep.equal(sent);
		}));
		it("reaches all by a broadcast, but oneself, and tells nobody's acknowledgement", () => withRadios(4, async (a, ...others) => {
			const heard = others.map(listen), own = listen(a);
			let statuses = 0;
			a.onSent = () => { statuses++; };
			for (let n = 0; n < 5; n++)
				expect(a.broadcast(numbered(n))).to.equal(true);
			const from = (list: [number, Uint8Array][]): number[] => list.filter(([sender]) => sender === a.address).map(([, bytes]) => bytes[0]!);
			await until("all", () => heard.every((list) => from(list).length === 5));
			for (const list of heard)
				expect(from(list)).to.deep.equal([0, 1, 2, 3, 4]);
			expect(from(own)).to.deep.equal([]);
			expect(statuses).to.equal(0);
		}));
		it("says false when its queue is full, and onWritable when there is room: nothing is lost", () => withRadios(2, async (a, b) => {
			const heard = listen(b);
			let sent = 0, refused = 0, writable = 0, delivered = 0;
			const fill = (): void => {
				while (sent < 300)
					if (a.send(b.address, numbered(sent & 255)))
						sent++;
					else {
						refused++;
						return;
					}
			};
			a.onWritable = () => { writable++; fill(); };
			a.onSent = (_, acknowledged) => { delivered += acknowledged ? 1 : 0; };
			fill();
			// It takes some without a callback in between, but never all.
			expect(sent).to.be.within(1, 299);
			await until("300", () => delivered === 300 && heard.length === 300);
			expect(refused).to.be.above(0);
			expect(writable).to.equal(refused);
			expect(heard.every(([, bytes], i) => bytes[0] === (i & 255))).to.equal(true);
		}));
	});

if (!absent)
	describe("hosts/radio: peers and channels", () => {
		it("knows 20 peers, a known one again without another place", () => withRadios(1, (a) => {
			expect(a.maxPeers).to.equal(20);
			for (let i = 1; i <= a.maxPeers; i++)
				a.addPeer(0x020000000000 + i);
			expect(codeOf(() => a.addPeer(0x020000000100))).to.equal("RADIO_PEERS");
			a.addPeer(0x020000000007, { rate: "MCS7", localKey: new Uint8Array(16) });
			a.removePeer(0x020000000100);
			expect(codeOf(() => a.addPeer(0x020000000100))).to.equal("RADIO_PEERS");
			a.removePeer(0x020000000003);
			a.addPeer(0x020000000100);
			expect(codeOf(() => a.send(0x020000000003, new Uint8Array(4)))).to.equal("RADIO_PEER");
		}));
		it("says in time that a dead peer, and one that never was, did not acknowledge", () => withRadios(2, async (a, b) => {
			const dead = b.address, statuses: [number, boolean][] = [], start = microseconds();
			b.close();
			a.addPeer(0x246f28aabbcc);
			a.onSent = (to, delivered) => { statuses.push([to, delivered]); };
			a.send(dead, numbered(1));
			a.send(0x246f28aabbcc, numbered(2));
			await until("two", () => statuses.length === 2);
			expect(statuses).to.deep.equal([[dead, false], [0x246f28aabbcc, false]]);
			expect(microseconds() - start).to.be.within(20000, 5000000);
		}));
		it("hears its own channel only", () => withRadios(3, async (a, b, c) => {
			const heardByB = listen(b), heardByC = listen(c), statuses: boolean[] = [];
			a.onSent = (_, delivered) => { statuses.push(delivered); };
			b.channel = 11;
			expect(b.channel).to.equal(11);
			a.send(b.address, numbered(1));
			a.broadcast(numbered(2));
			await until("the broadcast", () => heardByC.length === 1 && statuses.length === 1);
			expect(statuses).to.deep.equal([false]);
			expect(heardByB).to.deep.equal([]);
			a.channel = 11;
			a.send(b.address, numbered(3));
			await until("the datagram", () => heardByB.length === 1 && statuses.length === 2);
			expect(statuses[1]).to.equal(true);
			expect(heardByB[0]![1][0]).to.equal(3);
		}));
	});

if (!absent)
	describe("hosts/radio: receiving", () => {
		it("calls onReadable once until read has returned 0", () => withRadios(2, async (a, b) => {
			let calls = 0, delivered = 0;
			const into = new Uint8Array(b.mtu);
			b.onReadable = () => { calls++; };
			a.onSent = () => { delivered++; };
			for (let n = 0; n < 3; n++) {
				a.send(b.address, numbered(n));
				await until("acknowledged", () => delivered === n + 1);
				await wait(5);
			}
			expect(calls).to.equal(1);
			expect(b.read(into)).to.equal(4);
			a.send(b.address, numbered(9));
			await until("acknowledged", () => delivered === 4);
			await wait(5);
			expect(calls).to.equal(1);
			for (const n of [1, 2, 9]) {
				expect(b.read(into)).to.equal(4);
				expect(into[0]).to.equal(n);
			}
			expect(b.read(into)).to.equal(0);
			a.send(b.address, numbered(10));
			await until("called again", () => calls === 2);
		}));
		it("drops and counts what finds its queue full, acknowledged as it was", () => withRadios(2, async (a, b) => {
			let statuses = 0, delivered = 0;
			const bytes = new Uint8Array(a.mtu), into = new Uint8Array(b.mtu);
			a.onSent = (_, acknowledged) => { statuses++; delivered += acknowledged ? 1 : 0; };
			for (let n = 0; n < 30; n++) {
				bytes[0] = n;
				await until("room", () => a.send(b.address, bytes));
			}
			await until("all", () => statuses === 30);
			expect(delivered).to.equal(30);
			let read = 0;
			for (; b.read(into) > 0; read++)
				expect(into[0]).to.equal(read);
			expect(read).to.be.within(8, 29);
			expect(b.dropped).to.equal(30 - read);
		}));
		it("allocates nothing for a datagram that is sent and read", () => withRadios(2, (a, b) => {
			const bytes = numbered(7, 100), into = new Uint8Array(b.mtu);
			const exchange = (rounds: number): void => {
				for (let i = 0; i < rounds; i++) {
					a.send(b.address, bytes);
					while (b.read(into) === 0);
				}
			};
			exchange(2);
			let grown = Infinity;
			// Again where it was collected meanwhile: then nothing can be said.
			for (let tries = 0; tries < 5 && grown !== 0; tries++) {
				const before = memoryUse();
				memoryUse();
				const each = memoryUse().slotsUsed - before.slotsUsed, start = memoryUse().slotsUsed;
				exchange(5);
				const last = memoryUse();
				grown = last.collections === before.collections ? Math.max(0, last.slotsUsed - start - each) : Infinity;
			}
			expect(grown).to.equal(0);
		}));
		it("stops calling back when it is closed in a callback", () => withRadios(2, async (a, b) => {
			let calls = 0;
			b.onReadable = () => { calls++; b.close(); };
			a.onSent = () => { calls++; a.close(); };
			for (let n = 0; n < 4; n++)
				a.send(b.address, numbered(n));
			await until("both", () => calls === 2);
			await wait(20);
			expect(calls).to.equal(2);
		}));
	});
