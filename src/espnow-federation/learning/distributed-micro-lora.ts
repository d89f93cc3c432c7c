/**
 * Boards that learn together: each learns from its own corrections, and all share what they learned as changes of one
 * adapter (federated averaging: McMahan et al. 2017). Corrections themselves stay where they were made.
 *
 * A round: the board of the lowest living address calls; every board trains from the common version and sends its change to
 * all; the caller lists whose changes it has; each board merges those of the list (merge.ts), and says which version it has
 * then. Who calls only chooses whose changes count: every board averages itself, and equal digests prove equal bits. Boards
 * that were late, away or are new take the version that most boards have.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { MicroLoRA } from "ruvllm-esp32/engine/micro-lora";
import type { TinyModel } from "ruvllm-esp32/engine/tiny-model";
import { type Change, Changes, readChange, readList, writeChange, writeList } from "ruvllm-esp32/espnow-federation/learning/changes";
import { quantiseDelta } from "ruvllm-esp32/espnow-federation/learning/delta";
import { Early } from "ruvllm-esp32/espnow-federation/learning/early";
import { EXCLUDED, merge, MERGE, type Merged, type MergeOptions } from "ruvllm-esp32/espnow-federation/learning/merge";
import { CHANGE_HEAD, ENTRY, FETCH, getAddress, type Head, HEAD, MOST_ENTRIES, putAddress, putHead, readHead, Type } from "ruvllm-esp32/espnow-federation/learning/messages";
import { checkMerge, checkOptions, type CheckedOptions, type DistributedMicroLoraOptions, groupOf, type LearningStatistics } from "ruvllm-esp32/espnow-federation/learning/options";
import { Outbox } from "ruvllm-esp32/espnow-federation/learning/outbox";
import { States } from "ruvllm-esp32/espnow-federation/learning/states";
import { Version } from "ruvllm-esp32/espnow-federation/learning/version";
import { type Member, type Network, Service } from "ruvllm-esp32/espnow-federation/network";

export class DistributedMicroLora {
	readonly statistics: LearningStatistics = { rounds: 0, adopted: 0, malformed: 0, foreign: 0, refused: 0 };
	readonly #network: Network;
	readonly #lora: MicroLoRA;
	readonly #options: CheckedOptions;
	readonly #merge: MergeOptions;
	/** Boards share with those of the same group: of the same model, rank, width, seed and ways to merge. */
	readonly group: number;
	readonly #outbox: Outbox;
	readonly #version: Version;
	readonly #changes = new Changes();
	readonly #states = new States();
	/** Changes on the next version and calls for them, from boards that have it already: one of each board at most. */
	readonly #early = new Early();
	/** Of this board's change on the version that it has now. */
	#trained = false;
	#calling = false;
	#called: number[] = [];
	#left = 0;
	#deadline: unknown;
	#patience: unknown;
	#stop: (() => void) | undefined;

	/**
	 * @param seed of the adapter's first weights: the same on all boards, as rank and model must be; it forgets what `lora` knew
	 * @throws RuvllmError LEARNING_OPTION
	 */
	constructor(network: Network, lora: MicroLoRA, seed: number, options: DistributedMicroLoraOptions = {}) {
		this.#network = network;
		this.#lora = lora;
		this.#options = checkOptions(options, seed);
		this.#merge = checkMerge({ ...MERGE, ...options.merge });
		if (CHANGE_HEAD + 2 * lora.size + ENTRY * MOST_ENTRIES > network.messageBytes)
			throw new RuvllmError("LEARNING_SIZE", `an adapter of ${lora.size} numbers is longer than a message; take a lower rank`);
		const version = this.#version = new Version(lora.size);
		lora.restart(seed);
		lora.copyWeights(version.weights);
		version.seal(0);
		this.group = groupOf(lora, seed, this.#merge, version.digest);
		this.#outbox = new Outbox(network, Service.Learning);
		network.handle(Service.Learning, (from, bytes, count) => this.#receive(from, bytes, count));
		const stopWatching = network.watch((event, member) => this.#watch(event === "left", member));
		this.#stop = () => {
			stopWatching();
			this.#outbox.close();
			network.handle(Service.Learning, undefined);
		};
		network.self.services |= 1 << Service.Learning;
		network.announce();
		this.#tell();
	}

	/**
	 * A new adapter on a model, shared: what FederationCoordinator.initDistributedLora does.
	 * @param rank what the model was loaded for (adapterRank)
	 * @throws RuvllmError LEARNING_RANK, LEARNING_OPTION, ADAPTER_RANK
	 */
	static init(network: Network, model: TinyModel, rank: number, seed: number, options: DistributedMicroLoraOptions = {}): DistributedMicroLora {
		if (model.adapterRank !== rank)
			throw new RuvllmError("LEARNING_RANK", `the rank is ${rank}, and the model was loaded for ${model.adapterRank}; give it adapterRank: ${rank}`);
		return new DistributedMicroLora(network, new MicroLoRA(model), seed, options);
	}

	/** The adapter: corrections are recorded in it. */
	get lora(): MicroLoRA {
		return this.#lora;
	}
	/** Rounds that made the version this board has, and its digest: equal ones are equal in every bit. */
	get round(): number {
		return this.#version.round;
	}
	get digest(): number {
		return this.#version.digest;
	}
	/** Boards that learn together now, oneself included, and how many of them said that they have this board's version. */
	get agreement(): { boards: number; agreeing: number } {
		const boards = this.#boards();
		return { boards: boards.length, agreeing: boards.filter(({ address }) => address === this.#network.address || this.#states.get(address)?.digest === this.digest).length };
	}
	/** Boards that are not counted now, as their changes were far from the others'. */
	get excluded(): number[] {
		return [...this.#version.reputation].filter(([, strikes]) => strikes >= EXCLUDED).map(([address]) => address);
	}

	/** This board has learned something, or wants what others have: a round begins soon. */
	share(): void {
		const caller = this.#caller();
		if (caller === this.#network.address) {
			this.#left = this.#options.mostRounds;
			this.#call();
		}
		else
			this.#send(caller, this.#head(Type.Ask));
	}

	/** Leaves the others; the adapter stays as it is. */
	close(): void {
		this.#stop?.();
		this.#stop = undefined;
		this.#cancel();
		this.#network.self.services &= ~(1 << Service.Learning);
		this.#network.announce();
	}

	/** Living boards that learn, oneself included, in the order of addresses. */
	#boards(): Member[] {
		return this.#network.alive().filter(({ services, address }) => services >> Service.Learning & 1 || address === this.#network.address);
	}
	#caller(): number {
		return this.#boards()[0]!.address;
	}
	#cancel(): void {
		const { clock } = this.#network;
		if (this.#deadline !== undefined)
			clock.cancel(this.#deadline);
		if (this.#patience !== undefined)
			clock.cancel(this.#patience);
		this.#deadline = this.#patience = undefined;
		this.#calling = false;
	}

	#head(type: number, more = 0, entries = 0, round = this.round, digest = this.digest): Uint8Array {
		const bytes = new Uint8Array(HEAD + more);
		putHead(new DataView(bytes.buffer), type, this.group, round, digest, entries);
		return bytes;
	}
	#send(to: number, bytes: Uint8Array): void {
		this.#outbox.send(to, bytes);
	}
	#sendAll(bytes: Uint8Array): void {
		for (const { address } of this.#boards())
			if (address !== this.#network.address)
				this.#send(address, bytes);
	}
	#tell(): void {
		this.#sendAll(this.#head(Type.State));
	}

	#watch(left: boolean, member: Member): void {
		if (member.address === this.#network.address)
			return;
		if (left) {
			this.#states.forget(member.address);
			this.#outbox.forget(member.address);
			this.#complete();
		}
		else if (member.services >> Service.Learning & 1 && !this.#states.get(member.address)) {
			this.#states.set(member.address, -1, 0);
			this.#send(member.address, this.#head(Type.State));
		}
	}

	#receive(from: number, bytes: Uint8Array, count: number): void {
		const head = readHead(bytes, count, this.#lora.size);
		if (!head)
			this.statistics.malformed++;
		else if (head.group !== this.group)
			this.statistics.foreign++;
		else if (head.type === Type.State)
			this.#heard(from, head);
		else if (head.type === Type.Ask) {
			if (!this.excluded.includes(from))
				this.share();
		}
		else if (head.type === Type.Call)
			this.#answer(from, head);
		else if (head.type === Type.Change)
			this.#take(from, head, bytes.slice(0, count));
		else if (head.type === Type.Commit)
			this.#list(from, head, bytes);
		else if (head.type === Type.Fetch)
			this.#give(from, head, bytes);
		else
			this.#adopt(head, bytes.slice(0, count));
	}

	/* A round, at the caller's. */

	#call(): void {
		if (!this.#stop || this.#calling || this.#left <= 0 || this.#caller() !== this.#network.address)
			return;
		this.#calling = true;
		this.#left--;
		this.#called = this.#boards().map(({ address }) => address);
		this.#sendAll(this.#head(Type.Call, 0, 0, this.round + 1));
		this.#deadline = this.#network.clock.after(this.#options.roundMilliseconds, () => {
			this.#deadline = undefined;
			this.#finish();
		});
		this.#train();
		this.#complete();
	}

	/** Ends the round when everyone called and still living has sent its change. */
	#complete(): void {
		if (this.#calling && this.#boards().every(({ address }) => this.#changes.has(address) || !this.#called.includes(address)))
			this.#finish();
	}

	#finish(): void {
		if (!this.#calling)
			return;
		const list = this.#changes.all(), bytes = this.#head(Type.Commit, ENTRY * list.length, list.length, this.round + 1);
		writeList(bytes, list);
		this.#cancel();
		this.#sendAll(bytes);
		const unheard = this.excluded, more = list.some(({ wants, address }) => wants && !unheard.includes(address)) || list.length < this.#called.length;
		this.#changes.list = list;
		this.#mergeListed();
		if (more)
			this.#network.clock.after(0, () => this.#call());
		else
			this.#left = 0;
	}

	/* A round, at everyone's. */

	#answer(from: number, { round, digest }: Pick<Head, "round" | "digest">): void {
		if (digest === this.digest && round === this.round + 1) {
			const own = this.#changes.get(this.#network.address);
			if (own)
				// Another board calls for the same: what was trained stands.
				this.#send(from, new Uint8Array(own.values.buffer as ArrayBuffer));
			else
				// Training takes its time: the network's handler is not the place for it.
				this.#network.clock.after(0, () => this.#train());
			return;
		}
		if (round === this.round + 2)
			this.#early.push({ from, round, digest, bytes: undefined });
		this.#states.set(from, round - 1, digest);
		this.#send(from, this.#head(Type.State));
		this.#behind();
	}

	#train(): void {
		if (this.#trained || !this.#stop)
			return;
		this.#trained = true;
		const lora = this.#lora, { passes, train } = this.#options, { weights } = this.#version, size = lora.size;
		lora.setWeights(weights);
		const result = train ? train(lora) : lora.train(passes), after = new Int16Array(size), values = new Int8Array(size);
		lora.copyWeights(after);
		// The model speaks as all others do, also while a round goes on.
		lora.setWeights(weights);
		const shift = quantiseDelta(values, after, weights), bytes = this.#head(Type.Change, CHANGE_HEAD - HEAD + size, 0, this.round + 1);
		writeChange(bytes, this.#network.address, result.lessons, shift, result.lessons > 0 && (result.passes > 1 || result.right < result.lessons), values);
		this.#sendAll(bytes);
		this.#keep(readChange(bytes)!);
	}

	#keep(change: Change): void {
		this.#changes.set(change);
		this.#complete();
		this.#mergeListed();
	}

	#take(from: number, { round, digest }: Pick<Head, "round" | "digest">, bytes: Uint8Array): void {
		const change = readChange(bytes);
		if (!change) {
			this.statistics.malformed++;
			return;
		}
		if (round !== this.round + 1 || digest !== this.digest) {
			if (round === this.round + 2)
				this.#early.push({ from, round, digest, bytes });
			if (round > this.round + 1)
				this.#behind();
			return;
		}
		// What others pass on counts only where the list asks for just this.
		const { address, crc } = change;
		if (address === from ? !this.#changes.has(address) : this.#changes.list?.some((listed) => listed.address === address && listed.crc === crc))
			this.#keep(change);
	}

	#list(from: number, { round, digest, entries }: Head, bytes: Uint8Array): void {
		if (round !== this.round + 1 || digest !== this.digest || from !== this.#caller()) {
			if (round > this.round + 1 || (round === this.round + 1 && digest !== this.digest))
				this.#behind();
			return;
		}
		const list = readList(bytes, entries);
		if (!list) {
			this.statistics.malformed++;
			return;
		}
		// Who calls may not choose alone whose changes count.
		if (2 * list.length < this.#changes.all().length) {
			this.statistics.refused++;
			return;
		}
		this.#changes.list = list;
		if (!this.#mergeListed())
			this.#behind();
	}

	/** Merges as soon as all listed changes are here, just those. */
	#mergeListed(): boolean {
		const listed = this.#changes.complete(), version = this.#version;
		if (!listed)
			return false;
		const merged = merge(version.weights, listed, version.reputation, this.#merge);
		version.seal(version.round + 1);
		this.statistics.rounds++;
		this.#renewed(merged);
		return true;
	}

	#renewed(merged: Merged | undefined): void {
		this.#changes.clear();
		this.#trained = false;
		this.#cancel();
		this.#lora.setWeights(this.#version.weights);
		this.#tell();
		this.#options.onVersion?.(this.round, merged);
		for (const { from, round, digest, bytes } of this.#early.take())
			if (bytes)
				this.#take(from, { round, digest }, bytes);
			else
				this.#answer(from, { round, digest });
		// What others said while this board was behind may be news still.
		if (this.#states.newer(this.round))
			this.#behind();
	}

	/* Versions of others. */

	#heard(from: number, { round, digest }: Head): void {
		this.#states.set(from, round, digest);
		if (round > this.round || (round === this.round && digest !== this.digest))
			this.#behind();
		else if (round < this.round && this.#network.address === this.#caller())
			// It may not know yet what others have.
			this.#send(from, this.#head(Type.State));
	}

	/** Something is missing: what is under way may bring it; if not, it is asked for, until it is there. */
	#behind(): void {
		if (this.#patience !== undefined || !this.#stop)
			return;
		this.#patience = this.#network.clock.after(this.#options.patienceMilliseconds, () => {
			this.#patience = undefined;
			this.#catchUp();
		});
	}

	#catchUp(): void {
		const target = this.#usual(), missing = this.#changes.missing();
		if (target) {
			this.#send(target.from, this.#head(Type.Fetch, FETCH - HEAD, 0, target.round, target.digest));
			this.#behind();
		}
		else if (missing.length) {
			// From its author, and from who listed it: one of them lives, or the version itself comes.
			for (const { address } of missing)
				for (const to of new Set([address, this.#caller()]))
					if (to !== this.#network.address && this.#network.member(to)?.alive) {
						const bytes = this.#head(Type.Fetch, FETCH - HEAD, 0, this.round + 1);
						putAddress(new DataView(bytes.buffer), HEAD, address);
						this.#send(to, bytes);
					}
			this.#behind();
		}
	}

	#usual(): ReturnType<States["usual"]> {
		return this.#states.usual(this.#boards().map(({ address }) => address), this.#network.address, this.#version);
	}

	#give(from: number, { round, digest }: Head, bytes: Uint8Array): void {
		const author = getAddress(new DataView(bytes.buffer, bytes.byteOffset), HEAD), change = this.#changes.get(author);
		if (author !== 0 && change && round === this.round + 1 && digest === this.digest)
			this.#send(from, new Uint8Array(change.values.buffer as ArrayBuffer));
		else if (author === 0 && digest === this.digest) {
			const version = this.#version, answer = this.#head(Type.Version, version.bytes, version.reputation.size);
			version.write(answer, HEAD);
			this.#send(from, answer);
		}
		else
			this.#send(from, this.#head(Type.State));
	}

	/** Takes a version over, if it is the one that most have now. */
	#adopt({ round, digest, entries }: Head, bytes: Uint8Array): void {
		const usual = this.#usual();
		if (!usual || usual.digest !== digest || usual.round !== round || !this.#version.read(bytes, entries, round, digest)) {
			this.statistics.refused++;
			return;
		}
		this.statistics.adopted++;
		this.#renewed(undefined);
	}
}
