/** Counts a gate's instructions also where its image does not fit in the low-power core: the figure of its bytes then says so. */

import { buildUlp, ULP_BYTES, type UlpImage } from "../../tools/build/ulp.ts";
import { countGate, type GateCost } from "../../tools/snn/ulp/count.ts";

const MORE = 128, MOST = 16384;

/** The image as it is made for the core, or in the least memory that takes it. */
export async function fittingImage(table: Uint8Array): Promise<{ image: UlpImage; bytes: number }> {
	for (let bytes = ULP_BYTES; ; bytes += MORE)
		try {
			return { image: await buildUlp(table, "virt", { bytes }), bytes };
		}
		catch (error) {
			if (bytes >= MOST || !(error as Error).message.includes("does not fit"))
				throw error;
		}
}

export const countFitting = async (table: Uint8Array, samples: Int16Array): Promise<GateCost> => countGate(table, samples, { bytes: (await fittingImage(table)).bytes });
