/** Classes of anomalies, each the mean signature of its examples; the nearest by Manhattan distance names an anomaly. */

import { RuvllmError } from "ruvllm-esp32/core/errors";

/** Classes that one detector keeps. */
const MOST = 16;

interface AnomalyClass {
	label: string;
	sums: Int32Array;
	samples: number;
	centre: Int8Array;
}

export class AnomalyClasses {
	readonly #length: number;
	readonly #list: AnomalyClass[] = [];

	/** @param length bytes of a signature */
	constructor(length: number) {
		this.#length = length;
	}

	get count(): number {
		return this.#list.length;
	}

	/** A class to add examples to; a known label goes on with its own. @throws RuvllmError ANOMALY_CLASS */
	open(label: string, samples: number): AnomalyClass {
		if (typeof label !== "string" || label.length < 1 || label.length > 64)
			throw new RuvllmError("ANOMALY_CLASS", "a class needs a label of 1 to 64 characters");
		if (samples < 1)
			throw new RuvllmError("ANOMALY_CLASS", `class "${label}" needs at least one sample`);
		const known = this.#list.find((one) => one.label === label);
		if (!known && this.#list.length === MOST)
			throw new RuvllmError("ANOMALY_CLASS", `there are ${MOST} classes already`);
		return known ?? { label, sums: new Int32Array(this.#length), samples: 0, centre: new Int8Array(this.#length) };
	}

	add(to: AnomalyClass, signature: Int8Array): void {
		to.samples++;
		for (let i = 0; i < this.#length; i++)
			to.sums[i]! += signature[i]!;
	}

	close(one: AnomalyClass): void {
		for (let i = 0; i < this.#length; i++)
			one.centre[i] = Math.trunc(one.sums[i]! / one.samples);
		if (!this.#list.includes(one))
			this.#list.push(one);
	}

	/** The label of the nearest class; undefined without any. Allocates nothing. */
	nearest(signature: Int8Array): string | undefined {
		let best: string | undefined, least = 0x7fffffff;
		for (let k = 0; k < this.#list.length; k++) {
			const { centre, label } = this.#list[k]!;
			let distance = 0;
			for (let i = 0; i < this.#length; i++)
				distance += Math.abs(centre[i]! - signature[i]!);
			if (distance < least) {
				least = distance;
				best = label;
			}
		}
		return best;
	}
}
