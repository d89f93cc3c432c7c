/** On XS: checks the manifest that is its asset with the public key that is its argument, then one that was changed. */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { sha256, verify } from "ruvllm-esp32/platform/crypto";
import { args } from "ruvllm-esp32/platform/runtime";
import { Manifest } from "ruvllm-esp32/espnow-federation/distribution/manifest";
import { fromHex } from "../../support/crypto";

function check(bytes: Uint8Array): string {
	try {
		new Manifest(bytes, sha256).check(fromHex(args[0]!), verify);
		return "none";
	}
	catch (error) {
		return error instanceof RuvllmError ? error.code : String(error);
	}
}

const manifest = new Uint8Array(openAsset(args.find((text) => text.startsWith("manifest="))!.slice("manifest=".length))), changed = manifest.slice();
changed[60]! ^= 1;
print(`${JSON.stringify([check(manifest), check(changed)])}\n`);
