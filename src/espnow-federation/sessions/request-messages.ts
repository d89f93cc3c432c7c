/** Messages of whole requests (replication, experts): kind u8, request u16, then what docs/federation-protocol.md says. */

import type { StopReason } from "ruvllm-esp32/engine/generation";

export const RequestKind = {
	/** isText u8, prompt length u16, known tokens u16; prompt (bytes, or tokens u16), known tokens u16 each, settings as JSON. */
	Run: 1,
	/** index u16 of the first, count u8; tokens u16 each, then their text. */
	Tokens: 2,
	/** reason u8, generated tokens u16, prompt tokens u16. */
	Done: 3,
	/** code, line feed, sentence. */
	Failed: 4,
	Cancel: 5,
} as const;

export const REASONS: readonly StopReason[] = ["end", "stop", "maxTokens", "context", "callback"];
/** Tokens that wait for company before they are sent. */
export const TOKENS_IN_MESSAGE = 16;
export const FAILED_TEXT_BYTES = 160;
