/** Reads the regular files of a tar archive. */
export function* tarFiles(archive: Buffer): Generator<{ name: string; bytes: Buffer }> {
	const text = (at: number, size: number): string => {
		const end = archive.indexOf(0, at);
		return archive.toString("utf8", at, end < 0 ? at + size : Math.min(end, at + size));
	};
	for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
		const size = parseInt(text(at + 124, 12), 8);
		const prefix = text(at + 345, 155);
		const kind = archive[at + 156];
		if (!(size >= 0))
			throw new Error("the archive is damaged");
		if (kind === 0x30 || kind === 0)
			yield { name: (prefix ? prefix + "/" : "") + text(at, 100), bytes: archive.subarray(at + 512, at + 512 + size) };
		at += 512 + Math.ceil(size / 512) * 512;
	}
}
