/** mbedTLS for the desktop's port crypto, where a package of it is installed; hosts are built without it elsewhere. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot } from "./paths.ts";

export interface CryptoLibrary {
	/** What the compiler has to be told, and folders of headers that the objects depend on. */
	flags: readonly string[];
	headers: readonly string[];
	/** For the linker. */
	libraries: readonly string[];
}

const ROOTS = ["/usr", "/usr/local", "/opt/homebrew"];
const TRIPLETS: Partial<Record<string, string>> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu", arm: "arm-linux-gnueabihf", ia32: "i386-linux-gnu", riscv64: "riscv64-linux-gnu" };
/** Of mbedTLS 2 and 3, and of 4; archives first, so that the host runs where the package is gone. */
const FILES = ["libmbedcrypto.a", "libtfpsacrypto.a", "libmbedcrypto.so", "libtfpsacrypto.so", "libmbedcrypto.dylib", "libtfpsacrypto.dylib"];

interface Found {
	root: string;
	header: string;
	file: string;
}

/** RUVLLM_ESP32_CRYPTO=none builds as if there was none. */
function find(): Found | undefined {
	if (process.env.RUVLLM_ESP32_CRYPTO === "none")
		return undefined;
	for (const root of ROOTS) {
		const header = join(root, "include/psa/crypto.h");
		if (!existsSync(header))
			continue;
		const folders = [...(process.arch in TRIPLETS ? [`lib/${TRIPLETS[process.arch]}`] : []), "lib64", "lib"].map((folder) => join(root, folder));
		const file = FILES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
		if (file)
			return { root, header, file };
	}
	return undefined;
}

/** Changes when the library is installed, replaced or removed; for stamps. */
export function cryptoIdentity(): string {
	const found = find();
	return !found ? "" : [found.header, found.file].map((path) => `${path} ${statSync(path).size} ${statSync(path).mtimeMs}`).join(" ");
}

const TRIAL = "#include <psa/crypto.h>\nint main(void) { return psa_crypto_init() != PSA_SUCCESS; }\n";

/** What is there and works with this compiler; undefined: nothing. */
export function findCryptoLibrary(command = process.env.CC || "cc"): CryptoLibrary | undefined {
	const found = find();
	if (!found)
		return undefined;
	const include = join(found.root, "include");
	const library: CryptoLibrary = {
		flags: ["-DRV_CRYPTO", ...(found.root === "/usr" ? [] : [`-I${include}`])],
		headers: ["psa", "mbedtls"].map((name) => join(include, name)).filter((folder) => existsSync(folder)),
		libraries: [found.file],
	};
	const folder = join(cacheRoot(), "desktop"), source = join(folder, `crypto-trial.${process.pid}.c`);
	mkdirSync(folder, { recursive: true });
	writeFileSync(source, TRIAL);
	try {
		execFileSync(command, [...library.flags, source, ...library.libraries, "-lpthread", "-o", `${source}.out`], { stdio: "ignore" });
		execFileSync(`${source}.out`, { stdio: "ignore" });
		return library;
	}
	catch {
		return undefined;
	}
	finally {
		for (const file of [source, `${source}.out`])
			rmSync(file, { force: true });
	}
}
