import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { type HomeDescription, type Resolution, VoiceDisambiguator } from "ruvllm-esp32/ruvector";
import { Habits } from "ruvllm-esp32/ruvector/voice/habits";
import { actionWith, requestOf } from "ruvllm-esp32/ruvector/voice/actions";
import { seeded } from "../support/random";
import { rounds } from "../support/arguments";

const HOME: HomeDescription = {
	floors: [{ name: "Ground Floor", id: "ground" }, { name: "Upstairs", id: "up", aliases: ["Top Floor"] }],
	areas: [
		{ name: "Kitchen", id: "kitchen", floor: "ground" }, { name: "Living Room", id: "living", floor: "ground", aliases: ["Lounge"] },
		{ name: "Bedroom", id: "bedroom", floor: "up" }, { name: "Hall", id: "hall", floor: "ground" }, { name: "Attic", id: "attic" },
	],
	entities: [
		{ name: "Kitchen Ceiling", id: "light.kitchen", area: "kitchen", state: "off" },
		{ name: "Floor Lamp", id: "light.floor_lamp", area: "living", state: "off" }, { name: "Corner Lamp", id: "light.corner", area: "living", state: "off" },
		{ name: "Bedroom Ceiling", id: "light.bedroom", area: "bedroom", state: "off" }, { name: "Bedside Lamp", id: "light.bedside", area: "bedroom", state: "off" },
		{ name: "Fan", id: "fan.kitchen", area: "kitchen", state: "off" }, { name: "Fan", id: "fan.bedroom", area: "bedroom", state: "off" },
		{ name: "TV", id: "media_player.tv", area: "living", state: "playing" }, { name: "Radio", id: "media_player.radio", area: "living", state: "idle" },
		{ name: "Front Door", id: "lock.front", area: "hall", state: "locked" },
		{ name: "Damp", id: "binary_sensor.damp", area: "kitchen", state: { out: "off" }, attributes: { device_class: "moisture" } },
	],
};
const make = (): VoiceDisambiguator => new VoiceDisambiguator(HOME);
/** The decision, and what it is about. */
const show = ({ decision, targets, candidates }: Resolution): string => [decision, ...targets, ...candidates].join(" ");

describe("VoiceDisambiguator: bad input", () => {
	it("refuses homes by what is wrong", () => {
		for (const [home, sentence] of [
			[null, /object/], [[], /object/], [{ areas: 1 }, /"areas"/], [{ areas: [{ name: "a" }] }, /areas\[0\]/], [{ areas: [{ name: "a", id: "a", floor: "x" }] }, /areas\[0\]\.floor/],
			[{ entities: [{ name: "a", id: "light" }] }, /begins with the domain/], [{ entities: [{ name: "a", id: "light.a", area: "b" }] }, /entities\[0\]\.area/],
			[{ entities: [{ name: "a", id: "light.a" }, { name: "b", id: "light.a" }] }, /two entities/], [{ floors: Array.from({ length: 17 }, () => ({ name: "a", id: "a" })) }, /17 floors/],
		] as const)
			expect(() => new VoiceDisambiguator(home as never), JSON.stringify(home)).to.throw(RuvllmError, sentence);
	});
	it("refuses requests, contexts and replies by the field", () => {
		const voice = make();
		for (const [request, sentence] of [[null, /object/], [{ text: 1 }, /"text"/], [{ name: "x".repeat(401) }, /400/], [{ action: "jump" }, /one of on, off/], [{ needsDevice: 1 }, /needsDevice/]] as const)
			expect(() => voice.resolve(request as never), JSON.stringify(request)?.slice(0, 40)).to.throw(RuvllmError, sentence);
		for (const [context, sentence] of [[null, /object/], [{ area: "Moon" }, /no area "Moon"/], [{ area: 3 }, /no area/], [{ time: 1440 }, /0 to 1439/], [{ time: 1.5 }, /0 to 1439/], [{ now: -1 }, /"now"/], [{ history: ["light.x"] }, /"history"/]] as const)
			expect(() => voice.resolve({ text: "the light" }, context as never), JSON.stringify(context)).to.throw(RuvllmError, sentence);
		expect(() => voice.reply("the first")).to.throw(RuvllmError, /nothing was asked/);
		expect(() => voice.setState("light.none", "on")).to.throw(RuvllmError, /no entity/);
		expect(() => voice.chosen("light.none")).to.throw(RuvllmError, /no entity/);
		for (const bytes of [new Uint8Array(0), new Uint8Array(776)])
			expect(() => voice.load(bytes)).to.throw(RuvllmError, /habits/);
	});
	it("any words, in any context, give a whole answer", () => {
		const random = seeded("words", 20261124), voice = make(), words = "turn on off the a light lights lamp it other one all here kitchen bedroom lounge fan tv first both every room up what is upstairs ceiling zebra".split(" ");
		const ids = HOME.entities!.map(({ id }) => id);
		for (let i = 0; i < rounds(300); i++) {
			const text = Array.from({ length: random.below(9) }, () => random.pick(words)).join(" ");
			const context = { area: random.pick([undefined, "kitchen", "Lounge", "Attic"]), time: random.below(1440), now: i * 40 };
			let result = voice.resolve({ text }, context);
			if (result.decision === "ask" && random.below(2) === 0)
				result = voice.reply(random.pick(["both", "the second", "ceiling", "zebra", result.candidates[0]!]), context);
			expect([...result.targets, ...result.candidates].every((id) => ids.includes(id)), text).to.equal(true);
			expect(result.decision === "ask" ? result.candidates.length > 1 && result.candidates.length <= 4 && /\?$/.test(result.question) : result.candidates.length === 0, text).to.equal(true);
			expect(result.decision === "resolved" ? result.targets.length > 0 : result.targets.length === 0 && result.question !== "", text).to.equal(true);
		}
	}).timeout(60000);
});

describe("VoiceDisambiguator: which one", () => {
	it("takes the only light of the room, and the name of the room as a slot", () => {
		const result = make().resolve({ text: "turn on the light", action: "on", domain: "light" }, { area: "Kitchen" });
		expect(show(result)).to.equal("resolved light.kitchen");
		expect(result.slots).to.deep.equal({ domain: "light", area: "Kitchen" });
		expect(result.reasons[0]).to.deep.equal({ target: "light.kitchen", score: 50, reasons: { area: 40, state: 10 } });
	});
	it("asks which of two, and takes the answer", () => {
		const voice = make(), asked = voice.resolve({ text: "turn on the light" }, { area: "Lounge" });
		expect(show(asked)).to.equal("ask light.floor_lamp light.corner");
		expect(asked.question).to.equal("Which light do you mean: Floor Lamp or Corner Lamp?");
		expect(show(voice.reply("the purple one"))).to.equal("ask light.floor_lamp light.corner");
		expect(voice.asking).to.equal(true);
		expect(show(voice.reply("the corner one"))).to.equal("resolved light.corner");
		expect(voice.asking).to.equal(false);
		for (const [said, targets] of [["the second one", "light.corner"], ["both", "light.floor_lamp light.corner"], ["floor lamp please", "light.floor_lamp"], ["light.corner", "light.corner"]] as const) {
			const other = make();
			other.resolve({ text: "turn on the light" }, { area: "Lounge" });
			expect(show(other.reply(said)), said).to.equal(`resolved ${targets}`);
		}
	});
	it("turns on what is off, and off what is on", () => {
		const voice = make();
		voice.setState("light.corner", "on");
		expect(show(voice.resolve({ text: "turn on the light" }, { area: "Lounge" }))).to.equal("resolved light.floor_lamp");
		voice.forget();
		expect(show(voice.resolve({ text: "turn the lamp off" }, { area: "Lounge" }))).to.equal("resolved light.corner");
		voice.forget();
		expect(show(voice.resolve(requestOf({ intent: "HassMediaPause" }, "pause"), { area: "Lounge" }))).to.equal("resolved media_player.tv");
	});
	it("knows what is meant by it, by them and by the other one", () => {
		const voice = make();
		expect(voice.resolve({ text: "turn it off" }).decision).to.equal("unknown");
		voice.resolve({ text: "turn on the floor lamp" }, { area: "Kitchen", now: 10 });
		expect(show(voice.resolve({ text: "turn it off" }, { area: "Kitchen", now: 20 }))).to.equal("resolved light.floor_lamp");
		expect(show(voice.resolve({ text: "no, the other one" }, { area: "Kitchen", now: 30 }))).to.equal("resolved light.corner");
		voice.resolve({ text: "turn on the lights" }, { area: "bedroom", now: 40 });
		expect(show(voice.resolve({ text: "dim them" }, { now: 50 }))).to.equal("resolved light.bedroom light.bedside");
		expect(voice.resolve({ text: "dim them" }, { now: 400 }).decision).to.equal("unknown");
		expect(show(make().resolve({ text: "turn it on" }, { history: ["fan.kitchen", "light.corner"] }))).to.equal("resolved light.corner");
	});
	it("does not take somebody's guess of a kind for what was said", () => {
		const voice = make(), context = { area: "Lounge" }, off = { intent: "HassTurnOff", area: "Living Room", domain: "light" };
		voice.resolve({ action: "on", name: "TV" }, context);
		expect(show(voice.resolve(requestOf(off, "turn it off"), context))).to.equal("resolved media_player.tv");
		expect(show(voice.resolve(requestOf({ intent: "none" }, "turn the other one off"), context))).to.equal("resolved media_player.radio");
		expect(voice.resolve(requestOf({ intent: "none" }, "turn it off"), context).action).to.equal("off");
		voice.resolve({ action: "on", name: "corner lamp" }, context);
		voice.resolve({ action: "on", name: "TV" }, context);
		expect(show(voice.resolve(requestOf({ intent: "HassLightSet", area: "Living Room", color: "blue" }, "make it blue"), context))).to.equal("resolved light.corner");
		expect(voice.resolve(requestOf(off, "it is too bright"), context).targets.length).to.equal(2);
		expect(voice.resolve(requestOf({ intent: "none" }, "who won the world cup"), context).targets.length).to.equal(0);
	});
	it("prefers what was just named, and what stands at the bed at night", () => {
		const voice = make();
		voice.resolve({ text: "turn on the corner lamp" }, { area: "Lounge" });
		expect(show(voice.resolve({ text: "make the light red", action: "set", domain: "light" }, { area: "Lounge" }))).to.equal("resolved light.corner");
		expect(show(make().resolve({ text: "turn on the light" }, { area: "Bedroom", time: 23 * 60 }))).to.equal("resolved light.bedside");
		expect(show(make().resolve({ text: "turn on the light" }, { area: "Bedroom", time: 12 * 60 }))).to.equal("ask light.bedroom light.bedside");
	});
	it("goes by names, also where several have the same", () => {
		expect(show(make().resolve({ action: "off", name: "front door" }))).to.equal("resolved lock.front");
		expect(show(make().resolve({ action: "on", name: "fan" }, { area: "bedroom" }))).to.equal("resolved fan.bedroom");
		const asked = make().resolve({ action: "on", name: "Fan" });
		expect(asked.question).to.equal("Which device do you mean: Fan in Kitchen or Fan in Bedroom?");
		expect(show(make().resolve({ action: "on", name: "Fan", area: "kitchen" }))).to.equal("resolved fan.kitchen");
		expect(show(make().resolve({ action: "on", name: "bedside" }))).to.equal("resolved light.bedside");
		expect(make().resolve({ action: "on", name: "unicorn" }).decision).to.equal("unknown");
		expect(make().resolve({ action: "on", area: "Moon" }).question).to.equal("I know no place called Moon.");
	});
	it("all: of this room, of a floor, of the home", () => {
		const all = (text: string, area?: string): string => show(make().resolve({ text }, { area }));
		expect(all("turn off the lights", "lounge")).to.equal("resolved light.floor_lamp light.corner");
		expect(all("turn off all the lights in here", "lounge")).to.equal("resolved light.floor_lamp light.corner");
		expect(all("turn off all the lights", "lounge").split(" ").length).to.equal(6);
		expect(all("turn off the lights everywhere", "lounge").split(" ").length).to.equal(6);
		expect(all("turn off the lights upstairs", "lounge")).to.equal("resolved light.bedroom light.bedside");
		expect(all("which lights are on", "lounge").split(" ").length).to.equal(6);
	});
	it("takes words that are of one name alone", () => {
		const one = (text: string, area?: string): string => show(make().resolve({ text }, { area }));
		expect(one("turn on the ceiling light", "bedroom")).to.equal("resolved light.bedroom");
		expect(one("turn on the corner", "kitchen")).to.equal("resolved light.corner");
		expect(one("turn on the bedside light in the bedroom", "kitchen")).to.equal("resolved light.bedside");
		expect(one("turn on both lamps", "lounge")).to.equal("resolved light.floor_lamp light.corner");
		expect(one("light up the bedroom", "kitchen").split(" ").length).to.equal(4);
		const voice = make();
		voice.resolve({ text: "turn on the light" }, { area: "lounge" });
		expect(show(voice.reply("the bedside lamp"))).to.equal("resolved light.bedside");
		voice.resolve({ text: "unlock the front door" });
		expect(show(voice.resolve({ text: "lock it" }))).to.equal("resolved lock.front");
	});
	it("tells a room that was said from one that an understanding put in", () => {
		const light = { action: "on", domain: "light", area: "Living Room" } as const, context = { area: "Lounge" };
		expect(show(make().resolve({ ...light, text: "turn on the light" }, context))).to.equal("ask light.floor_lamp light.corner");
		expect(show(make().resolve({ ...light, text: "turn on the lounge light" }, context))).to.equal("resolved light.floor_lamp light.corner");
		expect(show(make().resolve({ ...light, area: "Hall", text: "turn on the light in the hall" }, context))).to.equal("unknown");
		expect(make().resolve({ ...light, area: "Hall", text: "turn on the light" }, { area: "Hall" }).decision).to.equal("ask");
	});
	it("looks at the floor and the home when the room has none, and switches no other rooms unasked", () => {
		expect(show(make().resolve({ text: "unlock the door" }, { area: "Bedroom" }))).to.equal("resolved lock.front");
		expect(make().resolve({ text: "turn off the lights" }, { area: "Hall" }).decision).to.equal("ask");
		const voice = make();
		for (const { id } of HOME.entities!)
			if (id !== "light.bedroom")
				voice.setState(id, "on");
		expect(voice.resolve({ text: "turn on the light" }, { area: "Attic" }).decision).to.equal("ask");
		expect(voice.resolve({ text: "is the light on" }, { area: "Kitchen" }).targets).to.deep.equal(["light.kitchen"]);
		expect(make().resolve({ text: "turn off the lights in here" }, { area: "Hall" }).question).to.equal("I know no such light in Hall.");
		expect(make().resolve({ text: "open the valve" }).decision).to.equal("unknown");
	});
});

describe("VoiceDisambiguator: habits and actions", () => {
	it("learns from answers, here and at this time only, and keeps it", () => {
		const voice = make(), evening = { area: "Lounge", time: 20 * 60 };
		for (let i = 0; i < 3; i++) {
			expect(show(voice.resolve({ text: "turn on the light" }, { ...evening, now: 1000 * i })), `${i}`).to.equal(i < 2 ? "ask light.floor_lamp light.corner".split(" ").slice(0, 1).concat(i === 0 ? ["light.floor_lamp", "light.corner"] : ["light.corner", "light.floor_lamp"]).join(" ") : "resolved light.corner");
			if (i < 2)
				voice.reply("corner", evening);
		}
		expect(voice.resolve({ text: "turn on the light" }, { ...evening, time: 12 * 60, now: 9000 }).decision).to.equal("ask");
		const again = make();
		again.load(voice.save());
		expect(show(again.resolve({ text: "turn on the light" }, evening))).to.equal("resolved light.corner");
		expect(() => new VoiceDisambiguator({ entities: [{ name: "a", id: "light.a" }] }).load(voice.save())).to.throw(RuvllmError, /another home/);
	});
	it("counts fade: a new habit wins over an old one, and the table never overflows", () => {
		const habits = new Habits();
		for (let i = 0; i < 40; i++)
			habits.add(7, 1);
		for (let i = 0; i < 12; i++)
			habits.add(7, 2);
		expect(habits.count(7, 2)).to.be.above(habits.count(7, 1));
		expect(habits.total(7)).to.be.below(16);
		const random = seeded("habits", 77);
		for (let i = 0; i < rounds(2000); i++)
			habits.add(random.below(5000), random.below(256));
		expect(habits.count(1 << 20, 3)).to.equal(0);
	});
	it("reads actions of Home Assistant's kind and puts the place into them", () => {
		const voice = make(), said = { intent: "HassMediaNext" }, { slots } = voice.resolve(requestOf(said, "skip this song"), { area: "Lounge" });
		expect(actionWith(said, slots)).to.deep.equal({ intent: "HassMediaNext", area: "Living Room" });
		const timer = { intent: "HassStartTimer", minutes: 5 };
		expect(voice.resolve(requestOf(timer, "5 minute timer"), { area: "Lounge" })).to.deep.equal({ decision: "resolved", targets: [], candidates: [], question: "", slots: {}, reasons: [] });
		expect(actionWith(timer, { area: "x" })).to.deep.equal(timer);
	});
});
