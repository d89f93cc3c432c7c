/** What a step of the anomaly detector found. Nothing is copied: it reads the detector's memory, so the next step changes it. */

export type AnomalyKind = "spike" | "drift" | "levelShift" | "frozen" | "collective";

const KINDS = [undefined, "spike", "drift", "levelShift", "frozen", "collective"] as const;
/** Where the step's results lie, as int32 (native/anomaly.h). */
const RESULT = 10;

export class Detection {
	readonly #values: Int32Array;
	readonly #label: () => string | undefined;

	constructor(values: Int32Array, label: () => string | undefined) {
		this.#values = values;
		this.#label = label;
	}

	/** Bits by which level, step, brief mean and window are rare among what came before, weighted, with 10 fraction bits; 0 to 65535. */
	get score(): number {
		return this.#values[RESULT]!;
	}
	/** The score of an alarm; each alarm raises it for a while. */
	get threshold(): number {
		return this.#values[RESULT + 1]!;
	}
	get anomalous(): boolean {
		return this.#values[RESULT + 2] === 1;
	}
	get kind(): AnomalyKind | undefined {
		return KINDS[this.#values[RESULT + 3]!];
	}
	/** The channel that deviates most; -1 where nothing is anomalous. */
	get channel(): number {
		return this.#values[RESULT + 4]!;
	}
	/** How far that channel's value is from `expected`, in its own units. */
	get deviation(): number {
		return this.#values[RESULT + 5]!;
	}
	get expected(): number {
		return this.#values[RESULT + 6]!;
	}
	/** Distance and rarity of the window, level and step, in 1/16 bits: the score before it is ranked. */
	get surprise(): number {
		return this.#values[RESULT + 7]!;
	}
	/** The learned class that an anomaly is nearest to. */
	get label(): string | undefined {
		return this.anomalous ? this.#label() : undefined;
	}
}
