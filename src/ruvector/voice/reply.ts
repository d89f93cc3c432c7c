/** Which of the devices that a question named an answer means. */

import { hasWords, type HomeIndex, saidIn, spell } from "ruvllm-esp32/ruvector/voice/home-index";
import { ALL, BOTH, ORDINALS } from "ruvllm-esp32/ruvector/voice/words";

/** None: the answer names none of them, or several by a word that they share. */
export function chosenBy(home: HomeIndex, asked: readonly number[], said: string): readonly number[] {
	const text = spell(said), byId = asked.filter((i) => home.entities[i]!.id === said);
	if (byId.length > 0)
		return byId;
	const whole = asked.filter((i) => saidIn(home.entities[i]!, text) !== "");
	const inArea = asked.filter((i) => home.entities[i]!.area >= 0 && saidIn(home.areas[home.entities[i]!.area]!, text) !== "");
	const both = whole.filter((i) => inArea.includes(i));
	for (const list of [both, whole, inArea])
		if (list.length === 1)
			return list;
	const ordinal = ORDINALS.findIndex((word) => text.includes(word));
	if (ordinal >= 0 && ordinal < asked.length)
		return [asked[ordinal]!];
	if (text.includes(" last "))
		return [asked[asked.length - 1]!];
	if ([...ALL, ...BOTH].some((word) => text.includes(word)))
		return asked;
	// Words of the answer that only one of the names has.
	const shared = text.trim().split(" ").map((word) => asked.filter((i) => hasWords(home.entities[i]!, ` ${word} `))).filter((list) => list.length === 1);
	return shared.length > 0 && shared.every((list) => list[0] === shared[0]![0]) ? shared[0]! : [];
}
