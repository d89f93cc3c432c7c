/**
 * Weights of routers, little-endian: 0 "RVGR"; 4 u8 version 1; 5 u8 number of routers; 6 u16 0; 8 u32 CRC-32 of what follows; 12 the routers, 80
 * bytes each: kind (0 load, 1 content), experts (0 where they are chips), and 78 bytes as native/chip-router.h has them: W 4 x 8, U 4 x 4, b_z 4,
 * b_h 4, zeta, nu, then 4 rows of R 4 and r.
 */

import { RuvllmError } from "ruvllm-esp32/core/errors";
import { crc32 } from "ruvllm-esp32/platform/kernels";

const MAGIC = 0x52475652, VERSION = 1, HEADER_BYTES = 12, ROUTER_BYTES = 80; // "RVGR"

export const WEIGHT_BYTES = 78;

export interface RouterWeights {
	/** Of a content router; 0 else. */
	experts: number;
	bytes: Uint8Array;
}

export type RouterKind = "load" | "content";
export const KINDS: readonly RouterKind[] = ["load", "content"];

/** @throws RuvllmError GRNN_FILE for anything that tools/train/router does not write, and where there is no router of this kind */
export function unpackRouter(file: Uint8Array, kind: RouterKind): RouterWeights {
	const fail = (sentence: string): never => {
		throw new RuvllmError("GRNN_FILE", sentence);
	};
	if (!(file instanceof Uint8Array) || file.length < HEADER_BYTES)
		return fail("this is no file of routers; give the bytes of a .rvgr file");
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength), count = view.getUint8(5);
	if (view.getUint32(0, true) !== MAGIC || view.getUint8(4) !== VERSION || view.getUint16(6, true) !== 0)
		fail("this is no file of routers of version 1; make it again with tools/train/router");
	if (file.length !== HEADER_BYTES + count * ROUTER_BYTES)
		fail(`a file of ${count} routers has ${HEADER_BYTES + count * ROUTER_BYTES} bytes, this has ${file.length}: it is not whole`);
	if (view.getUint32(8, true) !== crc32(file.slice(HEADER_BYTES) as never, 0, file.length - HEADER_BYTES, 0))
		fail("the checksum is wrong: the file is damaged, copy it again");
	for (let at = HEADER_BYTES; at < file.length; at += ROUTER_BYTES)
		if (view.getUint8(at) === KINDS.indexOf(kind)) {
			const experts = view.getUint8(at + 1);
			if (kind === "content" ? experts < 2 || experts > 4 : experts !== 0)
				fail(`a ${kind} router can't have ${experts} experts`);
			return { experts, bytes: file.slice(at + 2, at + ROUTER_BYTES) };
		}
	return fail(`this file has no ${kind} router`);
}
