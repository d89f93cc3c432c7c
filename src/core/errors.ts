/**
 * The one error type of the library: a stable code for programs, a sentence for people.
 * Programming mistakes (wrong type, index out of range) stay TypeError and RangeError.
 */
export class RuvllmError extends Error {
	/** Upper-case words, stable across versions, for example "MODEL_CRC". */
	readonly code: string;
	/* A field, not an assignment: on boards Error.prototype is frozen, and its name can't be assigned over. */
	override readonly name = "RuvllmError";

	constructor(code: string, sentence: string) {
		super(sentence);
		this.code = code;
	}
}
