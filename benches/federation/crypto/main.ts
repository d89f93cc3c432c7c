/** What sealing, hashing and signing take on this computer, calls from XS included. */

import { runProgram } from "../../../tools/bench/program.ts";
import type { Figure } from "../../../tools/bench/suites.ts";
import { findCryptoLibrary } from "../../../tools/build/crypto-library.ts";
import { BuildError } from "../../../tools/build/errors.ts";

export async function bench(): Promise<Figure[]> {
	if (!findCryptoLibrary())
		throw new BuildError("mbedTLS is not there: sudo apt-get install libmbedtls-dev");
	const rows = await runProgram<{ name: string; nanoseconds: number }>("benches/federation/crypto/program.ts");
	return rows.map(({ name, nanoseconds }) => ({ figure: name, value: nanoseconds, unit: "ns", tier: "measured" }));
}
