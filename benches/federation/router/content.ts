/** On XS: which expert each text is for. Arguments: router=ASSET, texts=ASSET (one a line). Prints the experts as a line of JSON. */

import { decodeUtf8 } from "ruvllm-esp32/core/utf8";
import { MicroFastGRNN } from "ruvllm-esp32/espnow-federation/router/micro-fast-grnn";
import { openAsset } from "ruvllm-esp32/platform/assets";
import { print } from "ruvllm-esp32/platform/console";
import { args } from "ruvllm-esp32/platform/runtime";

const asset = (name: string): Uint8Array => new Uint8Array(openAsset(args.find((text) => text.startsWith(`${name}=`))!.slice(name.length + 1))).slice();
const router = new MicroFastGRNN({ numChips: 2, kind: "content", file: asset("router") });
print(`${JSON.stringify(decodeUtf8(asset("texts")).split("\n").map((text) => {
	router.read(text);
	return router.route();
}))}\n`);
