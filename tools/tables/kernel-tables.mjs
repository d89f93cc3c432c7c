// Writes native/kernel-tables.h: node tools/tables/kernel-tables.mjs
// Each table is rounded to nearest from double precision; tests/native/tables.c checks the errors.
import { writeFileSync } from "node:fs";

const array = (type, name, comment, values) => {
	const lines = [];
	for (let i = 0; i < values.length; i += 16)
		lines.push("\t" + values.slice(i, i + 16).join(", ") + ",");
	return `/* ${comment} */\nstatic const ${type} ${name}[${values.length}] = {\n${lines.join("\n")}\n};\n`;
};
const range = (count, of) => Array.from({ length: count }, (_, i) => of(i));

const guard = {
	RV_TABLE_EXP2: array("uint16_t", "rv_exp2_table",
		"2^-((i + 1/2) / 512) in Q15, for the fraction of an exponent; one more entry lets a 32-bit gather read the last.",
		[...range(512, (i) => Math.round(32768 * 2 ** (-(i + 0.5) / 512))), 0, 0]),
	RV_TABLE_SIGMOID: array("uint16_t", "rv_sigmoid_table",
		"1 / (1 + e^-(i / 32)) in Q16 for i / 32 in [0, 12], at most 65535.",
		range(12 * 32 + 1, (i) => Math.min(65535, Math.round(65536 / (1 + Math.exp(-i / 32)))))),
	RV_TABLE_SINE: array("int16_t", "rv_sine_table",
		"sin(i / 512 * pi / 2) in Q15 over a quarter turn, at most 32767.",
		range(514, (i) => Math.min(32767, Math.round(32768 * Math.sin(Math.min(i, 512) / 512 * Math.PI / 2))))),
};
const body = Object.entries(guard).map(([name, text]) => `#ifdef ${name}\n${text}#endif\n`).join("\n");
writeFileSync(new URL("../../native/kernel-tables.h", import.meta.url),
	`/* Made by tools/tables/kernel-tables.mjs; define RV_TABLE_x before the include to get table x. */\n#include <stdint.h>\n\n${body}`);
