// Writes native/exp2.c. Run: node tools/tables/exp2.mjs
import { writeFileSync } from "node:fs";

const table = (name, comment, step) => {
	const values = Array.from({ length: 256 }, (_, i) => Math.round(2 ** 31 * 2 ** (-i * step)) + "u");
	const lines = Array.from({ length: 32 }, (_, i) => "\t" + values.slice(8 * i, 8 * i + 8).join(", ") + ",");
	return `/* ${comment} */\nconst uint32_t ${name}[256] = {\n${lines.join("\n")}\n};\n`;
};

writeFileSync(new URL("../../native/exp2.c", import.meta.url), `/* Made by tools/tables/exp2.mjs. */

#include "exp2.h"

${table("exp2_high", "2^(-i / 256) in Q31", 1 / 256)}
${table("exp2_low", "2^(-i / 65536) in Q31", 1 / 65536)}`);
