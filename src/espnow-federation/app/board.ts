/**
 * A board of a federation, put together: radio, seal, node, the parts of a mapped model, drafts, coordinator. The same on a
 * chip (ESP-NOW) and in a process of a computer (UDP on loopback).
 */

import { encodeUtf8 } from "ruvllm-esp32/core/utf8";
import { type Asset, openAsset } from "ruvllm-esp32/platform/assets";
import * as clock from "ruvllm-esp32/platform/clock";
import { available, randomBytes } from "ruvllm-esp32/platform/crypto";
import { Radio } from "ruvllm-esp32/platform/radio";
import type { Draft } from "ruvllm-esp32/engine/draft/draft";
import type { ModelShape } from "ruvllm-esp32/engine/ruvm/format";
import { LookupDraft, MixedDraft } from "ruvllm-esp32/engine/draft/text-draft";
import type { BoardArguments } from "ruvllm-esp32/espnow-federation/app/arguments";
import { capabilitiesOf } from "ruvllm-esp32/espnow-federation/app/capabilities";
import { Experts, HomeParts, readHome } from "ruvllm-esp32/espnow-federation/app/experts";
import { MeasuredParts } from "ruvllm-esp32/espnow-federation/app/measured-parts";
import { FederationCoordinator, type FederationParts } from "ruvllm-esp32/espnow-federation/federation";
import { Node } from "ruvllm-esp32/espnow-federation/node";
import { GrnnSelector } from "ruvllm-esp32/espnow-federation/sessions/grnn-selector";
import { workloadOf } from "ruvllm-esp32/espnow-federation/sessions/workload";

/** Share of drafted tokens that are drawn, in 256ths: docs/speculation.md, default settings, one token ahead. */
const TABLE_ACCEPTANCE = 135, LOOKUP_ACCEPTANCE = 52;
/** Milliseconds behind a change of members until hops are measured again. */
const SETTLED = 300;

export class FederationBoard {
	readonly options: Readonly<BoardArguments>;
	readonly radio: Radio;
	readonly node: Node;
	readonly parts: MeasuredParts;
	readonly federation: FederationCoordinator;
	/** In mode "experts". */
	readonly experts: Experts | undefined;
	/** Datagrams that the receiver's MAC layer did not acknowledge. */
	undelivered = 0;
	/** Boards that were refused, and why: the last one. */
	refused = "";
	#measuring: unknown;

	/** @throws RuvllmError ARGUMENT, MODEL_*, RADIO_*, FEDERATION_*, DRAFT_*, CRYPTO_ABSENT, GRNN_*, HOME_*; Error for an asset that is not there */
	constructor(options: BoardArguments, events: Pick<FederationParts, "onAdopted" | "onAdoptedEnd"> = {}) {
		this.options = options;
		const { mode, lanes, context, goal, rate, secret, channel, expert } = options, file = openAsset(options.model), router = assetIfThere("router.rvgr");
		const home = expert === "home" ? openAsset(options.home) : mode === "experts" ? assetIfThere(options.home) : undefined, known = home && readHome(home);
		const parts = this.parts = expert === "home" ? new HomeParts(file, known!, context) : new MeasuredParts(file), table = options.draft === undefined ? undefined : openAsset(options.draft);
		const capabilities = capabilitiesOf(parts, options);
		const radio = this.radio = new Radio({ channel, rate }), random = randomOf(radio.address);
		const node = this.node = new Node({
			radio, clock, random, capabilities, rate, ...secret === undefined ? {} : { secret: encodeUtf8(secret) },
			onError: (error) => { this.refused = error.message; },
		});
		const told = radio.onSent;
		radio.onSent = (to, delivered) => {
			this.undelivered += delivered ? 0 : 1;
			told?.(to, delivered);
		};
		const experts = this.experts = mode === "experts" ? new Experts(new Uint8Array(router ?? openAsset("router.rvgr")), known) : undefined;
		const selector = router && new GrnnSelector({ file: new Uint8Array(router), tokenMacs: tokenMacs(parts.shape) });
		const { vocabSize } = parts.shape, draft = (): Draft => table ? new MixedDraft(table) : new LookupDraft(vocabSize);
		this.federation = new FederationCoordinator(
			{ mode, lanes, contextLength: context, goal, rate, acceptance: table ? TABLE_ACCEPTANCE : LOOKUP_ACCEPTANCE },
			{ network: node, source: parts, random, draft, ...experts ? { expert: (text) => experts.number(text) } : {}, ...selector ? { selector } : {}, ...events },
		);
		node.watch((event) => event === "changed" || this.#settle());
	}

	/** Hops are measured when members have come or gone. */
	#settle(): void {
		clock.cancel(this.#measuring);
		this.#measuring = clock.after(SETTLED, () => this.federation.hops.measure());
	}

	/** Says good-bye. */
	close(): void {
		clock.cancel(this.#measuring);
		this.federation.close();
		this.node.close();
	}
}

/** Undefined where the firmware came without it, or it is empty. */
function assetIfThere(name: string): Asset | undefined {
	try {
		return openAsset(name);
	}
	catch {
		return undefined;
	}
}

function tokenMacs(shape: ModelShape): number {
	const { layers, layerMacs, outputMacs } = workloadOf(shape);
	return layers * layerMacs + outputMacs;
}

/** Unsigned, 32 bits: unpredictable where there is cryptography, and different on each board anyhow. */
function randomOf(address: number): () => number {
	const bytes = new Uint8Array(4);
	if (!available())
		return () => (Math.floor(Math.random() * 0x100000000) ^ address % 0x100000000 ^ clock.microseconds()) >>> 0;
	return () => {
		randomBytes(bytes);
		return (bytes[0]! | bytes[1]! << 8 | bytes[2]! << 16 | bytes[3]! << 24) >>> 0;
	};
}
