/** Which version each board says it has. */

export interface State {
	/** -1: it has not said yet. */
	round: number;
	digest: number;
}

export class States {
	readonly #states = new Map<number, State>();

	get(address: number): State | undefined {
		return this.#states.get(address);
	}
	set(address: number, round: number, digest: number): void {
		this.#states.set(address, { round, digest });
	}
	forget(address: number): void {
		this.#states.delete(address);
	}
	/** Whether some board has a newer one. */
	newer(round: number): boolean {
		for (const state of this.#states.values())
			if (state.round > round)
				return true;
		return false;
	}

	/**
	 * The version that most boards have, if it is another and not older than one's own; of equally many the newest, then the first board's.
	 * @param boards addresses, one's own included, in their order
	 */
	usual(boards: readonly number[], self: number, own: State): (State & { from: number }) | undefined {
		const votes = new Map<number, State & { from: number; count: number }>();
		for (const address of boards) {
			const state = address === self ? own : this.#states.get(address);
			if (!state || state.round < own.round)
				continue;
			const vote = votes.get(state.digest);
			if (vote)
				vote.count++;
			else
				votes.set(state.digest, { round: state.round, digest: state.digest, from: address, count: 1 });
		}
		let best: (State & { from: number; count: number }) | undefined;
		for (const vote of votes.values())
			if (!best || vote.count > best.count || (vote.count === best.count && vote.round > best.round))
				best = vote;
		return best && best.digest !== own.digest ? best : undefined;
	}
}
