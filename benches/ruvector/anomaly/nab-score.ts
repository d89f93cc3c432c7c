/** NAB's score (Lavin and Ahmad 2015): early detection in labelled windows, one threshold for the whole corpus. */

export interface Profile {
	tpWeight: number;
	fnWeight: number;
	fpWeight: number;
}

/** A series, its windows as first and last row, and a detector's score of each row. */
export interface Scored {
	windows: readonly (readonly [number, number])[];
	scores: ArrayLike<number>;
}

/** Rows that a detector may learn from before it is judged: 15 % of the series, of 5,000 rows at most. */
export const probation = (rows: number): number => Math.min(Math.floor(0.15 * rows), 750);

const sigmoid = (x: number): number => x > 3 ? -1 : 2 / (1 + Math.exp(5 * x)) - 1;

/** What a detection at a row is worth, and the window it counts for (-1 outside). */
function worth({ windows }: Scored, row: number, { tpWeight, fpWeight }: Profile): [number, number] {
	const inside = windows.findIndex(([first, last]) => row >= first && row <= last);
	if (inside >= 0) {
		const [first, last] = windows[inside]!;
		return [sigmoid(-(last - row + 1) / (last - first + 1)) / sigmoid(-1) * tpWeight, inside];
	}
	const before = windows.findLast(([, last]) => last < row);
	return [(before ? sigmoid((row - before[1]) / (before[1] - before[0])) : -1) * fpWeight, -1];
}

/**
 * The best score that one threshold gives, normalised: 0 is a detector that says nothing, 100 a perfect one.
 * @param threshold a given one, instead of the best
 */
export function nabScore(series: readonly Scored[], profile: Profile, threshold?: number): { score: number; threshold: number } {
	const events: { at: number; value: number; window: number }[] = [];
	let windows = 0;
	for (const one of series) {
		const start = probation(one.scores.length), found = new Map<number, number>();
		for (let row = start; row < one.scores.length; row++) {
			const [value, inside] = worth(one, row, profile);
			let window = -1;
			if (inside >= 0) {
				if (!found.has(inside))
					found.set(inside, windows++);
				window = found.get(inside)!;
			}
			events.push({ at: one.scores[row]!, value, window });
		}
	}
	const best = new Float64Array(windows).fill(-profile.fnWeight), silent = -profile.fnWeight * windows, perfect = profile.tpWeight * windows;
	let sum = silent, result = { score: threshold === undefined ? silent : -Infinity, threshold: Infinity };
	events.sort((a, b) => b.at - a.at);
	for (let i = 0; i < events.length;) {
		const { at } = events[i]!;
		if (threshold !== undefined && at < threshold)
			break;
		for (; i < events.length && events[i]!.at === at; i++) {
			const { value, window } = events[i]!;
			if (window < 0)
				sum += value;
			else if (value > best[window]!) {
				sum += value - best[window]!;
				best[window] = value;
			}
		}
		if (threshold === undefined && sum > result.score)
			result = { score: sum, threshold: at };
	}
	if (threshold !== undefined)
		result = { score: sum, threshold };
	return { score: 100 * (result.score - silent) / (perfect - silent), threshold: result.threshold };
}
