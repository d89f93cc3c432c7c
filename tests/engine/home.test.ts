import { expect } from "chai";
import { RuvllmError } from "ruvllm-esp32/core/errors";
import { answerParts, itemParts, type Part, promptParts, type WantedAction } from "ruvllm-esp32/engine/home/encode";
import { AnswerWalk } from "ruvllm-esp32/engine/home/grammar";
import { Home, type HomeConfig } from "ruvllm-esp32/engine/home/home";
import { link, MOST_WORDS } from "ruvllm-esp32/engine/home/linker";
import { durationAt, numberAt } from "ruvllm-esp32/engine/home/numbers";
import { INTENTS, symbol, SYMBOLS } from "ruvllm-esp32/engine/home/symbols";
import { words } from "ruvllm-esp32/engine/home/words";
import { host } from "ruvllm-esp32/platform/runtime";
import { rounds } from "../support/arguments";
import { random } from "../support/small-model";

const CONFIG: HomeConfig = {
	floors: [{ name: "First Floor", id: "f1" }],
	areas: [{ name: "Kitchen", id: "k" }, { name: "Living Room", id: "l" }, { name: "Garage", id: "g" }, { name: "Office", id: "o" }],
	entities: [
		{ name: "Desk Lamp", id: "light.desk" }, { name: "Kitchen Switch", id: "switch.kitchen" }, { name: "Phone", id: "binary_sensor.a", attributes: { device_class: "battery" } },
		{ name: "Phone", id: "binary_sensor.b", attributes: { device_class: "plug" } }, { name: "Light", id: "binary_sensor.c", attributes: { device_class: "light" } },
		{ name: "Trader Joe[']s", id: "todo.t" }, { name: "Poo poo sensor 2", id: "sensor.v", attributes: { device_class: "aqi" } },
	],
};
const HOME = new Home(CONFIG);
const show = (parts: readonly Part[]): string => parts.map((part) => typeof part === "number" ? `<${SYMBOLS[part]!}>` : part).join(" ");
const prompt = (sentence: string, here?: string): string => show(promptParts(link(sentence, HOME, here)));
const texts = (sentence: string): string[] => words(sentence).map(({ text }) => text);

/** Walks as a model of no sense would: any of what is allowed. */
function wander(sentence: string, here: string | undefined, next: () => number): { action: Record<string, unknown>; steps: number } {
	const linked = link(sentence, HOME, here), ids = new Map<Part, number>();
	const idOf = (part: Part): number => ids.get(part) ?? ids.set(part, typeof part === "number" ? part : 1000 + ids.size).get(part)!;
	const walk = new AnswerWalk(linked, itemParts(linked).map((item) => item.map(idOf)), (index) => index);
	let steps = 0;
	while (!walk.ended) {
		const allowed = walk.allowed();
		if (!allowed.length || ++steps > 400)
			throw new Error(`"${sentence}" stops at ${JSON.stringify(walk.action)}`);
		walk.take(allowed[next() % allowed.length]!);
	}
	return { action: walk.action, steps };
}

describe("engine/home: reading", () => {
	it("refuses homes that are none, by what is wrong", () => {
		for (const [config, sentence] of [
			[null, /object/], [[], /object/], [{ areas: 1 }, /"areas"/], [{ areas: [{}] }, /areas\[0\].*name/], [{ entities: [{ name: "x" }] }, /entities\[0\].*id/],
			[{ entities: [{ name: "x", id: "light" }] }, /id like/], [{ floors: [{ name: "?!", id: "a" }] }, /without letters/],
			// A thousand names are more than an emulated board has memory for.
			...(host === "riscv" ? [] : [[{ areas: Array.from({ length: 1001 }, (_, i) => ({ name: `a${i}`, id: "a" })) }, /1001 names/]] as const),
		] as const)
			expect(() => new Home(config as never), JSON.stringify(config)?.slice(0, 40)).to.throw(RuvllmError, sentence);
	});
	it("cuts words, numbers and signs", () => {
		expect(texts("")).to.deep.equal([]);
		expect(texts("What's the Office's temp, 20.5° or 50%?")).to.deep.equal(["what", "s", "the", "office", "s", "temp", "20.5", "°", "or", "50", "%"]);
		expect(texts("1/2 an hour — café “x”")).to.deep.equal(["1/2", "an", "hour", "café", "x"]);
	});
	it("reads numbers in words", () => {
		const value = (text: string): unknown => { const found = numberAt(words(text), 0); return found && [found.value, found.length]; };
		for (const [text, expected] of [
			["50", [50, 1]], ["20.5", [20.5, 1]], ["fifty", [50, 1]], ["twenty one", [21, 2]], ["one hundred", [100, 2]], ["a hundred", [100, 2]], ["two hundred and five", [205, 4]],
			["twenty point five", [20.5, 3]], ["one hundred and the", [100, 2]], ["1234567", undefined], ["1.234", undefined], ["lamp", undefined], ["a lamp", undefined],
		] as const)
			expect(value(text), text).to.deep.equal(expected);
	});
	it("reads durations in words", () => {
		const parts = (text: string): unknown => durationAt(words(text), 0)?.parts.map(({ value, unit }) => `${value} ${unit}`).join(" ");
		for (const [text, expected] of [
			["half an hour", "30 minutes"], ["1/2 a minute", "30 seconds"], ["half a second", undefined], ["an hour and a half", "1 hours 30 minutes"], ["two and a half minutes", "2 minutes 30 seconds"],
			["a quarter of an hour", "15 minutes"], ["three quarters of an hour", "45 minutes"], ["a couple of minutes", "2 minutes"], ["an hour", "1 hours"], ["5 minutes", undefined], ["half", undefined],
		] as const)
			expect(parts(text), text).to.equal(expected);
	});
	it("puts symbols for names, the longest first, and keeps the words of common ones", () => {
		expect(prompt("turn off the Desk Lamp in the kitchen")).to.equal("<elsewhere> turn off the <is:light> <name#1> in the <area#1> <answer>");
		expect(prompt("kitchen switches, Kitchen switch")).to.equal("<elsewhere> <area#1> switches <is:switch> <name#1> <answer>");
		expect(prompt("the light is red on the first floor", "Office")).to.equal("<here> the light <is:binary_sensor> <name#1> is <color#1> on the <floor#1> <answer>");
		expect(prompt("open the garage door of the garage")).to.equal("<elsewhere> open the garage door of the <area#1> <answer>");
		expect(prompt("phone phone kitchen garage office")).to.equal("<elsewhere> <is:binary_sensor> <name#1> <is:binary_sensor> <name#1> <area#1> <area#2> office <answer>");
		expect(prompt("add it to Trader Joe's and trader joes")).to.equal("<elsewhere> add it to <is:todo> <name#1> and <is:todo> <name#2> <answer>");
		expect(prompt("poo poo sensor 2 for half an hour")).to.equal("<elsewhere> <is:sensor> <name#1> for <number#1> minutes <answer>");
	});
});

describe("engine/home: answers", () => {
	const said = (sentence: string, wanted: WantedAction, here?: string): string => {
		const parts = answerParts(link(sentence, HOME, here), wanted);
		return typeof parts === "string" ? parts : show(parts);
	};
	it("tells why a sentence can't be answered so", () => {
		expect(said("turn it on", { intent: "HassTurnOn", slots: { area: "Kitchen" } })).to.equal('area can\'t be "Kitchen"');
		expect(said("set it to 40", { intent: "HassLightSet", slots: { brightness: 50 } })).to.equal("brightness can't be 50");
		expect(said("hello", { intent: "HassRespond", slots: { area: "Kitchen" } })).to.equal("HassRespond has no slot area");
	});
	it("says names, numbers and words of the sentence", () => {
		expect(said("lights in the kitchen", { intent: "HassTurnOn", slots: { area: "Kitchen", domain: "light" } })).to.equal("<intent:HassTurnOn> <slot:area> <area#1> <domain:light> <end>");
		expect(said("lights", { intent: "HassTurnOn", slots: { area: "Office", domain: "light" } }, "Office")).to.equal("<intent:HassTurnOn> <slot:area> <here> <domain:light> <end>");
		expect(said("desk lamp to the max", { intent: "HassLightSet", slots: { name: "Desk Lamp", brightness: 100 } })).to.equal("<intent:HassLightSet> <slot:name> <name#1> <slot:brightness> <highest> <end>");
		expect(said("5 minute pizza timer", { intent: "HassStartTimer", slots: { minutes: 5, name: ["pizza"] } })).to.equal("<intent:HassStartTimer> <slot:minutes> <number#1> <slot:timer> pizza <end>");
		expect(said("play The Office in the kitchen", { intent: "HassMediaSearchAndPlay", slots: { area: "Kitchen", search_query: "The Office" } }))
			.to.equal("<intent:HassMediaSearchAndPlay> <slot:area> <area#2> <slot:search_query> the <area#1> <end>");
	});
	it("walks where an answer leads, to the values that it means", () => {
		const linked = link("play The Office song in the office", HOME), items = itemParts(linked), ids = new Map<Part, number>();
		const idOf = (part: Part): number => ids.get(part) ?? ids.set(part, typeof part === "number" ? part : 1000 + ids.size).get(part)!;
		const walk = new AnswerWalk(linked, items.map((item) => item.map(idOf)), (index) => index);
		const answer = answerParts(linked, { intent: "HassMediaSearchAndPlay", slots: { area: "Office", media_class: "track", search_query: "The Office" } }) as Part[];
		for (const part of answer) {
			expect(walk.allowed()).to.contain(idOf(part));
			walk.take(idOf(part));
		}
		// Both mentions are of one area: the text is the first's.
		expect(walk.action).to.deep.equal({ intent: "HassMediaSearchAndPlay", area: "Office", media_class: "track", search_query: "The Office" });
	});
	it("ends each walk, whatever is preferred, with what the sentence and the home have", () => {
		const seed = 20261125, next = random(seed), vocabulary = ["turn", "on", "the", "kitchen", "desk", "lamp", "50", "%", "half", "an", "hour", "red", "phone", "garage", "door", "play", "trader", "joes", "first", "floor", "400", "20.5"];
		for (let i = 0; i < rounds(6000); i++) {
			const sentence = Array.from({ length: 1 + next() % 9 }, () => vocabulary[next() % vocabulary.length]!).join(" "), here = next() % 3 ? undefined : "Office";
			const { action } = wander(sentence, here, next), title = `seed ${seed}, ${i}: "${sentence}": ${JSON.stringify(action)}`;
			expect(INTENTS as readonly string[], title).to.contain(action.intent);
			if (action.area !== undefined)
				expect(["Kitchen", "Living Room", "Garage", "Office"], title).to.contain(action.area);
			for (const slot of ["brightness", "volume_level", "position"])
				if (action[slot] !== undefined)
					expect(action[slot], title).to.be.within(0, 100);
			for (const slot of ["item", "message", "search_query", "conversation_command"])
				if (action[slot] !== undefined)
					expect(sentence, title).to.contain(action[slot] as string);
			if (action.intent === "HassLightSet")
				expect("brightness" in action || "color" in action, title).to.equal(true);
			if (action.intent === "HassStartTimer")
				expect("hours" in action || "minutes" in action || "seconds" in action, title).to.equal(true);
		}
	}).timeout(120000);
	it("has a symbol for all that it can say, each once", () => {
		expect(new Set(SYMBOLS).size).to.equal(SYMBOLS.length);
		expect(() => symbol("nothing")).to.throw(/nothing/);
		expect(link(Array.from({ length: 200 }, () => "word").join(" "), HOME).items.length).to.equal(MOST_WORDS + 1);
	});
});
