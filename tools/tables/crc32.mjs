// Writes native/crc32-table.h. Run: node tools/tables/crc32.mjs
import { writeFileSync } from "node:fs";

const rows = [Array.from({ length: 256 }, (_, i) => {
	for (let bit = 0; bit < 8; bit++)
		i = (i >>> 1) ^ (i & 1 ? 0xedb88320 : 0);
	return i >>> 0;
})];
for (let k = 1; k < 4; k++)
	rows.push(rows[k - 1].map((crc) => ((crc >>> 8) ^ rows[0][crc & 255]) >>> 0));

const row = (values) => {
	const words = values.map((value) => "0x" + value.toString(16).toUpperCase().padStart(8, "0"));
	return "\t{\n" + Array.from({ length: 32 }, (_, i) => "\t\t" + words.slice(8 * i, 8 * i + 8).join(", ") + ",").join("\n") + "\n\t},";
};

writeFileSync(new URL("../../native/crc32-table.h", import.meta.url), `/* Made by tools/tables/crc32.mjs. [k][b]: the CRC of byte b with k zero bytes after it. */
static const uint32_t CRC32_TABLE[4][256] = {
${rows.map(row).join("\n")}
};
`);
