/** What a coordinator tells the boards of its plan: who does what, what is generated, what is over. */

import { ByteWriter } from "ruvllm-esp32/core/byte-stream";
import type { Job } from "ruvllm-esp32/espnow-federation/sessions/job";
import { header, Kind } from "ruvllm-esp32/espnow-federation/sessions/messages";
import type { Outbox } from "ruvllm-esp32/espnow-federation/sessions/outbox";
import { type Plan, planBytes, writePlan } from "ruvllm-esp32/espnow-federation/sessions/plan";

export class Announcements {
	readonly #outbox: Outbox;
	readonly #session: number;
	/** CRC-32 of the model's file. */
	readonly #model: number;

	constructor(outbox: Outbox, session: number, model: number) {
		this.#outbox = outbox;
		this.#session = session;
		this.#model = model;
	}

	/** The plan of an epoch, to every board of it. */
	assign(plan: Plan, epoch: number, contextLength: number, lanes: number): void {
		const out = new ByteWriter(16 + planBytes(plan));
		writePlan(header(out, Kind.Assign, this.#session, epoch).u16(contextLength).u8(lanes).u32(this.#model), plan);
		this.#tell(plan, out);
	}

	/** What a lane generates, so that each board can go on with it. */
	request(plan: Plan, epoch: number, lane: number, { request }: Job): void {
		const text = request.config, out = new ByteWriter(32 + 2 * request.prompt.length + text.length);
		header(out, Kind.Request, this.#session, epoch).u8(lane).u16(request.request).u48(request.owner).u16(request.prompt.length);
		for (const token of request.prompt)
			out.u16(token);
		for (let i = 0; i < text.length; i++)
			out.u8(text.charCodeAt(i));
		this.#tell(plan, out);
	}

	/** A lane's request is over. */
	end(plan: Plan, epoch: number, lane: number): void {
		this.#tell(plan, header(new ByteWriter(8), Kind.End, this.#session, epoch).u8(lane));
	}

	/** The session is over. */
	close(plan: Plan, epoch: number): void {
		this.#tell(plan, header(new ByteWriter(8), Kind.Close, this.#session, epoch));
	}

	#tell(plan: Plan, out: ByteWriter): void {
		for (let i = 1; i < plan.stages.length; i++)
			this.#outbox.post(plan.stages[i]!.address, out.bytes, out.at);
	}
}
