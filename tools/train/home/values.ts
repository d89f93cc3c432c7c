/** Values for the braces of phrases: names of a home, numbers, and words for what people play, write down and announce. */

import type { HomeConfig } from "ruvllm-esp32/engine/home/home";
import type { Chooser } from "./random.ts";

/** Words and sentences to speak of, from data sets; see data-sets.ts. */
export interface Pools {
	titles: readonly string[];
	items: readonly string[];
	sentences: readonly string[];
	words: readonly string[];
}

const ITEMS = [
	"apples", "milk", "bread", "eggs", "toilet paper", "bananas", "dish soap", "take out the trash", "two lemons", "a dozen eggs", "call the plumber", "water the plants", "olive oil", "cat food", "batteries",
	"light bulbs", "do the laundry", "clean the windows", "birthday card", "ice cream", "pay rent", "wash the car", "buy stamps", "tomatoes and onions", "a bottle of wine", "mow the lawn",
];
const LABELS = ["pizza", "eggs", "pasta", "laundry", "tea", "cookies", "bread", "rice", "workout", "homework", "chicken", "cake", "nap", "steak", "lasagna", "oven", "potatoes", "break", "turkey", "coffee"];
const TITLES = [
	"The Office", "Bohemian Rhapsody", "Queen", "Beatles", "My Favorites", "Serial", "Inception", "Breaking Bad", "Jazz", "Some Music", "Radiohead", "Abbey Road", "Star Wars", "Friends", "The Daily", "Chill Vibes",
	"Classical Music", "Thriller", "Taylor Swift", "The Crown", "Frozen", "Daft Punk", "Workout Mix", "Yesterday", "Pink Floyd", "Let It Be", "the news", "rock",
];
const MESSAGES = [
	"dinner is ready", "it's time for bed", "we are leaving in five minutes", "the movie is starting", "I'm home", "lunch is on the table", "someone is at the door", "the taxi is here", "breakfast is ready",
	"the pizza has arrived", "please come downstairs", "it's time to go to school", "the laundry is done", "bath time", "grandma is on the phone",
];
export const COLORS = ["red", "green", "blue", "yellow", "orange", "purple", "pink", "white", "cyan", "magenta", "turquoise", "teal", "gold", "violet", "brown", "lavender", "lime", "indigo"];

const SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** A number of 0 to 100, in words. */
function inWords(n: number): string {
	if (n === 100)
		return "one hundred";
	if (n < 20)
		return SMALL[n]!;
	return TENS[Math.floor(n / 10)]! + (n % 10 ? ` ${SMALL[n % 10]!}` : "");
}

const write = (n: number, random: Chooser): string => random.chance(0.25) && Number.isInteger(n) && n <= 100 ? inWords(n) : String(n);

/** What a sentence says, and the value that it means. */
export interface Value {
	said: string;
	means: string | number;
}

const RANGES: Readonly<Record<string, readonly [low: number, high: number, step: number]>> = {
	n: [0, 100, 1], t: [10, 90, 1], m: [1, 59, 1], m2: [1, 59, 1], s: [5, 59, 1], h: [1, 12, 1], h2: [1, 4, 1],
};

/** A value for `{key}`, or undefined where the home has none. `used`: numbers that the sentence has. */
export function draw(key: string, home: HomeConfig, pools: Pools, random: Chooser, used: Set<number>, command: () => string): Value | undefined {
	const range = RANGES[key];
	if (range) {
		let n: number;
		do
			n = random.chance(0.3) && key !== "h" && key !== "h2" ? 5 * (1 + random.below(Math.floor(range[1] / 5))) : range[0] + random.below(range[1] - range[0] + 1);
		while (used.has(n));
		if (key === "t" && random.chance(0.15))
			n += 0.5;
		used.add(n);
		return { said: write(n, random), means: n };
	}
	const free = (list: readonly string[], pool: readonly string[]): Value => {
		const way = random.below(10);
		const said = way < 4 ? random.pick(list) : way < 7 && pool.length ? random.pick(pool) : Array.from({ length: 1 + random.below(3) }, () => random.pick(pools.words)).join(" ");
		return { said, means: said };
	};
	const place = (list: readonly { name: string }[] | undefined): Value | undefined => {
		if (!list?.length)
			return undefined;
		const { name } = random.pick(list);
		return { said: name, means: name };
	};
	switch (key) {
		case "area": return place(home.areas);
		case "floor": return place(home.floors);
		case "color": return same(random.pick(COLORS));
		case "item": return free(ITEMS, pools.items);
		case "title":
			// A title may name an area too.
			return random.chance(0.08) ? same(`${random.pick(["The", "My", "Our", "Welcome to the"])} ${random.pick(home.areas!).name}`) : free(TITLES, pools.titles);
		case "label": return free(LABELS, LABELS);
		case "message": return same(random.chance(0.5) ? random.pick(MESSAGES) : random.pick(pools.sentences));
		case "command": return same(command());
	}
	const [domain, deviceClass] = key.split("/") as [string, string | undefined];
	return place(home.entities?.filter((entity) => entity.id.startsWith(`${domain}.`) && (deviceClass === undefined || (entity.attributes?.device_class ?? "") === deviceClass)));
}

const same = (said: string): Value => ({ said, means: said });
