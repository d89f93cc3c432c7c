/**
 * Draft models for speculative decoding (Leviathan et al. 2023; Stern et al. 2018): they say cheaply what a model will
 * probably say next, and the model checks several of these tokens at once. A wrong draft costs time, never a token:
 * what is said is the model's own.
 */

/** Most tokens that are drafted at once. */
export const MOST_DRAFTED = 32;

export interface Draft {
	/** For people: "table", "lookup", "table and lookup", "model". */
	readonly name: string;
	/** The text is now the first `count` of these tokens. */
	reset(tokens: ArrayLike<number>, count?: number): void;
	/** The text has one more token, whatever was drafted. @throws RuvllmError DRAFT_TOKEN */
	push(token: number): void;
	/**
	 * Writes the tokens that probably follow into `into`, at most `count` (1 to 32); the text stays as it is. Deterministic;
	 * allocates nothing.
	 * @param least ends before the first token of which the draft is less sure, in sixteenths (0 to 15); 0 by default
	 * @returns how many there are; 0: it knows nothing
	 * @throws RuvllmError DRAFT_COUNT
	 */
	propose(into: Int32Array, count: number, least?: number): number;
}
