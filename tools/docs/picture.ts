/** Draws a terminal session as SVG: what was typed and what came back, as it came. */

const WIDTH = 92, LINE = 19, LEFT = 16, TOP = 44;

const escape = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** Breaks at spaces, as a terminal of so many columns shows it. */
function wrap(text: string, columns: number): string[] {
	return text.split("\n").flatMap((line) => {
		const rows: string[] = [];
		while (line.length > columns) {
			const at = line.lastIndexOf(" ", columns);
			rows.push(line.slice(0, at > 0 ? at : columns));
			line = line.slice(at > 0 ? at + 1 : columns);
		}
		return [...rows, line];
	});
}

/** @param parts text and its colour, one below the other @param columns of the terminal */
export function terminal(title: string, parts: { text: string; colour: string }[], columns = WIDTH): string {
	const rows = parts.flatMap(({ text, colour }) => wrap(text, columns).map((row) => ({ row, colour })));
	const height = TOP + rows.length * LINE + 14, width = Math.round(LEFT * 2 + columns * 8.43);
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<rect width="100%" height="100%" rx="8" fill="#16181d"/>
<circle cx="20" cy="18" r="5.5" fill="#ff5f57"/><circle cx="38" cy="18" r="5.5" fill="#febc2e"/><circle cx="56" cy="18" r="5.5" fill="#28c840"/>
<text x="${width / 2}" y="22" fill="#8b93a1" text-anchor="middle">${escape(title)}</text>
${rows.map(({ row, colour }, i) => `<text x="${LEFT}" y="${TOP + 10 + i * LINE}" fill="${colour}" xml:space="preserve">${escape(row)}</text>`).join("\n")}
</svg>
`;
}
