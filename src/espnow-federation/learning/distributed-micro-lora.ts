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
import type { MicroLoRA } from "ruvllm-esp32/engine/micro-lora";
import { MOST_SHIFT, quantiseDelta } from "ruvllm-esp32/espnow-federation/learning/delta";
import { Early } from "ruvllm-esp32/espnow-federation/learning/early";
import { type Contribution, merge, MERGE, type Merged, type MergeOptions } from "ruvllm-esp32/espnow-federation/learning/merge";
import { CHANGE_HEAD, ENTRY, FETCH, getAddress, type Head, HEAD, MOST_ENTRIES, putAddress, putHead, readHead, Type } from "ruvllm-esp32/espnow-federation/learning/messages";
import { Outbox } from "ruvllm-esp32/espnow-federation/learning/outbox";
import { crcOf, Version } from "ruvllm-esp32/espnow-federation/learning/version";
import { type Member, type Network, Service } from "ruvllm-esp32/espnow-federation/network";

export interface DistributedMicroLoraOptions {
	/** Passes over its lessons that a board trains in a round; 6 by default. */
	passes?: number;
	/** How long the caller waits for changes; 5000 by default. Training must be over by then. */
	roundMilliseconds?: number;
	/** Rounds that one `share` can start, one after the other, while some board is not content; 24 by default. */
	mostRounds?: number;
	/** How long a board that misses something waits before it asks for it; 400 by default. */
	patienceMilliseconds?: number;
	/** The same on all boards, or they will not agree. */
	merge?: Partial<MergeOptions>;
	/** In place of `lora.train(passes)`: leaves in the adapter what the board learned. */
	train?: (lora: MicroLoRA) => { passes: number; right: number; lessons: number };
	/** After each round, and when a version was taken over. */
	onVersion?: (round: number, merged: Merged | undefined) => void;
}

interface Change extends Contribution {
	crc: number;
	wants: boolean;
}

/** Lessons that count, at most: no board can outweigh others by saying that it has many. */
const MOST_WEIGHT = 64;
/** Beside a shift: this board's lessons are not all right yet. */
const WANTS = 128;

type Checked = Required<Omit<DistributedMicroLoraOptions, "merge" | "train" | "onVersion">> & DistributedMicroLoraOptions;

/** Highest values of settings that are whole numbers from 1 on. */
const HIGHEST = { passes: 10000, roundMilliseconds: 3_600_000, mostRounds: 1000, patienceMilliseconds: 3_600_000, seed: 0x7fffffff };

function checkOptions(options: DistributedMicroLoraOptions, seed: number): Checked {
	const all = { passes: 6, roundMilliseconds: 5000, mostRounds: 24, patienceMilliseconds: 400, ...options, seed };
	for (const name of Object.keys(HIGHEST) as (keyof typeof HIGHEST)[])
		if (!Number.isInteger(all[name]) || all[name] < 1 || all[name] > HIGHEST[name])
			throw new RuvllmError("LEARNING_OPTION", `${name} is ${all[name]}; it takes a whole number from 1 to ${HIGHEST[name]}`);
	return all;
}

function checkMerge(merge: MergeOptions): MergeOptions {
	for (const [name, value] of Object.entries(merge))
		if (!Number.isInteger(value) || value < 0 || value > 0x7fff || (name !== "allowance" && value === 0))
			throw new RuvllmError("LEARNING_OPTION", `${name} is ${value}; it takes a whole number to 32767`);
	return merge;
}

/** Boards whose adapters, or ways to merge, differ in anything form groups of their own. */
function groupOf(lora: MicroLoRA, seed: number, { clip, allowance, rate, plausible }: MergeOptions, digest: number): number {
	return crcOf(new Uint8Array(Uint32Array.of(lora.rank, lora.size, lora.fingerprint, seed, clip, allowance, rate, plausible).buffer), 0, 32, digest);
}

export interface LearningStatistics {
	rounds: number;
	/** Versions taken over from others. */
	adopted: number;
	/** Messages of others that were none, or of another group. */
	malformed: number;
	foreign: number;
	/** Versions that were offered and not taken: of another digest, or without others who have them. */
	refused: number;
}

export class DistributedMicroLora {
	readonly statistics: LearningStatistics = { rounds: 0, adopted: 0, malformed: 0, foreign: 0, refused: 0 };
	readonly #network: Network;
	readonly #lora: MicroLoRA;
	readonly #options: Checked;
	readonly #merge: MergeOptions;
	/** Boards share with those of the same group: of the same model, rank, width, seed and ways to merge. */
	readonly group: number;
	readonly #outbox: Outbox;
	readonly #version: Version;
	readonly #changes = new Map<number, Change>();
	/** By address: the version that a board said it has. */
	readonly #states = new Map<number, { round: number; digest: number }>();
	/** Changes on the next version and calls for them, from boards that have it already: one of each board at most. */
	readonly #early = new Early();
	/** The commit that waits for changes. */
	#commit: { address: number; crc: number }[] | undefined;
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
		return [...this.#version.reputation].filter(([, strikes]) => strikes >= 4).map(([address]) => address);
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
			this.#states.delete(member.address);
			this.#outbox.forget(member.address);
			this.#complete();
		}
		else if (member.services >> Service.Learning & 1 && !this.#states.has(member.address)) {
			this.#states.set(member.address, { round: -1, digest: 0 });
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
		else if (head.type === Type.Ask)
			this.share();
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
		if (this.#calling || this.#left <= 0 || this.#caller() !== this.#network.address)
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
	}

	/** Ends the round when everyone called and still living has sent its change. */
	#complete(): void {
		if (this.#calling && this.#boards().every(({ address }) => this.#changes.has(address) || !this.#called.includes(address)))
			this.#finish();
	}

	#finish(): void {
		if (!this.#calling)
			return;
		const list = [...this.#changes.values()].sort((a, b) => a.address - b.address).slice(0, MOST_ENTRIES), bytes = this.#head(Type.Commit, ENTRY * list.length, list.length, this.round + 1), view = new DataView(bytes.buffer);
		list.forEach(({ address, crc }, i) => {
			putAddress(view, HEAD + ENTRY * i, address);
			view.setUint32(HEAD + ENTRY * i + 8, crc, true);
		});
		this.#cancel();
		this.#sendAll(bytes);
		const more = list.some(({ wants }) => wants) || list.length < this.#called.length;
		this.#commit = list;
		this.#mergeCommit();
		if (more)
			this.#network.clock.after(0, () => this.#call());
		else
			this.#left = 0;
	}

	/* A round, at everyone's. */

	#answer(from: number, { round, digest }: Pick<Head, "round" | "digest">): void {
		if (digest === this.digest && round === this.round + 1) {
			// Training takes its time: the network's handler is not the place for it.
			this.#network.clock.after(0, () => this.#train());
			return;
		}
		if (round === this.round + 2)
			this.#early.push({ from, round, digest, bytes: undefined });
		this.#states.set(from, { round: round - 1, digest });
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
		const shift = quantiseDelta(values, after, weights), weight = Math.min(MOST_WEIGHT, result.lessons), wants = result.lessons > 0 && (result.passes > 1 || result.right < result.lessons);
		const bytes = this.#head(Type.Change, CHANGE_HEAD - HEAD + size, 0, this.round + 1);
		putAddress(new DataView(bytes.buffer), HEAD, this.#network.address);
		bytes.set([weight, shift | (wants ? WANTS : 0)], HEAD + 6);
		bytes.set(new Uint8Array(values.buffer), CHANGE_HEAD);
		this.#sendAll(bytes);
		this.#keep(this.#network.address, bytes);
	}

	/** A change that was sent for the next version; the bytes are this board's own. */
	#keep(address: number, bytes: Uint8Array): void {
		this.#changes.set(address, {
			address, weight: Math.min(MOST_WEIGHT, bytes[HEAD + 6]!), shift: bytes[HEAD + 7]! & ~WANTS, wants: bytes[HEAD + 7]! >= WANTS,
			values: new Int8Array(bytes.buffer, CHANGE_HEAD, this.#lora.size), crc: crcOf(bytes, HEAD, bytes.length - HEAD, 0),
		});
		this.#complete();
		this.#mergeCommit();
	}

	#take(from: number, { round, digest }: Pick<Head, "round" | "digest">, bytes: Uint8Array): void {
		const author = getAddress(new DataView(bytes.buffer), HEAD);
		if ((bytes[HEAD + 7]! & ~WANTS) > MOST_SHIFT) {
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
		if (author === from ? !this.#changes.has(author) : this.#commit?.some(({ address, crc }) => address === author && crc === crcOf(bytes, HEAD, bytes.length - HEAD, 0)))
			this.#keep(author, bytes);
	}

	#list(from: number, { round, digest, entries }: Head, bytes: Uint8Array): void {
		if (round !== this.round + 1 || digest !== this.digest || from !== this.#caller()) {
			if (round > this.round + 1 || (round === this.round + 1 && digest !== this.digest))
				this.#behind();
			return;
		}
		const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), list: { address: number; crc: number }[] = [];
		for (let i = 0, last = -1; i < entries; i++) {
			const address = getAddress(view, HEAD + ENTRY * i);
			if (address <= last) {
				this.statistics.malformed++;
				return;
			}
			list.push({ address: last = address, crc: view.getUint32(HEAD + ENTRY * i + 8, true) });
		}
		this.#commit = list;
		this.#mergeCommit();
		if (this.#commit)
			this.#behind();
	}

	/** Merges as soon as all listed changes are there, just those. */
	#mergeCommit(): void {
		const commit = this.#commit, version = this.#version;
		if (!commit || this.#missing().length)
			return;
		const contributions = commit.map(({ address }) => this.#changes.get(address)!);
		const merged = merge(version.weights, contributions, version.reputation, this.#merge);
		version.seal(version.round + 1);
		this.statistics.rounds++;
		this.#renewed(merged);
	}

	#missing(): { address: number; crc: number }[] {
		return (this.#commit ?? []).filter(({ address, crc }) => this.#changes.get(address)?.crc !== crc);
	}

	#renewed(merged: Merged | undefined): void {
		this.#changes.clear();
		this.#commit = undefined;
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
		for (const state of this.#states.values())
			if (state.round > this.round)
				this.#behind();
	}

	/* Versions of others. */

	#heard(from: number, { round, digest }: Head): void {
		this.#states.set(from, { round, digest });
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
		const target = this.#usual(), missing = this.#missing();
		if (target) {
			const bytes = this.#head(Type.Fetch, FETCH - HEAD, 0, target.round, target.digest);
			this.#send(target.from, bytes);
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

	/** The version that most boards say they have, if it is another and not older than this board's; of equally many the newest, then the first board's. */
	#usual(): { round: number; digest: number; from: number } | undefined {
		const votes = new Map<number, { round: number; digest: number; from: number; count: number }>();
		for (const { address } of this.#boards()) {
			const state = address === this.#network.address ? this.#version : this.#states.get(address);
			if (!state || state.round < 0)
				continue;
			const vote = votes.get(state.digest);
			if (vote)
				vote.count++;
			else
				votes.set(state.digest, { round: state.round, digest: state.digest, from: address, count: 1 });
		}
		let best: { round: number; digest: number; from: number; count: number } | undefined;
		for (const vote of votes.values())
			if (vote.round >= this.round && (!best || vote.count > best.count || (vote.count === best.count && vote.round > best.round)))
				best = vote;
		return best && best.digest !== this.digest ? best : undefined;
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
