/** Labelled streams: what is refused, that a seed says all, and that they are what they say they are. */

import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../tools/build/paths.ts";
import { ecgStream } from "../../tools/snn/streams/ecg.ts";
import { type FallOptions, fallStream } from "../../tools/snn/streams/falls.ts";
import { KINDS } from "../../tools/snn/streams/noise/kinds.ts";
import { Random } from "../../tools/snn/streams/random.ts";
import { cuts, draw, place } from "../../tools/snn/streams/schedule.ts";
import { centre, normalise, peak, rms } from "../../tools/snn/streams/signal.ts";
import { type SoundOptions, soundStream, speakersOf } from "../../tools/snn/streams/sound.ts";
import { meanPower, noiseOfSpectrum } from "../../tools/snn/streams/spectrum.ts";
import { activity, StreamError, type Stream } from "../../tools/snn/streams/stream.ts";
import { unpackCat } from "../../tools/snn/streams/unpack-cat.ts";
import { readWav, resample, writeWav } from "../../tools/snn/streams/wav.ts";
import { stepping, swelling } from "../../tools/snn/streams/varied/colour.ts";
import { FAMILIES, mixture, VARIED_SNR } from "../../tools/snn/streams/varied/mixture.ts";
import { activePart, readVoices } from "../../tools/snn/streams/words.ts";
import { requireShared } from "./support/shared.ts";

const dB = (ratio: number): number => 20 * Math.log10(ratio);
const sine = (hz: number, rate: number, length: number, loud = 10000): Float32Array => Float32Array.from({ length }, (_, i) => loud * Math.sin(2 * Math.PI * hz * i / rate));
const int16 = (signal: Float32Array): Int16Array => Int16Array.from(signal, Math.round);
const cli = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
	spawnSync(process.execPath, [join(packageRoot, "bin/tool.mjs"), "tools/snn/streams/main.ts", ...args], { encoding: "utf8" });
const bytes = ({ samples }: Stream): Buffer => Buffer.from(samples.buffer);
const folder = mkdtempSync(join(tmpdir(), "streams-"));
after(() => rmSync(folder, { recursive: true, force: true }));

describe("snn streams: bad input", () => {
	const sound = (options: Partial<Record<keyof SoundOptions, unknown>>) => () => soundStream({ part: "train", snr: 10, seed: 1, data: folder, ...options } as SoundOptions);
	const falls = (options: Partial<Record<keyof FallOptions, unknown>>) => () => fallStream({ part: "train", snr: 10, seed: 1, data: folder, ...options } as FallOptions);
	it("refuses options that fit no stream", () => {
		expect(sound({ part: "both" })).to.throw(StreamError, /no part "both"/);
		for (const snr of [NaN, 61, -Infinity, Infinity])
			expect(sound({ snr }), `${snr}`).to.throw(StreamError, /SNR/);
		for (const seed of [NaN, 1.5, Infinity])
			expect(sound({ seed }), `${seed}`).to.throw(StreamError, /seed/);
		for (const seconds of [0, 29, NaN, 1e6])
			expect(sound({ seconds }), `${seconds}`).to.throw(StreamError, /lasts 30 to/);
		for (const share of [0, 1, -1, NaN])
			expect(sound({ activity: share }), `${share}`).to.throw(StreamError, /activity/);
		expect(sound({ segmentSeconds: 1 })).to.throw(StreamError, /5 s/);
		expect(sound({ kinds: ["nois"] })).to.throw(StreamError, /no noise "nois"; choose train, test, files or some of white/);
		expect(sound({ kinds: ["constructor"] })).to.throw(StreamError, /no noise "constructor"/);
		expect(sound({ kinds: [] })).to.throw(StreamError, /no kind/);
		expect(sound({ kinds: ["varied"], part: "test" })).to.throw(StreamError, /belongs to no test/);
		expect(sound({ kinds: ["varied", "rain"] })).to.throw(StreamError, /no other kind/);
		expect(sound({ kinds: ["varied"], activity: 0.1 })).to.throw(StreamError, /no activity/);
		expect(sound({ kinds: ["varied"], noise: folder })).to.throw(StreamError, /no files/);
		expect(sound({ kinds: ["varied"], segmentSeconds: 4 })).to.throw(StreamError, /5 s/);
		expect(sound({ snr: "any" })).to.throw(StreamError, /SNR/);
		expect(sound({ swap: true, speakers: ["george"] })).to.throw(StreamError, /not swapped/);
		expect(falls({ leaveOut: "fall_06" })).to.throw(StreamError, /no fall "fall_06"/);
		expect(falls({ daily: 0 })).to.throw(StreamError);
		for (const upright of [-0.1, 1.1, NaN, "half"])
			expect(falls({ upright }), String(upright)).to.throw(StreamError, /upright/);
		expect(() => ecgStream({ part: "test", snr: 10, seed: 1, seconds: 901, data: folder })).to.throw(StreamError, /10 to 900/);
	});
	it("says which data is absent", () => {
		expect(sound({})).to.throw(StreamError, /there is no folder .*fsdd; say with --data/);
		expect(sound({ noise: join(folder, "nowhere") })).to.throw(StreamError, /nowhere/);
		expect(falls({})).to.throw(StreamError, /there is no folder .*fall_imu/);
		expect(() => ecgStream({ part: "test", snr: 10, seed: 1, data: folder })).to.throw(StreamError, /there is no file .*MBA_ECG805/);
		const { status, stderr } = cli("sound", "--data", folder, "--out", folder);
		expect([status, stderr]).to.deep.equal([1, `there is no folder ${join(folder, "fsdd")}; say with --data where the data of docs/snn-streams.md lies\n`]);
	});
	it("says which speakers there are", function () {
		const data = requireShared(this);
		for (const name of ["georg", "", "."])
			expect(sound({ data, speakers: ["george", name] })).to.throw(StreamError, `there is no speaker "${name}"; choose some of george, jackson, nicolas, yweweler`);
		expect(sound({ data, speakers: [] })).to.throw(StreamError, /no speaker chosen; choose some of george/);
	});
	it("refuses damaged recordings", () => {
		const data = join(folder, "damaged"), good = writeWav(int16(sine(300, 8000, 4000)), 8000, 1);
		const float = Buffer.from(good), fast = Buffer.from(good);
		float.writeUInt16LE(3, 20);
		fast.writeUInt32LE(16000, 24);
		mkdirSync(join(data, "fsdd"), { recursive: true });
		for (const [file, complaint] of [[Buffer.alloc(3), /no WAV/], [good.subarray(0, 30), /cut off/], [float, /no PCM/], [fast, /16000 Hz/]] as const) {
			writeFileSync(join(data, "fsdd", "0_george_1.wav"), file);
			expect(sound({ data })).to.throw(StreamError, complaint);
		}
		mkdirSync(join(data, "fall_imu"));
		for (const text of ["", "index,acc_svm,acc_x,acc_y,acc_z\n1,2,3\n", `h\n${"1,2,x,4,5\n".repeat(500)}`]) {
			writeFileSync(join(data, "fall_imu", "fall_01_F.csv"), text);
			expect(falls({ data })).to.throw(StreamError, /too few rows/);
		}
		for (const file of [Buffer.alloc(0), Buffer.alloc(100), Buffer.from([16, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0])])
			expect(() => unpackCat(file)).to.throw(StreamError);
	});
});

describe("snn streams: parts", () => {
	it("random numbers depend on seed and name alone, and are spread as they should be", () => {
		const random = new Random(7), values = Float32Array.from({ length: 100000 }, () => random.gauss());
		expect(rms(values)).to.be.closeTo(1, 0.01);
		expect([random.fork("a").bits(), random.fork("b").bits()]).to.deep.equal([new Random(7).fork("a").bits(), new Random(7).fork("b").bits()]);
		expect(new Set(Array.from({ length: 1000 }, (_, seed) => new Random(seed).bits())).size).to.equal(1000);
		const tenths = new Array<number>(10).fill(0);
		for (let i = 0; i < 100000; i++)
			tenths[random.below(10)]!++;
		expect(Math.min(...tenths)).to.be.above(9600);
		// These must stay as they are: a stream that was published with its seed has to come out again.
		const first = new Random(1);
		expect(Array.from({ length: 4 }, () => first.bits() >>> 0)).to.deep.equal([393288148, 2174103013, 3814759091, 2092745082]);
	});
	it("places events with pauses, or says that they don't fit", () => {
		const lengths = [10, 20, 30], starts = place(lengths, 200, 20, 25, new Random(1));
		expect(starts[0]).to.be.at.least(20);
		expect(starts[1]! - starts[0]! - 10).to.be.at.least(25);
		expect(starts[2]! - starts[1]! - 20).to.be.at.least(25);
		expect(starts[2]! + 30 + 25).to.be.at.most(200);
		expect(() => place(lengths, 150, 20, 25, new Random(1))).to.throw(StreamError, /do not fit/);
		expect(draw([1, 2, 3], (x) => x, (x) => x, 12, new Random(1)).sort()).to.deep.equal([1, 1, 2, 2, 3, 3]);
		expect(cuts(95, 30, [{ start: 55, end: 65 }], 2)).to.deep.equal([{ start: 0, end: 30 }, { start: 30, end: 51 }, { start: 51, end: 95 }]);
	});
	it("reads 8 and 16 bits and several channels, and resamples without mirrored tones", () => {
		expect([...readWav(writeWav(Int16Array.of(100, 300, -200, 400), 8000, 2), "x").signal]).to.deep.equal([200, 100]);
		const eight = Buffer.concat([writeWav(new Int16Array(0), 8000, 1), Buffer.from([128, 129, 127])]);
		eight.writeUInt16LE(8, 34);
		eight.writeUInt32LE(3, 40);
		expect([...readWav(eight, "x").signal]).to.deep.equal([0, 256, -256]);
		const level = (hz: number, rate: number): number => rms(resample({ rate, signal: sine(hz, rate, rate) }, 8000), 1000, 7000) / (10000 / Math.SQRT2);
		expect(dB(level(1000, 44100))).to.be.closeTo(0, 0.1);
		expect(dB(level(3000, 11025))).to.be.closeTo(0, 0.1);
		expect(dB(level(5000, 44100))).to.be.below(-60);
		expect(dB(level(12000, 44100))).to.be.below(-60);
	});
	it("finds what is spoken, and makes noise of a spectrum", () => {
		const signal = new Float32Array(8000).fill(1);
		signal.set(sine(500, 8000, 1600), 3200);
		expect(activePart(signal)).to.deep.equal({ start: 3200, end: 4800 });
		const noise = noiseOfSpectrum(meanPower([{ signal: sine(1000, 8000, 256), start: 0 }], 256), 80000, new Random(1));
		const power = meanPower(Array.from({ length: 100 }, (_, i) => ({ signal: noise, start: i * 512 })), 256);
		expect(power.indexOf(Math.max(...power))).to.equal(32);
	});
	it("unpacks a set of sounds", () => {
		const wav = writeWav(int16(sine(300, 8000, 12000)), 8000, 1), title = Buffer.from('"Heavy wind". By X.\0'), head = Buffer.alloc(8);
		head.writeUInt32LE(0x80000008, 0);
		head.writeUInt32LE(wav.length, 4);
		const found = unpackCat(Buffer.concat([head, Buffer.from([title.length]), title, wav]));
		expect([...found.keys()]).to.deep.equal(["00-heavy-wind.wav"]);
		expect(found.get("00-heavy-wind.wav")!.equals(wav)).to.equal(true);
	});
	it("kinds and speakers of test are not those of train", () => {
		expect(Object.keys(KINDS.test).filter((name) => name in KINDS.train)).to.deep.equal([]);
		expect(speakersOf("test").filter((name) => speakersOf("train").includes(name))).to.deep.equal([]);
		expect(speakersOf("test", true)).to.deep.equal(speakersOf("train"));
	});
});

describe("snn streams of sound", () => {
	it("every kind of noise makes a noise, without offset, that starts again from its seed", function () {
		const voices = readVoices(requireShared(this), ["nicolas"]), length = 30 * 8000;
		for (const [name, noise] of [...Object.entries(KINDS.train), ...Object.entries(KINDS.test)]) {
			const one = normalise(noise(length, new Random(5), voices)), same = normalise(noise(length, new Random(5), voices)), other = normalise(noise(length, new Random(6), voices));
			expect(one.length, name).to.equal(length);
			expect(one.every(Number.isFinite), name).to.equal(true);
			expect(rms(one), name).to.be.closeTo(1, 1e-3);
			expect(peak(one), name).to.be.below(120);
			expect(Math.abs(one.reduce((sum, x) => sum + x, 0)) / length, name).to.be.below(1e-3);
			expect([one.every((x, i) => x === same[i]), one.every((x, i) => x === other[i])], name).to.deep.equal([true, false]);
		}
	}).timeout(60000);
	for (const options of [{ part: "train", snr: 0 }, { part: "test", snr: 10 }, { part: "test", snr: 20, swap: true }] as const)
		it(`${options.part}, ${options.snr} dB${"swap" in options ? ", swapped" : ""}: SNR, activity, pauses, no clipping, all from the seed`, function () {
			const whole = { ...options, data: requireShared(this), seconds: 1800, segmentSeconds: 100, seed: 11 }, stream = soundStream(whole), again = soundStream(whole);
			const noise = soundStream({ ...whole, withoutWords: true }), other = soundStream({ ...whole, seed: 12, seconds: 60 });
			expect([stream.rate, stream.channels, stream.samples.length]).to.deep.equal([8000, 1, 1800 * 8000]);
			expect(bytes(stream).equals(bytes(again))).to.equal(true);
			expect([stream.events, stream.segments]).to.deep.equal([again.events, again.segments]);
			expect(bytes(other).equals(bytes(stream).subarray(0, other.samples.byteLength))).to.equal(false);
			expect(activity(stream)).to.be.closeTo(0.01, 0.001);
			expect(peak(stream.samples)).to.be.below(32700);
			expect(stream.segments.map(({ start }) => start).slice(1)).to.deep.equal(stream.segments.map(({ end }) => end).slice(0, -1));
			expect([...new Set(stream.segments.map(({ kind }) => kind))].sort()).to.deep.equal(Object.keys(KINDS[options.part]).sort());

			const speakers = speakersOf(options.part, "swap" in options);
			let before = 20 * 8000 - 20000;
			for (const { start, end, label } of stream.events) {
				expect(speakers).to.include(label.split("_")[1]);
				expect(start - before).to.be.at.least(20000);
				before = end;
				const segment = stream.segments.find((one) => one.start <= start && one.end >= end)!;
				const word = stream.samples.slice(start, end).map((x, i) => x - noise.samples[start + i]!);
				expect(dB(rms(word) / rms(noise.samples, segment.start, segment.end)), label).to.be.closeTo(options.snr, 0.5);
				expect(rms(noise.samples, segment.start, segment.end) / segment.level).to.be.closeTo(1, 0.02);
				expect(segment.level).to.be.within(5, 1500);
			}
			let differences = 0;
			for (let i = 0; i < stream.samples.length; i++)
				differences += Number(stream.samples[i] !== noise.samples[i]);
			expect(differences).to.be.at.most(activity(stream) * stream.samples.length);
		}).timeout(120000);
	it("every family of varied noise makes a noise, that starts again from its seed", function () {
		const voices = readVoices(requireShared(this), ["jackson"]), length = 20 * 8000;
		for (const [name, noise] of FAMILIES)
			for (let seed = 0; seed < 12; seed++) {
				const one = noise(length, new Random(seed), voices), level = rms(one);
				expect([one.length, one.every(Number.isFinite)], `${name} ${seed}`).to.deep.equal([length, true]);
				expect(level, `${name} ${seed}`).to.be.above(1e-3);
				if (seed === 0) {
					const same = noise(length, new Random(seed), voices);
					expect(one.every((x, i) => x === same[i]), name).to.equal(true);
				}
			}
		const mixtures = Array.from({ length: 3000 }, (_, seed) => mixture(new Random(seed))), single = mixtures.filter(({ name }) => !name.includes("+"));
		expect(single.length / 3000).to.be.closeTo(1 / 3, 0.03);
		expect(single.some(({ name }) => name === "silence")).to.equal(true);
		for (const [name] of FAMILIES)
			for (const way of ["", "stepped ", "swelling "])
				expect(mixtures.some((one) => one.name.split("+").includes(way + name)), way + name).to.equal(true);
	}).timeout(60000);
	it("gains step and swell as far as they may", () => {
		let steps = 0;
		for (let seed = 0; seed < 50; seed++) {
			const step = stepping(new Random(seed)), swell = swelling(new Random(seed)), stepped = Array.from({ length: 15000 }, (_, i) => step(32 * i));
			expect(Math.max(...stepped)).to.be.at.most(0);
			expect(Math.min(...stepped)).to.be.at.least(-60);
			steps += Number(Math.max(...stepped) - Math.min(...stepped) >= 6);
			expect(Math.max(...Array.from({ length: 15000 }, (_, i) => Math.abs(swell(32 * i))))).to.be.within(0.5, 10);
		}
		expect(steps).to.be.above(40);
	});
	for (const who of [{}, { swap: true }, { speakers: ["jackson", "nicolas", "yweweler"] }] as const)
		it(`varied${"swap" in who ? ", swapped" : "speakers" in who ? ", chosen speakers" : ""}: words in two thirds, an SNR for each segment, no clipping, all from the seed`, function () {
			const whole = { part: "train", kinds: ["varied"], snr: "varied", data: requireShared(this), seconds: 1500, seed: 21, ...who } as const, stream = soundStream(whole), again = soundStream(whole);
			const noise = soundStream({ ...whole, withoutWords: true }), other = soundStream({ ...whole, seed: 22, seconds: 60 });
			expect([stream.rate, stream.samples.length, stream.snr]).to.deep.equal([8000, 1500 * 8000, "varied"]);
			expect(bytes(stream).equals(bytes(again))).to.equal(true);
			expect([stream.events, stream.segments]).to.deep.equal([again.events, again.segments]);
			expect(stream.segments).to.deep.equal(noise.segments);
			expect(bytes(other).equals(bytes(stream).subarray(0, other.samples.byteLength))).to.equal(false);
			expect(peak(stream.samples)).to.be.below(32700);
			expect(activity(stream)).to.be.within(0.03, 0.09);

			const { segments, events } = stream, wordless = segments.filter(({ start, end }) => !events.some((event) => event.start >= start && event.end <= end));
			expect(segments.map(({ start }) => start).slice(1)).to.deep.equal(segments.map(({ end }) => end).slice(0, -1));
			expect([segments[0]!.start, segments.at(-1)!.end]).to.deep.equal([0, 1500 * 8000]);
			for (const { start, end } of segments.slice(0, -1))
				expect((end - start) / 8000).to.be.within(20, 75);
			expect(wordless.length / segments.length).to.be.within(0.25, 0.45);
			expect(new Set(segments.map(({ kind }) => kind)).size).to.be.above(15);
			expect(new Set(segments.map(({ snr }) => snr)).size).to.be.at.least(6);

			let before = 20 * 8000 - 20000;
			for (const { start, end, label } of events) {
				expect("speakers" in who ? who.speakers : speakersOf("train", "swap" in who)).to.include(label.split("_")[1]);
				expect(start - before).to.be.at.least(20000);
				before = end;
				const segment = segments.find((one) => one.start <= start && one.end >= end)!, word = stream.samples.slice(start, end).map((x, i) => x - noise.samples[start + i]!);
				// A word's own level differs by 2 dB at most; the rest is rounding and what the cross-fade takes.
				expect(dB(rms(word) / segment.level), label).to.be.closeTo(segment.snr!, 2.2);
			}
			for (const { start, end, level, snr, kind } of segments) {
				expect(VARIED_SNR).to.include(snr);
				expect(level, kind).to.be.within(1, 1500);
				// Without the cross-fade, in which the noise before may be far louder.
				expect(rms(noise.samples, start + 400, end) / level, kind).to.be.closeTo(1, 0.1);
			}
		}).timeout(120000);
	it("takes one SNR for varied noise, an SNR for each segment of fixed kinds, and chosen speakers from the command line", function () {
		const data = requireShared(this), out = join(folder, "varied");
		const about = (...args: string[]): Stream => {
			const { status, stderr } = cli("sound", "--data", data, "--seconds", "60", "--out", out, "--name", "v", ...args);
			expect([status, stderr]).to.deep.equal([0, ""]);
			return JSON.parse(readFileSync(join(out, "v.json"), "utf8")) as Stream;
		};
		const one = about("--kinds", "varied", "--snr", "6", "--segment-seconds", "15");
		expect([one.snr, one.segments.map(({ end }) => end / 8000), one.segments.every((segment) => !("snr" in segment))]).to.deep.equal([6, [15, 30, 45, 60], true]);
		const fixed = about("--part", "test", "--snr", "varied", "--segment-seconds", "10", "--activity", "0.05", "--speakers", "jackson");
		expect(fixed.snr).to.equal("varied");
		expect(fixed.segments.every(({ snr }) => VARIED_SNR.includes(snr!))).to.equal(true);
		expect([...new Set(fixed.events.map(({ label }) => label.split("_")[1]))]).to.deep.equal(["jackson"]);
	}).timeout(60000);
	it("takes WAV files as kinds of noise; writes files from the command line", function () {
		const data = requireShared(this), noise = join(folder, "noise"), out = join(folder, "out");
		mkdirSync(noise);
		writeFileSync(join(noise, "bell.wav"), writeWav(int16(sine(700, 22050, 22050)), 22050, 1));
		const { status, stdout, stderr } = cli("sound", "--data", data, "--noise", noise, "--kinds", "files,brown", "--segment-seconds", "20", "--seconds", "90", "--snr", "5", "--seed", "9", "--out", out, "--name", "s", "--wav");
		expect([status, stderr]).to.deep.equal([0, ""]);
		expect(stdout).to.match(/seed 9, 90.0 s, \d+ events/);
		const about = JSON.parse(readFileSync(join(out, "s.json"), "utf8")) as Stream, samples = readFileSync(join(out, "s.i16"));
		expect([...new Set(about.segments.map(({ kind }) => kind))].sort()).to.deep.equal(["bell.wav", "brown"]);
		expect([about.rate, about.snr, about.seed, "samples" in about]).to.deep.equal([8000, 5, 9, false]);
		expect(readFileSync(join(out, "s.wav")).subarray(44).equals(samples)).to.equal(true);
		writeFileSync(join(noise, "nothing.wav"), writeWav(new Int16Array(8000), 8000, 1));
		expect(() => soundStream({ part: "train", snr: 5, seed: 1, data, noise })).to.throw(StreamError, /nothing.wav is silent/);
	}).timeout(60000);
});

describe("snn streams of falls and heartbeats", () => {
	it("falls: activity, SNR, pauses, who falls how, all from the seed", function () {
		const data = requireShared(this), options = { part: "train", snr: 10, seed: 4, seconds: 3600, data } as const;
		const stream = fallStream(options), clean = fallStream({ ...options, snr: Infinity });
		expect([stream.rate, stream.channels, stream.samples.length]).to.deep.equal([100, 3, 3 * 360000]);
		expect(bytes(stream).equals(bytes(fallStream(options)))).to.equal(true);
		expect([stream.events]).to.deep.equal([clean.events]);
		expect(activity(stream)).to.be.closeTo(0.01, 0.001);
		const daily = stream.segments.filter(({ kind }) => kind.startsWith("adl")).reduce((sum, { start, end }) => sum + end - start, 0) / 360000;
		expect(daily).to.be.closeTo(0.15, 0.015);
		stream.events.slice(1).forEach(({ start }, i) => expect(start - stream.events[i]!.end).to.be.above(600));
		const noise = stream.samples.map((x, i) => x - clean.samples[i]!);
		expect(rms(noise) / stream.segments[0]!.level).to.be.closeTo(1, 0.01);
		// Every fall has its blow, and rest has none.
		const length = (i: number): number => Math.hypot(clean.samples[3 * i]!, clean.samples[3 * i + 1]!, clean.samples[3 * i + 2]!);
		const most = ({ start, end }: { start: number; end: number }): number => Math.max(...Array.from({ length: end - start }, (_, i) => Math.abs(length(start + i) - 1000)));
		expect(Math.min(...clean.events.map(most))).to.be.above(450);
		expect(Math.max(...clean.segments.filter(({ kind }) => kind === "rest").map(({ start, end }) => most({ start: start + 25, end })))).to.be.below(150);

		const names = (part: "train" | "test", leaveOut?: string): string => [...new Set(fallStream({ part, snr: 20, seed: 1, data, ...leaveOut ? { leaveOut } : {} }).events.map(({ label }) => label))].sort().join();
		expect([names("train"), names("test")]).to.deep.equal(["fall_01,fall_03,fall_04", "fall_02,fall_05"]);
		expect([names("train", "fall_03"), names("test", "fall_03")]).to.deep.equal(["fall_01,fall_02,fall_04,fall_05", "fall_03"]);
	}).timeout(60000);
	it("heartbeats: halves of the record, SNR, no event twice", function () {
		const data = requireShared(this);
		for (const part of ["train", "test"] as const) {
			const clean = ecgStream({ part, snr: Infinity, seed: 1, data }), stream = ecgStream({ part, snr: 10, seed: 1, data });
			const record = readFileSync(join(data, "ecg", "MBA_ECG805.i16le")), from = part === "train" ? 0 : record.length - 2 * clean.samples.length;
			expect(bytes(clean).equals(record.subarray(from, from + 2 * clean.samples.length))).to.equal(true);
			const noise = stream.samples.map((x, i) => x - clean.samples[i]!);
			expect(dB(rms(centre(Float32Array.from(clean.samples))) / rms(noise))).to.be.closeTo(10, 0.1);
			expect(stream.events.length).to.be.within(90, 120);
			stream.events.slice(1).forEach(({ start }, i) => expect(start).to.be.above(stream.events[i]!.end));
			expect(stream.events.at(-1)!.end).to.be.at.most(stream.samples.length);
			expect(bytes(ecgStream({ part, snr: 10, seed: 1, data })).equals(bytes(stream))).to.equal(true);
		}
	});
});
