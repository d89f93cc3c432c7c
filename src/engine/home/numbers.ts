/** Numbers and durations in words or digits: "fifty", "20.5", "one hundred", "half an hour". */

import type { Word } from "ruvllm-esp32/engine/home/words";

const SMALL = [
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
	"sixteen", "seventeen", "eighteen", "nineteen",
];
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** Units of time, by their words. */
const UNITS: Readonly<Record<string, string>> = {
	hour: "hours", hours: "hours", hr: "hours", hrs: "hours", minute: "minutes", minutes: "minutes", min: "minutes", mins: "minutes",
	second: "seconds", seconds: "seconds", sec: "seconds", secs: "seconds",
};
/** The next smaller one, of which 60 make one. */
const SMALLER: Readonly<Record<string, string>> = { hours: "minutes", minutes: "seconds" };

/** A number that begins at a word. */
export interface NumberAt {
	value: number;
	/** Words that it takes. */
	length: number;
}

/** Digits, or words up to 999 with "point". Undefined where no number begins. */
export function numberAt(words: readonly Word[], at: number): NumberAt | undefined {
	const first = words[at]!.text;
	const digits = parseDigits(first);
	if (digits !== undefined)
		return { value: digits, length: 1 };
	let value = -1, next = at;
	const below100 = (): number => {
		const text = words[next]?.text ?? "", ten = TENS.indexOf(text), small = SMALL.indexOf(text);
		if (small >= 0) {
			next++;
			return small;
		}
		if (ten < 0)
			return -1;
		next++;
		const unit = SMALL.indexOf(words[next]?.text ?? "");
		if (unit > 0 && unit < 10)
			next++;
		return 10 * (ten + 2) + (unit > 0 && unit < 10 ? unit : 0);
	};
	if (first === "a" && words[at + 1]?.text === "hundred") {
		value = 1;
		next = at + 1;
	}
	else
		value = below100();
	if (value < 0)
		return undefined;
	if (value > 0 && value < 10 && words[next]?.text === "hundred") {
		next++;
		value *= 100;
		const skip = words[next]?.text === "and" ? 1 : 0, before = next;
		next += skip;
		const rest = below100();
		if (rest > 0)
			value += rest;
		else
			next = before;
	}
	if (words[next]?.text === "point") {
		const digit = SMALL.indexOf(words[next + 1]?.text ?? "");
		if (digit >= 0 && digit < 10)
			return { value: (10 * value + digit) / 10, length: next + 2 - at };
	}
	return { value, length: next - at };
}

/** At most 6 digits and 2 decimals: anything longer is no setting of a home. */
function parseDigits(text: string): number | undefined {
	const dot = text.indexOf("."), whole = dot < 0 ? text : text.slice(0, dot), decimals = dot < 0 ? "" : text.slice(dot + 1);
	if (!whole.length || whole.length > 6 || decimals.length > 2 || (dot >= 0 && !decimals.length))
		return undefined;
	for (const part of [whole, decimals])
		for (let i = 0; i < part.length; i++)
			if (part.charCodeAt(i) < 48 || part.charCodeAt(i) > 57)
				return undefined;
	return Number(text);
}

/** Parts of a duration said in a way of its own, as numbers with their units; undefined where none begins. */
export interface DurationAt {
	parts: readonly { value: number; unit: string }[];
	length: number;
}

const isArticle = (text: string | undefined): boolean => text === "a" || text === "an";

/** "half an hour", "1/2 a minute", "an hour and a half", "a quarter of an hour", "two and a half minutes", "a couple of minutes". */
export function durationAt(words: readonly Word[], at: number): DurationAt | undefined {
	const text = (i: number): string | undefined => words[at + i]?.text;
	const unitAt = (i: number): string | undefined => Object.hasOwn(UNITS, text(i) ?? "") ? UNITS[text(i)!] : undefined;
	// half an hour; a half hour; 1/2 a minute; half of an hour
	let i = isArticle(text(0)) && text(1) === "half" ? 1 : 0;
	if (text(i) === "half" || text(i) === "1/2") {
		i++;
		if (text(i) === "of")
			i++;
		if (isArticle(text(i)))
			i++;
		const smaller = SMALLER[unitAt(i) ?? ""];
		return smaller ? { parts: [{ value: 30, unit: smaller }], length: i + 1 } : undefined;
	}
	// a quarter of an hour; three quarters of an hour
	const quarters = isArticle(text(0)) && text(1) === "quarter" ? 1 : text(0) === "quarter" ? 1 : text(0) === "three" && text(1) === "quarters" ? 3 : 0;
	if (quarters) {
		i = text(0) === "quarter" ? 1 : 2;
		if (text(i) === "of")
			i++;
		if (isArticle(text(i)))
			i++;
		const smaller = SMALLER[unitAt(i) ?? ""];
		return smaller ? { parts: [{ value: 15 * quarters, unit: smaller }], length: i + 1 } : undefined;
	}
	// a couple of minutes
	if (text(0) === "a" && text(1) === "couple") {
		i = text(2) === "of" ? 3 : 2;
		const unit = unitAt(i);
		return unit ? { parts: [{ value: 2, unit }], length: i + 1 } : undefined;
	}
	// an hour [and a half]; two and a half hours; two hours and a half
	const number = isArticle(text(0)) ? { value: 1, length: 1 } : numberAt(words, at);
	if (!number)
		return undefined;
	i = number.length;
	const half = (j: number): boolean => text(j) === "and" && ((text(j + 1) === "a" && text(j + 2) === "half") || text(j + 1) === "1/2" || text(j + 1) === "half");
	const halfLength = (j: number): number => text(j + 1) === "a" ? 3 : 2;
	if (half(i)) {
		const unit = unitAt(i + halfLength(i)), smaller = SMALLER[unit ?? ""];
		return unit && smaller ? { parts: [{ value: number.value, unit }, { value: 30, unit: smaller }], length: i + halfLength(i) + 1 } : undefined;
	}
	const unit = unitAt(i), smaller = SMALLER[unit ?? ""];
	if (unit && smaller && half(i + 1) && !unitAt(i + 1 + halfLength(i + 1)))
		return { parts: [{ value: number.value, unit }, { value: 30, unit: smaller }], length: i + 1 + halfLength(i + 1) };
	return unit && isArticle(text(0)) ? { parts: [{ value: 1, unit }], length: i + 1 } : undefined;
}
