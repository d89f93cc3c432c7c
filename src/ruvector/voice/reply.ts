/** Which of the devices that a question named an answer means. */

import { type HomeIndex, spell } from "ruvllm-esp32/ruvector/voice/home-index";
import { ALL, ORDINALS } from "ruvllm-esp32/ruvector/voice/words";

/** None: the answer names none of them, or several by a word that they share. */
export function chosenBy(home: HomeIndex, asked: readonly number[], said: string): readonly number[] {
	const text = spell(said), byId = asked.filter((i) => home.entities[i]!.id === said);
	if (byId.length > 0)
		return byId;
	const whole = asked.filter((i) => home.entities[i]!.spellings.some((spelling) => text.includes(spelling)));
	const inArea = asked.filter((i) => home.areas[home.entities[i]!.area]?.spellings.some((spelling) => text.includes(spelling)));
	const both = whole.filter((i) => inArea.includes(i));
	for (const list of [both, whole, inArea])
		if (list.length === 1)
			return list;
	const ordinal = ORDINALS.findIndex((word) => text.includes(` ${word} `));
	if (ordinal >= 0 && ordinal < asked.length)
		return [asked[ordinal]!];
	if (text.includes(" last "))
		return [asked[asked.length - 1]!];
	if (ALL.some((word) => text.includes(` ${word} `)))
		return asked;
	// Words of the answer that only one of the names has.
	const shared = text.trim().split(" ").map((word) => asked.filter((i) => home.entities[i]!.spellings.some((spelling) => spelling.includes(` ${word} `)))).filter((list) => list.length === 1);
	return shared.length > 0 && shared.every((list) => list[0] === shared[0]![0]) ? shared[0]! : [];
}
