/** Writes a model with its digest, which is known only when it has run. */

import { renameSync, writeFileSync } from "node:fs";
import type { ModelMetadata } from "ruvllm-esp32/engine/ruvm/format";
import { Session } from "./session.ts";

/** @param write the whole file, with these metadata. @returns its bytes */
export async function writeWithDigest(output: string, metadata: ModelMetadata, write: (metadata: ModelMetadata) => Uint8Array): Promise<number> {
	const temporary = `${output}.part`;
	delete metadata.digest;
	writeFileSync(temporary, write(metadata));
	const session = await Session.start("desktop", temporary);
	try {
		metadata.digest = (await session.request<{ digest: string }>({ do: "selfTest" })).digest;
	}
	finally {
		session.close();
	}
	const file = write(metadata);
	writeFileSync(temporary, file);
	renameSync(temporary, output);
	return file.length;
}
