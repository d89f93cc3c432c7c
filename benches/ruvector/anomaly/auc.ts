/** Area under the ROC curve: the chance that a positive scores higher than a negative, ties counting half. */
export function auc(scores: ArrayLike<number>, positive: (i: number) => boolean): number {
	const order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
	let ranks = 0, positives = 0;
	for (let i = 0; i < order.length;) {
		let end = i, inside = 0;
		for (; end < order.length && scores[order[end]!] === scores[order[i]!]; end++)
			inside += positive(order[end]!) ? 1 : 0;
		ranks += inside * (i + 1 + end) / 2;
		positives += inside;
		i = end;
	}
	return (ranks - positives * (positives + 1) / 2) / (positives * (order.length - positives));
}

/** Each value's mean over `length` values around it, after moving all `lag` to the left: a window's score belongs to its middle. */
export function centred(values: readonly number[], lag: number, length: number): Float64Array {
	const sums = new Float64Array(values.length + 1), out = new Float64Array(values.length);
	for (let i = 0; i < values.length; i++)
		sums[i + 1] = sums[i]! + (values[i + lag] ?? 0);
	for (let i = 0; i < out.length; i++) {
		const from = Math.max(0, i - (length >> 1)), to = Math.min(out.length, from + length);
		out[i] = (sums[to]! - sums[from]!) / (to - from);
	}
	return out;
}
